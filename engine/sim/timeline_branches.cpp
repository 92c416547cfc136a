// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline among its branches: a switch takes back what two branches do not share and does what the other one has.
#include "engine/sim/timeline_impl.h"

namespace mm {

Position Timeline::Impl::play(std::size_t branch, const std::function<void(double)>& progress) {
    const SharedCommands wanted = branches.all()[branch].commands;
    const std::size_t same = wanted.common(branches.current().commands);
    seek_command(boot_commands + same);
    cut_history(next_command, cursor);
    const Position fork = cursor;
    for (std::size_t i = same; i < wanted.size(); ++i) {
        if (progress && i % 256 == 0)
            progress(static_cast<double>(i - same) / static_cast<double>(wanted.size() - same));
        (void)append(wanted[i]);
    }
    branches.set_current(branch);
    actions = branches.current().actions;
    return fork;
}

std::vector<BranchInfo> Timeline::branches() const {
    std::vector<BranchInfo> infos = m->branches.infos();
    for (BranchInfo& info : infos)
        if (info.current) info.commands = info.shared = m->commands.size() - m->boot_commands;
    return infos;
}

Outcome<Done> Timeline::begin_branch(const std::string& name) {
    // Within the boot nothing was done yet; in the middle of a command it belongs to what was.
    const std::size_t here = m->next_command + (m->mid_command ? 1 : 0);
    const std::size_t done = std::max(here, m->boot_commands);
    m->keep_branch();
    const auto added = m->branches.add(name, m->branches.current_index(), done - m->boot_commands);
    if (!added) return added.error();
    m->branches.set_current(*added);
    m->cut_history(done, m->commands.last(done - 1));
    m->actions.end();
    m->actions.cut(done);
    return Done{};
}

Outcome<Position> Timeline::switch_to(const std::string& name, const std::function<void(double)>& progress) {
    const auto found = m->branches.find(name);
    if (!found) return found.error();
    if (*found == m->branches.current_index()) return total();
    m->actions.end();
    m->keep_branch();
    const Position fork = m->play(*found, progress);
    seek(m->branches.current().cursor);
    return fork;
}

Outcome<Done> Timeline::rename_branch(const std::string& from, const std::string& to) {
    return m->branches.rename(from, to);
}

Outcome<Done> Timeline::drop_branch(const std::string& name) {
    return m->branches.drop(name);
}

Outcome<SnapshotPtr> Timeline::end_of_branch(const std::string& name) {
    const auto found = m->branches.find(name);
    if (!found) return found.error();
    const std::size_t here = m->branches.current_index();
    const Position cursor_before = cursor();
    SnapshotPtr end;
    if (*found == here) {
        seek(total());
        end = snapshot();
    } else {
        m->keep_branch();
        m->play(*found, {});
        end = snapshot();
        m->play(here, {});
    }
    seek(cursor_before);
    return end;
}

std::vector<KeptBranch> Timeline::other_branches() {
    m->keep_branch();
    return m->branches.others(m->boot_commands);
}

Outcome<Done> Timeline::add_branch(const KeptBranch& branch) {
    m->keep_branch();
    const auto like = m->branches.find(branch.like);
    if (!like) return like.error();
    if (branch.shared > m->branches.all()[*like].commands.size())
        return Error{"the commands that it shares with \"" + branch.like + "\" are not there"};
    const auto added = m->branches.add(branch.name, *like, branch.shared);
    if (!added) return added.error();
    for (const Command& command : branch.own)
        m->branches.extend(*added, command);
    ActionLog actions;
    const SharedCommands& commands = m->branches.all()[*added].commands;
    for (const ActionLog::Done& action : branch.actions)
        if (action.first < commands.size())
            actions.restore(action.name, action.first + m->boot_commands, commands[action.first]);
    m->branches.set_left(*added, std::move(actions), branch.cursor);
    return Done{};
}

}  // namespace mm
