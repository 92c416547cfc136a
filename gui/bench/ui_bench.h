// SPDX-License-Identifier: GPL-3.0-or-later
// mmscope --bench-ui: the window's speed, measured without a display, with the most that each figure may be.
#pragma once

#include "gui/style/theme.h"

namespace mm::gui {

/// part: start, map, window, or "" for all. Prints the figures; the exit code: 0, 1 where one is above its limit, 2
/// where something could not be measured.
int runUiBench(Theme& theme, const QString& file, const QString& part, bool json);

}  // namespace mm::gui
