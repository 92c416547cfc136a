// SPDX-License-Identifier: GPL-3.0-or-later
// First base of fixtures with widgets: the application must exist before any theme or widget.
#pragma once

#include <QApplication>

namespace mm::gui {

struct WithApplication {
    WithApplication() {
        static int argc = 1;
        static char name[] = "test";
        static char* argv[] = {name, nullptr};
        static QApplication app(argc, argv);
    }
};

}  // namespace mm::gui
