// SPDX-License-Identifier: GPL-3.0-or-later
// What a user has done to a machine, as undo and redo see it: each action is a run of commands with a name. What was
// taken back is kept until something else is done.
//
//      commands   s s s s | a | b b b b b | c |        s: boot stages, never taken back
//      done               [a ][ b         ][ c]
//      undone                                  [d][e]  taken back: e first, d last, so d is the next to be redone
#pragma once

#include <string>
#include <vector>

#include "engine/sim/command.h"

namespace mm {

/// What undo and redo call a command: "alloc_pages order 3", without what is seldom of interest.
std::string action_name(const Command& command);

class ActionLog {
public:
    struct Done {
        std::string name;
        std::size_t first = 0;  ///< index of its first command; it ends where the next action begins
        friend bool operator==(const Done&, const Done&) = default;
    };
    struct Undone {
        std::string name;
        std::vector<Command> commands;
    };

    /// Commands from now on are one action of that name, until end().
    void begin(std::string name);
    void end() { m_open = false; }
    bool open() const { return m_open; }
    /// Command number index was done.
    void add(std::size_t index, const Command& command);
    /// An action that was written down elsewhere, behind those there are.
    void restore(Done action) { m_done.push_back(std::move(action)); }
    /// Only so many commands are left; what was taken back can no longer be redone.
    void cut(std::size_t commands);

    const std::vector<Done>& done() const { return m_done; }
    const std::vector<Undone>& undone() const { return m_undone; }
    /// The last action is taken back; these were its commands. REQUIRES: done() is not empty.
    void take_back(std::vector<Command> commands);
    /// The action that is done again: no longer among the undone. REQUIRES: undone() is not empty.
    Undone take_undone();

private:
    std::vector<Done> m_done;
    std::vector<Undone> m_undone;
    std::string m_name;
    bool m_open = false, m_begun = false;  ///< inside begin() and end(); m_begun: that action has a command
};

}  // namespace mm
