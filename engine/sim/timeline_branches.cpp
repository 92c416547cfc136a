// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline among its branches: a switch takes back what two branches do not share and does what the other one has.
#include "engine/sim/timeline_impl.h"

namespace mm {

void Timeline::Impl::return_to(Past past, Position fork) {
    recorder = std::move(past.recorder);
    commands = std::move(past.commands);
    keyframes = std::move(past.keyframes);
    interval = past.interval;
    published = recorder.history();
    lives.cut(fork);
    ++cuts;
    restore(keyframes.before(past.cursor));
    seek(past.cursor);
}

std::optional<Position> Timeline::Impl::play(std::size_t branch, const Progress& progress) {
    const SharedCommands wanted = branches.all()[branch].commands;
    const std::size_t same = wanted.common(branches.current().commands);
    std::optional<Past> before;
    if (progress) before = past();
    seek_command(boot_commands + same);
    cut_history(next_command, cursor);
    const Position fork = cursor;
    for (std::size_t i = same; i < wanted.size(); ++i) {
        const double done = static_cast<double>(i - same) / static_cast<double>(wanted.size() - same);
        if (progress && (i - same) % 256 == 0 && !progress(done)) {
            return_to(std::move(*before), fork);
            return {};
        }
        const std::size_t before_it = commands.size();
        (void)append(wanted[i]);
        if (commands.size() == before_it) break;  // written by another version: this one refuses it
    }
    branches.set_current(branch);
    actions = branches.current().actions;
    actions.forget_after(commands.size());
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

Outcome<std::optional<Position>> Timeline::switch_to(const std::string& name, const Progress& progress) {
    const auto found = m->branches.find(name);
    if (!found) return found.error();
    if (*found == m->branches.current_index()) return std::optional(total());
    m->actions.end();
    m->keep_branch();
    const std::optional<Position> fork = m->play(*found, progress);
    if (fork) seek(m->branches.current().cursor);
    return fork;
}

Outcome<Done> Timeline::rename_branch(const std::string& from, const std::string& to) {
    return m->branches.rename(from, to);
}

Outcome<Done> Timeline::drop_branch(const std::string& name) {
    return m->branches.drop(name);
}

Outcome<SnapshotPtr> Timeline::end_of_branch(const std::string& name, const Progress& progress) {
    const auto found = m->branches.find(name);
    if (!found) return found.error();
    const std::size_t here = m->branches.current_index();
    SnapshotPtr end;
    if (*found == here) {
        const Position cursor_before = cursor();
        seek(total());
        end = snapshot();
        seek(cursor_before);
        return end;
    }
    m->keep_branch();
    Impl::Past past = m->past();
    const std::optional<Position> fork = m->play(*found, progress);
    if (!fork) return end;
    end = snapshot();
    m->return_to(std::move(past), *fork);
    m->branches.set_current(here);
    m->actions = m->branches.current().actions;
    return end;
}

std::vector<KeptBranch> Timeline::other_branches() {
    return m->branches.others(m->boot_commands);  // what the current one has beyond what is kept, nobody shares
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
