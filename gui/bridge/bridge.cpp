// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bridge/bridge.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <QSocketNotifier>

#include "gui/bridge/worker.h"

namespace mm::gui {

Bridge::Bridge(QObject* parent) : QObject(parent), m_eventFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (m_eventFd < 0) qFatal("mmscope: the system gave no eventfd (too many open files?)");
    auto* notifier = new QSocketNotifier(m_eventFd, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] { collect(); });
    m_worker = std::make_unique<Worker>(m_eventFd);
}

Bridge::~Bridge() {
    m_worker.reset();  // joins; after this nobody writes to the eventfd
    ::close(m_eventFd);
}

void Bridge::post(const Request& request) {
    ++m_posted;
    m_worker->post(request);
}

void Bridge::cancel() {
    m_worker->cancel();
}

void Bridge::collect() {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto bytes = ::read(m_eventFd, &rings, sizeof rings);
    Worker::Output output = m_worker->take();
    m_answered = output.answered;
    m_status = output.status;
    m_misses = output.misses;
    m_session = output.session;
    if (output.snapshot && output.snapshot != m_latest) {
        m_latest = std::move(output.snapshot);
        Q_EMIT snapshotChanged();
    }
    if (output.strip != m_strip) {
        m_strip = std::move(output.strip);
        Q_EMIT stripChanged();
    }
    if (output.comparison != m_comparison) {
        m_comparison = std::move(output.comparison);
        Q_EMIT comparisonChanged();
    }
    if (!(output.answers == m_answers)) {
        m_answers = output.answers;
        Q_EMIT answersChanged();
    }
    Q_EMIT statusChanged();
}

}  // namespace mm::gui
