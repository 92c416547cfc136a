// SPDX-License-Identifier: GPL-3.0-or-later
// First base of fixtures with widgets: the application must exist before any theme or widget. And waiting for what it
// shall do.
#pragma once

#include <QApplication>
#include <QElapsedTimer>

namespace mm::gui {

/// One application a test, destroyed after the fixture's widgets; a static one would outlive what Qt needs to take it
/// down.
struct WithApplication {
    int argc = 1;
    char name[5] = "test";
    char* argv[2] = {name, nullptr};
    QApplication app{argc, argv};
};

/// Lets the event loop turn until the condition holds; false: it did not within that time.
template<class Condition>
[[nodiscard]] bool waitFor(Condition condition, int milliseconds = 60000) {
    QElapsedTimer time;
    time.start();
    while (!condition()) {
        if (time.elapsed() > milliseconds) return false;
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    }
    return true;
}

}  // namespace mm::gui
