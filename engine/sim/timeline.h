// SPDX-License-Identifier: GPL-3.0-or-later
// Timeline: commands, their events, keyframes; a cursor that can stand after any event. Stepping back is seeking: the
// nearest keyframe before is restored and commands are replayed; a replay that must stop inside a command stops there.
// Executing a command with the cursor in the past cuts off the future beyond it.
//
//      events    0 1 2 3 4 5 6 7 8 9 ...
//      commands  [stage 0 ][stage 1  ][alloc][free] ...
//      keyframes ^         ^         ^  after each stage, then every few thousand events
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/sim/branches.h"
#include "engine/sim/system.h"
#include "engine/snapshot/history_budget.h"
#include "engine/snapshot/time_axis.h"

namespace mm {

class Timeline final : public TimeAxis {
public:
    /// Runs the whole boot once; the cursor stands at its end.
    Timeline(std::shared_ptr<const Machine> machine, const KernelProfile& profile);
    ~Timeline() override;

    Position cursor() const override;
    Position total() const override;
    Position boot_end() const;
    const History& history() const;
    const System& system() const;

    void seek(Position position) override;  ///< clamped to total()
    /// Stepping among stages and events; each returns the new cursor.
    Position step_into() override;       ///< the next event
    Position step_over() override;       ///< to the end of the current leaf stage, or of the next one if at an end
    Position step_out() override;        ///< to the end of the parent stage
    Position step_back() override;       ///< the event before
    Position step_back_over() override;  ///< to the end of the leaf stage before
    Position run_to_stage(int stage);    ///< to the end of that stage

    /// REQUIRES for alloc/free: the cursor is at or after boot_end(). Cuts off the future.
    Outcome<CommandResult> execute(const Command& command);

    /// Commands from now on are one action of that name, taken back and done again as one, until end_action().
    void begin_action(std::string name);
    void end_action();
    /// Takes back the last action, wherever the cursor is: the history ends before it, and so does the cursor. False:
    /// nothing was done since the boot.
    bool undo();
    /// Does again what was taken back last. False: nothing was, or something else has been done since.
    bool redo();
    std::string undo_name() const;  ///< "alloc_pages order 3"; "": there is nothing
    std::string redo_name() const;
    /// Commands after the boot, and the actions they make (first: index into them).
    std::vector<Command> commands() const;
    std::size_t command_count() const;
    std::vector<ActionLog::Done> actions() const;
    std::uint64_t cuts() const;  ///< rises whenever commands are taken away
    /// What the past may take, and takes; see history_budget.h.
    void set_history_budget(Bytes budget);
    HistorySize history_size() const;

    /// Is told how much has been done, 0 to 1; false: give it up.
    using Progress = std::function<bool(double)>;

    /// Branches of the history; there is always the one one is in (see branches.h).
    std::vector<BranchInfo> branches() const;
    /// A branch begins here and is the current one: it has what was done up to now (a command that one stands in the
    /// middle of, whole), the branch one was in keeps all it had.
    Outcome<Done> begin_branch(const std::string& name);
    /// The history becomes that branch's, the cursor where it was left. The answer: up to where history stayed the
    /// same; nothing: it was given up, and all is as it was. What both have in common is not done again.
    Outcome<std::optional<Position>> switch_to(const std::string& name, const Progress& progress = {});
    Outcome<Done> rename_branch(const std::string& from, const std::string& to);
    Outcome<Done> drop_branch(const std::string& name);
    /// That branch at its end; one stays where one is. Null: it was given up.
    Outcome<SnapshotPtr> end_of_branch(const std::string& name, const Progress& progress = {});
    /// The branches beside the current one as values, and back. Of the current one there is the name, in branches().
    std::vector<KeptBranch> other_branches();
    Outcome<Done> add_branch(const KeptBranch& branch);

    SnapshotPtr snapshot() override;
    /// Does the event's command once more, watched.
    Outcome<Explanation> explain(Position event) override;
    Moment moment(Position event) override;
    Biography biography(Pfn pfn) override;
    PollutionMap pollution() override;
    std::uint64_t hash();

private:
    struct Impl;
    std::unique_ptr<Impl> m;
};

}  // namespace mm
