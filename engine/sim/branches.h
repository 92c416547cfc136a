// SPDX-License-Identifier: GPL-3.0-or-later
// Branches of a machine's history: lists of commands with names that are the same up to some point. A branch is begun
// at a moment and then goes its own way; what two have in common is kept once.
//
//      main        [ a b c d e f ]              pieces (0..6 of X)
//      what if             `-[ g h ]            pieces (0..3 of X) (0..2 of Y)
//
// Invariant: there is always one branch, one of them is the current one, and names differ. The current one's commands
// are also the timeline's, which is ahead of what is kept here until keep(). Commands are counted from the end of the
// boot, which all branches share; a log's indices count the boot's too, as the timeline's own does.
//
// Not for: doing the commands (Timeline::switch_to), or how branches lie in a file (engine/session).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/sim/action_log.h"
#include "engine/sim/command_log.h"
#include "engine/snapshot/history.h"
#include "engine/types/outcome.h"

namespace mm {

/// A list of commands in pieces, each a stretch of commands that other lists may share. Copying copies no command.
class SharedCommands {
public:
    std::size_t size() const { return m_size; }
    Command operator[](std::size_t index) const;
    void append(const Command& command);
    /// Only so many are left.
    void cut(std::size_t size);
    /// How many at the beginning are the same in both.
    std::size_t common(const SharedCommands& other) const;
    /// How many of its commands are kept once for both.
    std::size_t shared_with(const SharedCommands& other) const;
    /// What they take; of those that others share, its part.
    Bytes bytes() const;

private:
    struct Piece {
        std::shared_ptr<CommandList> of;
        std::size_t first = 0, size = 0;
        std::size_t before = 0;  ///< commands in the pieces before
    };
    std::vector<Piece> m_pieces;
    std::size_t m_size = 0;
};

struct Branch {
    std::string name;
    SharedCommands commands;
    ActionLog actions;
    Position cursor = 0;  ///< where one stood when it was left
};

/// A branch as it is written down: what it has in common with one that is known already, and the rest.
struct KeptBranch {
    std::string name, like;  ///< like: the current branch, or one that stands before this one
    std::size_t shared = 0;  ///< commands it has in common with that
    std::vector<Command> own;
    std::vector<ActionLog::Done> actions;  ///< first: index into its commands, after the boot
    Position cursor = 0;
    friend bool operator==(const KeptBranch&, const KeptBranch&) = default;
};

/// What one has to know to list them.
struct BranchInfo {
    std::string name;
    std::size_t commands = 0, shared = 0;  ///< shared: with the current one
    bool current = false;
    friend bool operator==(const BranchInfo&, const BranchInfo&) = default;
};

class Branches {
public:
    /// The one there is at first.
    static constexpr const char* first_name = "main";

    Branches();
    const std::vector<Branch>& all() const { return m_all; }
    const Branch& current() const { return m_all[m_current]; }
    std::size_t current_index() const { return m_current; }
    std::vector<BranchInfo> infos() const;
    /// Error: there is none of that name.
    Outcome<std::size_t> find(const std::string& name) const;

    /// The current branch has these commands (the first of them those it has here already), actions and cursor.
    void keep(std::size_t size, const std::function<Command(std::size_t)>& command, const ActionLog& actions,
              Position cursor);
    /// Of the current branch only so many commands are what they were.
    void cut(std::size_t size);
    /// A branch like that one up to so many commands. Error: the name is empty, of two lines, or there already.
    Outcome<std::size_t> add(const std::string& name, std::size_t from, std::size_t size);
    /// A command at the end of a branch that is not the current one.
    void extend(std::size_t branch, const Command& command) { m_all[branch].commands.append(command); }
    /// All but the current one, each like the one before it, or the current one, with which it has most in common.
    std::vector<KeptBranch> others(std::size_t boot_commands) const;
    void set_left(std::size_t branch, ActionLog actions, Position cursor);
    void set_current(std::size_t branch) { m_current = branch; }
    Outcome<Done> rename(const std::string& from, const std::string& to);
    /// Error: it is the current one, or there is none of that name.
    Outcome<Done> drop(const std::string& name);
    Bytes bytes() const;
    Broken check() const;

private:
    std::string refusal(const std::string& name) const;

    std::vector<Branch> m_all;
    std::size_t m_current = 0;
};

}  // namespace mm
