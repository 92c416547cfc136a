// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/loop_watch.h"

#include <QCoreApplication>
#include <QEvent>
#include <chrono>
#include <utility>

namespace mm::gui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto interval = std::chrono::milliseconds(2);

class Knock : public QEvent {
public:
    explicit Knock(Clock::time_point when) : QEvent(User), at(when) {}
    Clock::time_point at;
};

}  // namespace

LoopWatch::LoopWatch()
    : m_knocker([this](const std::stop_token& stop) {
          for (auto next = Clock::now(); !stop.stop_requested(); next += interval) {
              std::this_thread::sleep_until(next);
              QCoreApplication::postEvent(this, new Knock(next), Qt::HighEventPriority);
          }
      }) {}

LoopWatch::~LoopWatch() = default;

void LoopWatch::customEvent(QEvent* knock) {
    const auto waited = Clock::now() - static_cast<Knock*>(knock)->at;
    m_waits.push_back(std::chrono::duration<double, std::milli>(waited).count());
}

std::vector<double> LoopWatch::take() {
    return std::exchange(m_waits, {});
}

}  // namespace mm::gui
