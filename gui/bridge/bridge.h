// SPDX-License-Identifier: GPL-3.0-or-later
// The only door to engine/sim: a worker thread that owns the Timeline, takes Requests from a mutex-guarded mailbox and
// publishes immutable snapshots, latest wins, at most about 30 a second. The hand-off back to the GUI thread is an
// eventfd watched by a QSocketNotifier (no queued signals between threads: tsan cannot see into Debian's Qt).
//
//      GUI thread   post() ──► mailbox ──► worker: Timeline        the GUI never waits for the engine,
//                   collect() ◄── eventfd ◄── outbox (latest)      the engine never waits for the GUI
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "engine/snapshot/snapshot.h"
#include "gui/models/differences.h"
#include "gui/models/time_strip.h"
#include "gui/state/answers.h"
#include "gui/state/request.h"
#include "gui/state/worker_status.h"

namespace mm::gui {

class Worker;

class Bridge : public QObject {
    Q_OBJECT
public:
    explicit Bridge(QObject* parent = nullptr);
    ~Bridge() override;  ///< stops and joins the worker

    void post(const Request& request);  ///< never blocks on engine work
    void cancel();                      ///< what takes long just now (see WorkerStatus::task); what is open stays
    SnapshotPtr latest() const { return m_latest; }
    const ComparisonPtr& comparison() const { return m_comparison; }  ///< null where there is none
    const TimeStripPtr& strip() const { return m_strip; }             ///< null before its first picture
    const MissesPtr& misses() const { return m_misses; }              ///< null but for a recording
    const SessionInfoPtr& session() const { return m_session; }       ///< null: what is open is no session
    const Answers& answers() const { return m_answers; }              ///< to the latest questions
    const WorkerStatus& status() const { return m_status; }
    /// Everything posted so far is done and visible in latest(), and nothing runs by itself.
    bool settled() const { return m_answered == m_posted && !m_status.playing && !m_status.workload; }

Q_SIGNALS:
    void snapshotChanged();
    void comparisonChanged();  ///< after the snapshot of a new machine
    void stripChanged();
    void answersChanged();
    void statusChanged();  ///< also when settled() may have become true

private:
    void collect();
    int m_eventFd = -1;
    std::unique_ptr<Worker> m_worker;
    SnapshotPtr m_latest;
    ComparisonPtr m_comparison;
    TimeStripPtr m_strip;
    MissesPtr m_misses;
    Answers m_answers;
    SessionInfoPtr m_session;
    WorkerStatus m_status;
    std::uint64_t m_posted = 0, m_answered = 0;
};

}  // namespace mm::gui
