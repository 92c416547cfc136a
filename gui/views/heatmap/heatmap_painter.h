// SPDX-License-Identifier: GPL-3.0-or-later
// The map's pixels: cells coloured by category into an RGB32 image, whole or only some pageblocks. A cell of many pages
// shows shares, never the majority: its pixels are dealt out to the categories in proportion, columns from the left,
// and each category that is present gets one at least (while there are pixels).
//
//      1 page        16 pages, 9 used, 6 free, 1 unmovable       hole
//      [#####]       [###|::!]                                   [/ / ]
#pragma once

#include <QImage>
#include <vector>

#include "gui/models/category_inks.h"
#include "gui/models/page_pyramid.h"
#include "gui/views/heatmap/heatmap_layout.h"

namespace mm::gui {

class HeatmapPainter {
public:
    HeatmapPainter(QImage& image, const HeatmapLayout& layout, const PagePyramid& pyramid, const Inks& inks,
                   double devicePixelRatio);

    void paintAll(QRgb background);
    /// Cells of the pageblocks with these first frames; those not visible are passed over.
    void paintBlocks(const std::vector<Pfn>& blocks);

private:
    void paintPageblock(const LayoutPart& part, Pfn first);
    void paintShares(QRect cell, const PagePyramid::Counts& counts);
    void fill(QRect rect, Category category);
    QRect inkOf(const LayoutPart& part, Pfn pfn) const;

    QImage& m_image;
    const HeatmapLayout& m_layout;
    const PagePyramid& m_pyramid;
    const Inks& m_inks;
    const QSize m_size;  ///< of the image
    QRgb* m_pixels;
    qsizetype m_pitch;                  ///< pixels from line to line
    int m_period, m_stroke;             ///< of the hatch, in pixels
    std::vector<Category> m_drawOrder;  ///< in use before free, common ones last
    std::vector<QRect> m_cells;         ///< painted pixels of a tile's cells, by index
};

}  // namespace mm::gui
