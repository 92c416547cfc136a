// SPDX-License-Identifier: GPL-3.0-or-later
// From the start of the process to the first painted window, beside an empty window with one QCustomPlot; each in a
// process of its own.
#pragma once

#include "gui/bench/measure.h"

namespace mm::gui {

/// What a process shows that is started to be measured.
inline constexpr const char* coldStartWindow = "window";
inline constexpr const char* coldStartEmpty = "empty";

/// Ends this process as soon as its window is painted, saying so on stdout.
void quitWhenPainted();

Measures measureColdStart();

}  // namespace mm::gui
