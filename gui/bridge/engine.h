// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker thread owns: the timeline, and the things that advance by themselves (playing, workload). No threads
// and no Qt event loop in here: it is called by Worker::run() only, and tests can call it directly.
//
// At most one of playing and workload is on. Any request that moves in time stops both.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "engine/session/session_file.h"
#include "engine/sim/open_capture.h"
#include "engine/sim/run_workload.h"
#include "engine/sim/story_player.h"
#include "gui/bridge/strip_filler.h"
#include "gui/bridge/worker.h"

namespace mm::gui {

class Worker::Engine {
public:
    using Clock = std::chrono::steady_clock;
    Engine();

    /// Asked during what takes long: how far it is; false: it is to stop.
    using Progress = std::function<bool(const QString& task, double done)>;
    void setProgress(Progress progress) { m_progress = std::move(progress); }
    /// Does what is asked; failures end up in status().error. Never throws.
    void handle(const Request& request);
    /// When work() wants to be called; max(): not at all.
    Clock::time_point nextWork() const { return m_nextWork; }
    /// One tick of playing or a few milliseconds of workload.
    void work();

    const WorkerStatus& status() const { return m_status; }
    /// True once after each change of the machine's state.
    bool takeChanged() { return std::exchange(m_changed, false); }
    SnapshotPtr snapshot();
    TimeStripPtr strip() { return m_filler.strip(); }
    bool stripChanged() const { return m_filler.changed(); }
    const MissesPtr& misses() const { return m_misses; }
    const SessionInfoPtr& sessionInfo() const { return m_info; }
    const Answers& answers() const { return m_answers; }

    const ComparisonPtr& comparison() const { return m_comparison; }

private:
    void perform(const OpenFile& request);
    void perform(const BootAs& request);
    /// A machine, or a recording where there is none.
    void takeOver(OpenedCapture machine, std::unique_ptr<TimeAxis> recording = {});
    void perform(const Seek& request);
    void perform(const StepBy& request);
    void perform(const RunToStage& request);
    void perform(const Play& request);
    void perform(const Pause& request);
    void perform(const Allocate& request);
    void perform(const Free& request);
    void perform(const RunCommand& request);
    void perform(const StartWorkload& request);
    void perform(const StopWorkload& request);
    void perform(const CompareWith& request);
    void perform(const SeekKind& request);
    void perform(const Undo& request);
    void perform(const Redo& request);
    void perform(const BeginBranch& request);
    void perform(const SwitchBranch& request);
    void perform(const RenameBranch& request);
    void perform(const DropBranch& request);
    void perform(const AskBranch& request);
    void perform(const SaveSession& request);
    void perform(const AskWhy& request);
    void perform(const AskLife& request);
    void perform(const AskPollution& request);
    void perform(const AskHistory& request);
    void perform(const SetHistoryBudget& request);

    void say(QString notice, std::optional<PfnRange> frames = {});
    void fail(QString error);
    void openRecording(const QString& path);
    void openSession(const QString& path);
    void afterTakingBack(const QString& notice);
    void nameActions();
    void startOver();
    void fillStrip();
    void comeHome();
    void cutPictures();
    bool ready();      ///< something is open; says so otherwise
    bool simulated();  ///< ... and it is no recording; says so otherwise
    bool booted();     ///< ... and it is past its boot; says so otherwise
    void halt();       ///< neither playing nor workload
    void playTick();
    void workloadBatch();
    void workloadCommand();
    /// Of a task that is given up when the window says so.
    Timeline::Progress progressOf(const QString& task) const;
    bool chooseWorkload(const StartWorkload& request);
    void guarded(auto&& what);

    std::unique_ptr<TimeAxis> m_axis;  ///< what is open: a simulated machine or a recording
    Timeline* m_timeline = nullptr;    ///< the machine; null for a recording
    Session m_session;                 ///< the input as it was read; the rest is filled in when it is saved
    SessionWriter m_writer;
    bool m_autosaveFailed = false;
    SessionInfoPtr m_info;  ///< null: no session
    MissesPtr m_misses;     ///< of a recording; null otherwise
    Answers m_answers;
    Bytes m_historyBudget;  ///< of whatever machine is open
    Progress m_progress;
    StripFiller m_filler;
    std::optional<Position> m_home;      ///< where the cursor belongs while pictures of other moments are made
    ComparisonPtr m_real, m_comparison;  ///< with what the real kernel printed; the one on show
    WorkerStatus m_status;
    bool m_changed = false;
    Clock::time_point m_nextWork = Clock::time_point::max();
    Clock::duration m_tick{};  ///< between two stages while playing

    std::optional<Workload> m_workload;
    std::optional<StoryPlayer> m_story;  ///< instead of it
    StartWorkload m_workloadRequest;
    Position m_workloadStoppedAt = 0;  ///< cursor; where the same workload can go on
    Clock::time_point m_workloadStart;
    std::uint64_t m_workloadDoneAtStart = 0;
};

}  // namespace mm::gui
