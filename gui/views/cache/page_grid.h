// SPDX-License-Identifier: GPL-3.0-or-later
// A grid of cells, each for one page or, of many, for a power of two of them. Geometry and shares, without a widget.
//
//      perCell 1   [p0][p1][p2] ...       perCell 64   [p0..p63][p64..p127] ...
//                  [  ][  ]                            a cell is cut by what its pages are; a single one stays visible
#pragma once

#include <QBrush>
#include <QRectF>
#include <array>
#include <optional>
#include <vector>

#include "engine/types/units.h"

class QPainter;

namespace mm::gui {

struct PageGrid {
    static constexpr std::size_t mostCells = 4096;

    double top = 0, cell = 0;  ///< a cell's side with its gap
    std::size_t columns = 1, cells = 0;
    NrPages pages = 0, perCell = 1;

    /// cell: how large a cell should be; there are mostCells of them at most.
    static PageGrid fit(NrPages pages, double top, double width, double cell);
    double height() const { return cell * double((cells + columns - 1) / columns); }
    QRectF rectOf(std::size_t i) const;
    std::optional<std::size_t> cellAt(QPointF at) const;
    std::size_t cellOf(std::uint64_t page) const { return static_cast<std::size_t>(page / perCell); }
    /// First page of a cell, and the one behind its last.
    std::uint64_t firstOf(std::size_t i) const { return i * perCell; }
    std::uint64_t endOf(std::size_t i) const { return std::min<std::uint64_t>(pages, (i + 1) * perCell); }
};

/// What the pages of a cell are, by kind.
template<std::size_t kinds>
using Shares = std::array<std::uint32_t, kinds>;

/// The cell cut from left to right; what there is of a kind is at least a pixel wide.
void paintShares(QPainter& painter, const QRectF& rect, const std::uint32_t* shares, const QBrush* brushes,
                 std::size_t kinds);

}  // namespace mm::gui
