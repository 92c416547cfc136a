// SPDX-License-Identifier: GPL-3.0-or-later
// How long the GUI thread makes a user wait: a thread knocks at the event loop every other millisecond and notes when
// it was let in. What a click would have waited, and more often counted the longer the loop was blocked.
#pragma once

#include <QObject>
#include <thread>
#include <vector>

namespace mm::gui {

class LoopWatch : public QObject {
public:
    LoopWatch();
    ~LoopWatch() override;
    /// The waits so far, in milliseconds; forgets them.
    std::vector<double> take();

protected:
    void customEvent(QEvent* knock) override;

private:
    std::vector<double> m_waits;
    std::jthread m_knocker;  ///< last: joins before the others fall
};

}  // namespace mm::gui
