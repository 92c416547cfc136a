// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmentation of one zone over time, from a history's samples: for every order the two figures of the kernel, and the
// largest free block. The figures are the engine's (unusable_free_index, fragmentation_index; mm/vmstat.c).
#pragma once

#include <array>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct FragPoint {
    Position at = 0;
    std::array<int, max_orders> unusable{};  ///< 0..1000: share of free memory the order cannot use
    std::array<int, max_orders> extfrag{};   ///< -1000: would be served; 0: lack of memory .. 1000: fragmentation
    int largest = -1;                        ///< order of the largest free block; -1: none free
};

/// The figures of one moment, of the zone as it is.
FragPoint fragPoint(const Zone& zone, Position at, unsigned orders);
/// One a sample in which the zone is known, ascending.
std::vector<FragPoint> fragSeries(const std::vector<Sample>& samples, ZoneRef zone, unsigned orders);
/// The newest at or before that position; null if none.
const FragPoint* pointAt(const std::vector<FragPoint>& series, Position at);

}  // namespace mm::gui
