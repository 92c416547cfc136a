// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/highatomic.h"

namespace mm {

Pfn rmqueue_buddy(BuddyLists& buddy, Order order, MigrateType mt, AllocFlags flags) {
    Pfn pfn = no_pfn;
    if (flags & alloc::highatomic) pfn = buddy.rmqueue_smallest(order, MigrateType::highatomic);
    if (pfn == no_pfn) pfn = buddy.rmqueue(order, mt, flags);
    // Rather use up the reserve now than fail.
    if (pfn == no_pfn && (flags & (alloc::oom | alloc::non_block)))
        pfn = buddy.rmqueue_smallest(order, MigrateType::highatomic);
    if (pfn != no_pfn) mod_free_pages(buddy.zone(), buddy.cpu(), -(std::int64_t{1} << order));
    return pfn;
}

bool reserve_highatomic_pageblock(const AllocState& state, Zone& zone, Pfn pfn) {
    const NrPages block = state.zones.pageblock_nr_pages();
    if (zone.nr_reserved_highatomic >= zone.managed / 100 + block) return false;
    if (static_cast<unsigned>(state.zones.pageblock(pfn)) >= nr_pcptypes) return false;
    touch_counters(state.pages, zone);
    zone.nr_reserved_highatomic += block;
    set_pageblock(state, pfn, MigrateType::highatomic);
    BuddyLists(state, zone).move_freepages_block(pfn, MigrateType::highatomic);
    return true;
}

bool unreserve_highatomic_pageblock(const AllocState& state, Zone& zone, MigrateType mt, bool force,
                                    const std::function<void(Pfn)>& retyped) {
    const NrPages block = state.zones.pageblock_nr_pages();
    if (!force && zone.nr_reserved_highatomic <= block) return false;
    for (Order order = 0; order < state.profile.max_order; ++order) {
        const std::uint32_t first =
            zone.free_area[order].free_list[static_cast<std::size_t>(MigrateType::highatomic)].first;
        if (first == no_link) continue;
        touch_counters(state.pages, zone);
        if (state.zones.pageblock(first) == MigrateType::highatomic)
            zone.nr_reserved_highatomic -= std::min(block, zone.nr_reserved_highatomic);
        set_pageblock(state, first, mt);
        retyped(first);
        if (BuddyLists(state, zone).move_freepages_block(first, mt).free != 0) return true;
    }
    return false;
}

}  // namespace mm
