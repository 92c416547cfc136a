// SPDX-License-Identifier: GPL-3.0-or-later
// The names under the time slider: boot stages where they begin, and where the workload's time begins.
#pragma once

#include <vector>

#include "gui/widgets/time_slider.h"

namespace mm::gui {

std::vector<TimeMark> timeMarks(const History& history);

}  // namespace mm::gui
