// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's thread: mailbox in, outbox out, one Timeline in between that nobody else ever touches.
//
// Between two looks into the mailbox it works for at most a few milliseconds, except for reading a machine, booting it
// and seeking, which are single engine calls. A newer Seek replaces an older one that still waits (a dragged slider).
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/snapshot/snapshot.h"
#include "gui/models/differences.h"
#include "gui/models/time_strip.h"
#include "gui/state/answers.h"
#include "gui/state/request.h"
#include "gui/state/worker_status.h"

namespace mm::gui {

class Worker {
public:
    struct Output {
        SnapshotPtr snapshot;        ///< latest; null before the first machine
        WorkerStatus status;         ///
        ComparisonPtr comparison;    ///< null where there is none
        TimeStripPtr strip;          ///< as far as it is made; null before the first picture
        SessionInfoPtr session;      ///< null: what is open is no session
        MissesPtr misses;            ///< null but for a recording
        Answers answers;             ///< the latest of each kind
        std::uint64_t answered = 0;  ///< requests whose effect is in snapshot and status
    };

    /// Rings (adds 1 to) the eventfd whenever there is something new to take().
    explicit Worker(int eventFd);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void post(const Request& request);
    /// What takes long is given up; what is open stays.
    void cancel() { m_cancel = true; }
    Output take();

private:
    class Engine;
    void run(const std::stop_token& stop);
    void publish(Output output);

    const int m_eventFd;
    std::atomic<bool> m_cancel = false;
    std::mutex m_mutex;
    std::condition_variable_any m_arrived;
    std::deque<Request> m_mailbox;
    std::uint64_t m_dropped = 0;  ///< requests replaced by newer ones since the mailbox was last emptied
    Output m_outbox;
    std::jthread m_thread;  ///< last: starts when everything above stands, joins before it falls
};

}  // namespace mm::gui
