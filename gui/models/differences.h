// SPDX-License-Identifier: GPL-3.0-or-later
// The differences of a comparison as one list to step through: the log's in their order, then the zones'.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/verify/comparison.h"

namespace mm::gui {

using ComparisonPtr = std::shared_ptr<const Comparison>;

struct DifferenceAt {
    bool zone = false;  ///< row of Comparison::zones, else of Comparison::rows
    std::size_t row = 0;
    friend bool operator==(const DifferenceAt&, const DifferenceAt&) = default;
};

std::vector<DifferenceAt> differencesOf(const Comparison& comparison);

/// The one after (or before) the current place, which need not be a difference itself; round at the ends. Without a
/// current place the first (or the last). Nothing where nothing differs.
std::optional<DifferenceAt> nextDifference(const Comparison& comparison, std::optional<DifferenceAt> current,
                                           bool forward);

/// "number 3 of 17": which of all differences this is, from 1; 0 if it is none.
std::size_t ordinalOf(const Comparison& comparison, const DifferenceAt& place);

}  // namespace mm::gui
