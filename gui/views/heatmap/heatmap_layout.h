// SPDX-License-Identifier: GPL-3.0-or-later
// Where each page frame is on the map: pure geometry in device pixels, no colours.
//
//      tile  = 2^tileShift frames, tileWidth x tileHeight cells; a pageblock as long as a cell is a few pages
//      cell  = 2^cellShift frames; cells share a tile's pixels evenly, to the pixel, and leave their last cellGap empty
//      line  = `columns` tiles side by side; parts begin a new line, with a break strip of breakHeight before them
//
//      +--------------+ +--------------+
//      | c c c c c c c| | c c c c c c c|     part 0, line 0
//      +--------------+ +--------------+
//      +--------------+                      part 0, line 1
//      ~~~~~~~~~~~~ 3.0 GiB of no memory ~~~~~~~~~~
//      +--------------+                      part 1, line 0
//
// Cells of a tile run in rows, or along a Hilbert curve in a square tile; as lines a tile is one cell high and the next
// one follows without a gap, so that addresses run across the whole width. fit() picks the smallest cell, in pages, for
// which everything visible fits.
#pragma once

#include <QRect>
#include <QRegion>
#include <optional>
#include <vector>

#include "gui/models/page_pyramid_modes.h"

namespace mm::gui {

enum class Arrangement : std::uint8_t { rows, lines, hilbert };

struct LayoutPart {
    PfnRange frames;      ///< starts at a multiple of the cell's size
    int top = 0;          ///< of its first line
    int lines = 0;        ///< of tiles
    NrPages skipped = 0;  ///< frames left out before; 0: no break
    friend bool operator==(const LayoutPart&, const LayoutPart&) = default;
};

struct HeatmapLayout {
    QSize size;
    Arrangement arrangement = Arrangement::rows;
    unsigned cellShift = 0, tileShift = 9;
    int tileWidth = 32, tileHeight = 16;  ///< in cells
    int columns = 1;
    QSize tileSize{32, 16};  ///< in pixels
    int cellGap = 0;
    QSize tileGap{0, 0};
    int breakHeight = 0;
    std::vector<LayoutPart> parts;

    /// REQUIRES: parts sorted, disjoint, ends multiples of a pageblock. Empty parts give a layout that holds nothing.
    static HeatmapLayout fit(const std::vector<PfnRange>& parts, QSize size, double devicePixelRatio,
                             Arrangement arrangement, int breakHeight);

    bool empty() const { return parts.empty(); }
    NrPages cellPages() const { return NrPages{1} << cellShift; }
    NrPages tilePages() const { return NrPages{1} << tileShift; }
    NrPages rowPages() const { return tilePages() * static_cast<NrPages>(columns); }
    QSize pitch() const { return tileSize + tileGap; }
    /// The smallest cell: others may be a pixel wider or higher.
    QSize cellSize() const { return {tileSize.width() / tileWidth, tileSize.height() / tileHeight}; }
    int usedWidth() const { return columns * pitch().width() - tileGap.width(); }
    int usedHeight() const;

    const LayoutPart* partOf(Pfn pfn) const;
    /// The whole pitch of the cell with that frame; empty if it is not visible.
    QRect cellRect(Pfn pfn) const;
    /// The pixels of it that are painted.
    QRect cellInk(Pfn pfn) const;
    /// The frames of the cell at that point (in its pitch).
    std::optional<PfnRange> cellAt(QPoint point) const;
    /// The nearest cell to a point anywhere; none only if empty().
    std::optional<PfnRange> nearestCell(QPoint point) const;
    /// The pixels of a range: whole cells, gaps between them filled.
    QRegion region(PfnRange frames) const;
    /// Position of a cell in its tile, and back.
    QPoint cellInTile(unsigned index) const;
    unsigned indexInTile(QPoint cell) const;
    QPoint tileOrigin(const LayoutPart& part, NrPages tile) const;
    /// Pixels of a cell relative to its tile, and the cell at such a pixel.
    QRect boxInTile(QPoint cell) const;
    QPoint cellAtPixel(QPoint inTile) const;

    friend bool operator==(const HeatmapLayout&, const HeatmapLayout&) = default;
};

}  // namespace mm::gui
