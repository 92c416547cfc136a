// SPDX-License-Identifier: GPL-3.0-or-later
// The theme's ink for the categories of a colouring of page frames: the same on the map, in its legend and along time.
#pragma once

#include <array>

#include "gui/models/page_pyramid_modes.h"

namespace mm::gui {

/// How a category is drawn: plain, or with diagonal strokes.
struct CategoryInk {
    QRgb fill = 0, stroke = 0;
    bool hatched = false;
    friend bool operator==(const CategoryInk&, const CategoryInk&) = default;
};
using Inks = std::array<CategoryInk, maxCategories>;

/// The theme's ink for a colouring. Categories not in shown (a bit each) are faded.
Inks inksFor(const Theme& theme, const ModeInfo& mode, std::uint32_t shown);

}  // namespace mm::gui
