// SPDX-License-Identifier: GPL-3.0-or-later
// What a user has done to a machine, as undo and redo see it: each action is a run of commands with a name. What was
// taken back is kept until something else is done.
//
//      commands   s s s s | a | b b b b b | c |        s: boot stages, never taken back
//      done               [a ][ b         ][ c]
//      undone                                  [d][e]  taken back: e first, d last, so d is the next to be redone
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/sim/command.h"

namespace mm {

/// What undo and redo call a command: "alloc_pages order 3", without what is seldom of interest.
std::string action_name(const Command& command);

class ActionLog {
public:
    /// An action as it is written down elsewhere.
    struct Done {
        std::string name;
        std::size_t first = 0;  ///< index of its first command; it ends where the next action begins
        friend bool operator==(const Done&, const Done&) = default;
    };
    using CommandAt = std::function<Command(std::size_t)>;
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
    /// An action that was written down elsewhere; its first command. None, if it is not behind those there are.
    void restore(const std::string& name, std::size_t first, const Command& command);
    /// Only so many commands are left.
    void forget_after(std::size_t commands);
    /// The same; what was taken back can no longer be redone.
    void cut(std::size_t commands);

    bool empty() const { return m_firsts.empty(); }
    /// The last action's first command. REQUIRES: not empty.
    std::size_t last_first() const { return m_firsts.back(); }
    /// "": there is none.
    std::string last_name(const CommandAt& command_at) const;
    /// All, with commands counted from that one on.
    std::vector<Done> done(std::size_t from, const CommandAt& command_at) const;
    const std::vector<Undone>& undone() const { return m_undone; }
    Bytes bytes() const { return m_firsts.size() * sizeof(m_firsts[0]) + m_names.size() * name_bytes; }
    /// The last action is taken back; these were its commands. REQUIRES: neither is empty.
    void take_back(std::vector<Command> commands);
    /// The action that is done again: no longer among the undone. REQUIRES: undone() is not empty.
    Undone take_undone();

private:
    static constexpr Bytes name_bytes = 80;  ///< with what the map needs
    std::string name_of(std::size_t first, const Command& command) const;

    std::vector<std::size_t> m_firsts;           ///< by action: its first command
    std::map<std::size_t, std::string> m_names;  ///< by first command; none: its own name is the action's
    std::vector<Undone> m_undone;
    std::string m_name;
    bool m_open = false, m_begun = false;  ///< inside begin() and end(); m_begun: that action has a command
};

}  // namespace mm
