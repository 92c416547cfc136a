// SPDX-License-Identifier: GPL-3.0-or-later
// The strips as a table, and as the kernel prints them.
#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/views/physmap/physmap_view.h"

namespace mm::gui {

Table PhysmapView::table() const {
    Table table{{tr("strip"), tr("start"), tr("end"), tr("size"), tr("what")}, {}};
    for (const Strip& strip : m_strips.strips)
        for (const Piece& piece : strip.pieces)
            table.rows.push_back({QString::fromUtf8(strip.title), hex(piece.range.start), hex(piece.range.end - 1),
                                  sizeText(piece.range.end - piece.range.start), m_strips.inks[piece.ink].name});
    return table;
}

QString PhysmapView::procText() const {
    return m_snapshot ? text(print_iomem(*m_snapshot)) : QString();
}

}  // namespace mm::gui
