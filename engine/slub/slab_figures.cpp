// SPDX-License-Identifier: GPL-3.0-or-later
// What others want to know of the slab allocator. Follows get_slabinfo() of mm/slub.c, Linux 6.1, and of mm/slab.c,
// Linux 4.17.
#include <fmt/format.h>

#include "engine/slab_common/slab_lists.h"
#include "engine/slub/slab_allocator.h"

namespace mm {
namespace {

void count_slub(const KmemCache& s, SlabinfoRow& row) {
    std::uint64_t free = 0;
    for (const NodeSlabs& n : s.nodes)
        free += count_free(s, n.partial);
    row.active_objs = row.num_objs - free;
    row.active_slabs = row.num_slabs;
}

/// Objects in arrays count as active.
void count_slab(const KmemCache& s, SlabinfoRow& row) {
    row.active_objs = row.num_objs;
    row.active_slabs = row.num_slabs;
    for (const NodeSlabs& n : s.nodes) {
        row.active_objs -= n.arrays.free_objects;
        row.active_slabs -= n.arrays.slabs_free.slabs;
        row.shared_avail += n.arrays.shared.avail();
    }
    row.limit = s.arrays.limit;
    row.batchcount = s.arrays.batchcount;
    row.shared = s.arrays.shared;
}

}  // namespace

Broken slab_owner_of(const SlabState& state, const PageColumns& pages, Pfn pfn) {
    if (!state.up || pfn >= pages.end_pfn()) return std::nullopt;
    const CompoundPage compound = compound_page_of(pages, pfn);
    const Pfn head = compound.head == no_pfn ? pfn : compound.head;
    if (pages.flags(head) & bit(PageFlag::slab))
        return fmt::format("frame {:#x} is part of a slab of {}: kfree() or kmem_cache_free() frees its objects", pfn,
                           state.cache(pages.link(head).prev).name);
    if (state.large_at(head) == state.large.end()) return std::nullopt;
    return fmt::format("frame {:#x} is part of what kmalloc() answered with {:#x}: kfree() frees it", pfn,
                       phys_of(head));
}

std::vector<SlabinfoRow> slabinfo_rows(const SlabState& state) {
    std::vector<SlabinfoRow> rows;
    for (std::size_t i = state.list.size(); i-- > 0;) {
        const KmemCache& s = state.cache(state.list[i]);
        SlabinfoRow row{.name = s.name, .objsize = s.layout.size, .objperslab = s.layout.oo.objects};
        row.pagesperslab = NrPages{1} << s.layout.oo.order;
        for (const NodeSlabs& n : s.nodes) {
            row.num_objs += n.total_objects;
            row.num_slabs += n.nr_slabs;
        }
        if (state.design == SlabDesign::slab)
            count_slab(s, row);
        else
            count_slub(s, row);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace mm
