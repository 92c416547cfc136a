// SPDX-License-Identifier: GPL-3.0-or-later
// The page tables behind areas: made when an area needs them, from pages of the page allocator, and never given back
// when it goes; but a large leaf may replace an empty table.
//
//      area [ p0 ][ p1 ][ p2 ]|guard|         PTE table   [ p0 | p1 | p2 | - | ... ]     a page, GFP_KERNEL
//
// Follows vmap_small_pages_range_noflush(), vmap_range_noflush() and vunmap_range_noflush() of mm/vmalloc.c,
// __p?d_alloc() and __pte_alloc_kernel() of mm/memory.c, pmd_free_pte_page() of arch/x86/mm/pgtable.c, Linux 6.1.
// Private to vmalloc.
#pragma once

#include "engine/vmalloc/vmalloc_context.h"

namespace mm {

/// Does nothing where the context has no tables. Areas are told by their address among the busy ones.
class AreaTables {
public:
    AreaTables(const VmallocContext& c, const Tracer& trace, unsigned cpu) : m_c(c), m_trace(trace), m_cpu(cpu) {}

    /// vmap_pages_range() of the area's pages; false: no memory for a table, and what is mapped so far stays so.
    bool map_pages(VirtAddr area);
    /// The same of frames anywhere in an area.
    bool map_frames(VirtAddr area, VirtAddr at, std::span<const Pfn> frames);
    /// ioremap_page_range(): device memory, with large leaves where addresses and the CPU allow them.
    bool map_device(VirtAddr area);
    /// vunmap_range(): of what was mapped, tables stay.
    void unmap(const VmArea& area);
    void unmap_part(VirtAddr area, VirtRange range);

private:
    enum class Large { done, not_here, no_memory };

    VmArea& area(VirtAddr start) const { return m_c.state.busy.edit().at(start); }
    bool make_tables(VirtAddr at, PtLevel down_to);
    std::optional<Pfn> new_page();
    Large try_large(VirtAddr at, PhysAddr phys, Bytes left, Bytes leaf);
    bool free_tables(VirtAddr at, PtLevel level);
    bool map_small(VirtAddr start, VirtAddr at, std::span<const Pfn> frames, PtEntry flags);
    void tell(EventKind kind, VirtRange range) const;

    const VmallocContext& m_c;
    const Tracer& m_trace;
    const unsigned m_cpu;
};

}  // namespace mm
