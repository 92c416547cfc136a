// SPDX-License-Identifier: GPL-3.0-or-later
// The only door to engine/sim: a worker thread that owns the Timeline, takes Requests from a mutex-guarded mailbox and
// publishes immutable snapshots, latest wins, at most about 30 a second. The hand-off back to the GUI thread is an
// eventfd watched by a QSocketNotifier (no queued signals between threads: tsan cannot see into Debian's Qt).
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>

#include "engine/sim/command.h"
#include "engine/snapshot/snapshot.h"
#include "gui/state/request.h"

namespace mm::gui {

/// What the worker says beside snapshots.
struct WorkerStatus {
    bool playing = false, workload = false, busy = false;
    std::uint64_t commandsDone = 0;  ///< of the running workload
    QString error;                   ///< "" none; a whole sentence (file, line, what was expected)
    QString notice;                  ///< e.g. "allocated pfn 0x1a8c0, order 3"
};

class Bridge : public QObject {
    Q_OBJECT
public:
    explicit Bridge(QObject* parent = nullptr);
    ~Bridge() override;  ///< stops and joins the worker

    void post(const Request& request);  ///< never blocks on engine work
    SnapshotPtr latest() const { return m_latest; }
    const WorkerStatus& status() const { return m_status; }

Q_SIGNALS:
    void snapshotChanged();
    void statusChanged();

private:
    void collect();
    struct Worker;
    std::unique_ptr<Worker> m_worker;
    SnapshotPtr m_latest;
    WorkerStatus m_status;
};

}  // namespace mm::gui
