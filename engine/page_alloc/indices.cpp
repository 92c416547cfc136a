// SPDX-License-Identifier: GPL-3.0-or-later
// The two fragmentation figures of mm/vmstat.c, from the counts of free blocks alone.
#include "engine/page_alloc/page_allocator.h"

namespace mm {
namespace {

/// struct contig_page_info.
struct Counts {
    NrPages pages = 0, blocks = 0, suitable = 0;  ///< suitable: how many blocks of the order could be cut
};

Counts count(const Zone& zone, Order order, unsigned max_order) {
    Counts c;
    for (Order o = 0; o < max_order; ++o) {
        const NrPages n = zone.free_area[o].nr_free;
        c.blocks += n;
        c.pages += n << o;
        if (o >= order) c.suitable += n << (o - order);
    }
    return c;
}

}  // namespace

unsigned unusable_free_index(const Zone& zone, Order order, unsigned max_order) {
    const Counts c = count(zone, order, max_order);
    if (c.pages == 0) return 1000;
    return static_cast<unsigned>((c.pages - (c.suitable << order)) * 1000 / c.pages);
}

int fragmentation_index(const Zone& zone, Order order, unsigned max_order) {
    const Counts c = count(zone, order, max_order);
    if (order >= max_order || c.blocks == 0) return 0;
    if (c.suitable != 0) return -1000;
    return 1000 - static_cast<int>((1000 + c.pages * 1000 / (NrPages{1} << order)) / c.blocks);
}

}  // namespace mm
