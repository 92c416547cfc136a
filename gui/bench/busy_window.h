// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on a machine of 64 GiB while its engine works as fast as it can, the timeline is dragged and the map
// is zoomed: how long the event loop was blocked.
#pragma once

#include "gui/bench/measure.h"
#include "gui/style/theme.h"

namespace mm::gui {

/// file: a machine as one opens it; "": a made-up one of 64 GiB. Throws std::runtime_error where it cannot be opened.
Measures measureBusyWindow(Theme& theme, const QString& file);

}  // namespace mm::gui
