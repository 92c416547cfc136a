// SPDX-License-Identifier: GPL-3.0-or-later
// The map as a table: what a picture of cells shows, pageblock by pageblock.
#include "gui/format/format.h"
#include "gui/views/heatmap/heatmap_canvas.h"
#include "gui/views/heatmap/heatmap_view.h"

namespace mm::gui {

Table HeatmapView::table() const {
    const PagePyramid& pyramid = m_canvas->pyramid();
    if (!pyramid.snapshot()) return {};
    // What no frame is has no column.
    std::vector<unsigned> kinds;
    for (unsigned k = categoryHole + 1; k < pyramid.categories(); ++k)
        if (pyramid.totals()[k] > 0) kinds.push_back(k);
    Table table{{tr("first pfn"), tr("address"), tr("pageblock type")}, {}};
    for (const unsigned k : kinds) {
        const auto category = static_cast<Category>(k);
        const bool free = k >= categoryFirst && pyramid.mode().free(category);
        table.columns << categoryName(pyramid.mode(), category) + (free ? tr(" (free)") : QString());
    }
    const auto& types = pyramid.snapshot()->state.zones.pageblock_type;
    for (Pfn first = 0; first < pyramid.end(); first += pageblock_pages) {
        const std::size_t block = first / pageblock_pages;
        const auto counts = pyramid.counts(0, block);
        if (counts[categoryHole] == pageblock_pages) continue;
        QStringList row{hex(first), hex(phys_of(first)),
                        block < types.size() ? text(name_of(static_cast<MigrateType>(types[block]))) : QString()};
        for (const unsigned k : kinds)
            row << QString::number(counts[k]);
        table.rows.push_back(row);
    }
    return table;
}

}  // namespace mm::gui
