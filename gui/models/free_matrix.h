// SPDX-License-Identifier: GPL-3.0-or-later
// The free lists of one zone as a table: a row per order, a column per migratetype, in each cell the blocks of that
// list; and which cells differ from another moment of the same zone.
//
//      order      Unmovable  Movable  Reclaimable  HighAtomic
//      0    4K            1        3            -           -
//      10   4M            -       95            -           -
#pragma once

#include <QString>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct FreeCell {
    NrPages blocks = 0, pages = 0;
    double share = 0;  ///< of the zone's pages on its lists, 0..1
    bool changed = false;
    std::int64_t more = 0;  ///< blocks than at the other moment
};

struct FreeMatrix {
    Nid nid = 0;
    ZoneType zone{};
    std::vector<MigrateType> columns;  ///< the first four always, CMA and Isolate where they have blocks
    unsigned orders = 0;
    std::vector<FreeCell> cells;  ///< orders * columns, by order
    NrPages pages = 0;

    const FreeCell& at(unsigned order, std::size_t column) const { return cells[order * columns.size() + column]; }
    bool empty() const { return pages == 0; }
};

/// before: the same zone at the moment shown last; null: nothing counts as changed.
FreeMatrix freeMatrix(const Zone& zone, unsigned orders, const Zone* before);

/// "4K", "2M": the size of a block.
QString blockSizeText(unsigned order);

/// How a zone's span divides: the bar of the gauges, in frames; the sum is spanned.
struct ZoneParts {
    NrPages free = 0, used = 0, reserved = 0, holes = 0;
};
ZoneParts zoneParts(const Zone& zone);

}  // namespace mm::gui
