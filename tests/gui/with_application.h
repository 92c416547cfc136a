// SPDX-License-Identifier: GPL-3.0-or-later
// First base of fixtures with widgets: the application must exist before any theme or widget.
#pragma once

#include <QApplication>

namespace mm::gui {

/// One application a test, destroyed after the fixture's widgets; a static one would outlive what Qt needs to take it
/// down.
struct WithApplication {
    int argc = 1;
    char name[5] = "test";
    char* argv[2] = {name, nullptr};
    QApplication app{argc, argv};
};

}  // namespace mm::gui
