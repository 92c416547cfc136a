// SPDX-License-Identifier: GPL-3.0-or-later
// A history's samples as columns for the time plot: free memory by order and the unusable-free-space index over
// positions. The last sample is held up to the end of the known history, because state holds until it changes.
#pragma once

#include <vector>

#include "engine/snapshot/history.h"

namespace mm::gui {

struct FreeSeries {
    std::vector<double> at;                    ///< positions, ascending
    std::vector<std::vector<double>> byOrder;  ///< in unit bytes
    std::vector<double> unusable;              ///< 0..1, for order 9
    Bytes unit = MiB;                          ///< MiB or GiB, whichever gives readable numbers
    bool empty() const { return at.empty(); }
};

FreeSeries freeSeries(const std::vector<Sample>& samples, Position end, unsigned orders);

/// The newest sample at or before that position; null if none.
const Sample* sampleAt(const std::vector<Sample>& samples, Position at);

}  // namespace mm::gui
