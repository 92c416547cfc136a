// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bridge/worker.h"

#include <unistd.h>

#include <chrono>

#include "gui/bridge/engine.h"

namespace mm::gui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto frameTime = std::chrono::milliseconds(33);   ///< snapshots at most this often
constexpr auto stripTime = std::chrono::milliseconds(100);  ///< pictures of the past at most this often

/// Of a dragged slider only the last place matters, of questions only the last one.
bool isReplaceable(const Request& request) {
    return std::holds_alternative<Seek>(request) || std::holds_alternative<AskWhy>(request) ||
           std::holds_alternative<AskLife>(request) || std::holds_alternative<AskPollution>(request);
}

}  // namespace

Worker::Worker(int eventFd) : m_eventFd(eventFd), m_thread([this](const std::stop_token& stop) { run(stop); }) {}

Worker::~Worker() = default;

void Worker::post(const Request& request) {
    {
        const std::scoped_lock lock(m_mutex);
        const bool replaces =
            isReplaceable(request) && !m_mailbox.empty() && m_mailbox.back().index() == request.index();
        if (replaces) {
            m_mailbox.back() = request;
            ++m_dropped;
        } else {
            m_mailbox.push_back(request);
        }
    }
    m_arrived.notify_one();
}

Worker::Output Worker::take() {
    const std::scoped_lock lock(m_mutex);
    return m_outbox;
}

void Worker::publish(Output output) {
    {
        const std::scoped_lock lock(m_mutex);
        if (!output.snapshot) output.snapshot = m_outbox.snapshot;
        m_outbox = std::move(output);
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto bytes = ::write(m_eventFd, &one, sizeof one);
}

void Worker::run(const std::stop_token& stop) {
    Engine engine;
    std::uint64_t answered = 0;
    bool unseen = false;  // state that no snapshot shows yet
    WorkerStatus told;
    std::uint64_t toldAnswered = 0;
    TimeStripPtr strip;
    auto lastPublished = Clock::now() - frameTime, lastStrip = Clock::now() - stripTime;
    auto lastProgress = Clock::now();
    engine.setProgress([&](const QString& task, double done) {
        if (const auto now = Clock::now(); now - lastProgress >= 3 * frameTime) {
            lastProgress = now;
            WorkerStatus busy = engine.status();
            busy.busy = true;
            busy.task = task;
            busy.done = done;
            publish({nullptr, busy, engine.comparison(), strip, engine.sessionInfo(), engine.misses(), engine.answers(),
                     toldAnswered});
        }
        return !m_cancel && !stop.stop_requested();
    });

    while (!stop.stop_requested()) {
        std::deque<Request> requests;
        {
            std::unique_lock lock(m_mutex);
            auto wake = engine.nextWork();
            if (unseen) wake = std::min(wake, lastPublished + frameTime);
            if (engine.stripChanged()) wake = std::min(wake, lastStrip + stripTime);
            const auto arrived = [this] { return !m_mailbox.empty(); };
            if (wake == Clock::time_point::max())
                m_arrived.wait(lock, stop, arrived);
            else
                m_arrived.wait_until(lock, stop, wake, arrived);
            requests.swap(m_mailbox);
            answered += requests.size() + std::exchange(m_dropped, 0);
        }
        for (const Request& request : requests) {
            if (stop.stop_requested() && !std::holds_alternative<SaveSession>(request)) continue;
            m_cancel = false;
            if (std::holds_alternative<OpenFile>(request) || std::holds_alternative<BootAs>(request)) {
                WorkerStatus busy = engine.status();
                busy.busy = true;
                publish({nullptr, busy, engine.comparison(), strip, engine.sessionInfo(), engine.misses(),
                         engine.answers(), toldAnswered});
            }
            engine.handle(request);
        }
        if (Clock::now() >= engine.nextWork()) engine.work();
        unseen = unseen || engine.takeChanged();

        const auto now = Clock::now();
        const bool pictures = engine.stripChanged() && (engine.status().picturesDone || now - lastStrip >= stripTime);
        const bool news = engine.status() != told || answered != toldAnswered || pictures;
        if (unseen ? now - lastPublished >= frameTime : news) {
            SnapshotPtr snapshot = unseen ? engine.snapshot() : nullptr;
            told = engine.status();
            toldAnswered = answered;
            if (pictures) {
                strip = engine.strip();
                lastStrip = now;
            }
            if (unseen) lastPublished = now;
            unseen = false;
            publish({std::move(snapshot), told, engine.comparison(), strip, engine.sessionInfo(), engine.misses(),
                     engine.answers(), answered});
        }
    }
    // The window has gone, but what it wanted to keep is kept.
    const std::scoped_lock lock(m_mutex);
    for (const Request& request : m_mailbox)
        if (std::holds_alternative<SaveSession>(request)) engine.handle(request);
}

}  // namespace mm::gui
