// SPDX-License-Identifier: GPL-3.0-or-later
// What a new picture of the map of page frames costs, from the snapshot's arrival to painted pixels, on machines of up
// to 2^30 frames, beside QCPColorMap.
#pragma once

#include "gui/bench/measure.h"
#include "gui/style/theme.h"

namespace mm::gui {

Measures measureHeatmapFrames(Theme& theme);

}  // namespace mm::gui
