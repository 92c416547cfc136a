// SPDX-License-Identifier: GPL-3.0-or-later
// The map of page frames along time, small: at some moments, what share of each stretch of memory was what. A column is
// a moment; its cells go from the lowest frame to the highest, with the gaps between memory left out.
//
//      cell 0   |  . . # # # # #        a column holds shares and never the majority: what is little stays visible
//      cell 1   |  . . . # # # #
//      ...      +--------------- at
#pragma once

#include <memory>
#include <vector>

#include "gui/models/page_pyramid.h"

namespace mm::gui {

struct StripColumn {
    Position at = 0;
    std::vector<std::uint8_t> shares;  ///< of 255, TimeStrip::cells times categories
};

struct TimeStrip {
    static constexpr unsigned cells = 28;
    unsigned categories = 0;
    std::vector<StripColumn> columns;  ///< ascending
};
using TimeStripPtr = std::shared_ptr<const TimeStrip>;

/// Makes columns; quick where a moment differs little from the one before.
class StripMaker {
public:
    StripColumn column(const SnapshotPtr& snapshot);
    unsigned categories() const { return m_pyramid.categories(); }

private:
    PagePyramid m_pyramid;
};

}  // namespace mm::gui
