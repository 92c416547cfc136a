// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows of a comparison are shown, and which are folded into one row that tells how many they are:
//
//      Zone ranges:                 Zone ranges:
//      ... 273 lines that are not compared ...          unfolds when clicked
//      last_pfn = 0x1ffe0           last_pfn = 0x1ffdf
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "engine/verify/comparison.h"

namespace mm::gui {

struct DiffFilter {
    bool onlyDifferences = false;          ///< and two rows around each
    std::optional<mm::Category> category;  ///< rows of this one only
};

/// A row on the screen: one of the comparison's, or count of them from there on folded.
struct DiffRow {
    std::size_t row = 0;
    std::size_t folded = 0;  ///< 0: not folded
    friend bool operator==(const DiffRow&, const DiffRow&) = default;
};

/// unfolded: first rows of folds that have been opened. Runs of fewer than three rows are not folded.
std::vector<DiffRow> diffRows(const Comparison& comparison, const DiffFilter& filter,
                              const std::set<std::size_t>& unfolded);

}  // namespace mm::gui
