// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/low_pages.h"

#include <fmt/format.h>

namespace mm {
namespace {

/// What one table of the last level maps: PMD_SIZE.
Bytes table_span(const Paging& paging) {
    return paging.levels[paging.levels.size() - 2].span();
}

}  // namespace

Pfn LowPages::alloc(unsigned count, std::string_view what) {
    const bool buffer_left = m_map.brk_tables_used + count <= m_map.brk_pages;
    Pfn pfn = 0;
    if ((!buffer_left || !m_can_use_brk) && m_map.min_pfn_mapped < m_map.max_pfn_mapped)
        pfn = pfn_down(m_boot.alloc({.size = count * page_size,
                                     .align = page_size,
                                     .start = phys_of(m_map.min_pfn_mapped),
                                     .end = phys_of(m_map.max_pfn_mapped),
                                     .owner = "page tables",
                                     .caller = "alloc_low_pages",
                                     .api = MemblockApi::phys_range}));
    const bool from_brk = pfn == 0;
    if (from_brk) {
        if (!buffer_left || !m_can_use_brk)
            m_boot.trace().event({.kind = EventKind::kernel_note}, "alloc_low_pages: can not alloc memory");
        pfn = m_map.brk_buffer + m_map.brk_tables_used;
        m_map.brk_tables_used += count;
    }
    m_boot.trace().event({.kind = EventKind::alloc_page_table, .touched = phys_of(PfnRange{pfn, pfn + count})},
                         fmt::format("{} from {}", what, from_brk ? "brk" : "memblock"));
    return pfn;
}

PageTables::AllocTable LowPages::one_by_one() {
    return [this](PtLevel level) { return alloc(1, name_of(level)); };
}

void populate_range(DirectMap& map, LowPages& pages, VirtRange range) {
    const Bytes span = table_span(map.tables.paging());
    for (VirtAddr at = align_down(range.start, span); at < range.end; at += span)
        map.tables.populate(at, pages.one_by_one());
}

void populate_fixmap(DirectMap& map, LowPages& pages, VirtRange fixmap, VirtRange kmaps) {
    const Bytes span = table_span(map.tables.paging());
    const VirtRange own{align_down(kmaps.start, span), align_up(kmaps.end, span)};
    const auto tables = own.size() / span;
    if (tables < 2) return populate_range(map, pages, fixmap);
    Pfn row = pages.alloc(static_cast<unsigned>(tables), "PTE of kmap_atomic()");
    for (VirtAddr at = align_down(fixmap.start, span); at < fixmap.end; at += span) {
        map.tables.populate(at, pages.one_by_one());
        if (own.contains(at)) map.tables.move_table(at, row++);
    }
}

}  // namespace mm
