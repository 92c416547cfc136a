// SPDX-License-Identifier: GPL-3.0-or-later
// The free lists of one zone during one operation of the page allocator: taking blocks off, splitting, merging, and
// falling back between migratetypes. Private to page_alloc.
//
//      free_area[3].free_list[Movable]   first [8 .......] <-> [24 .......] last
//
// What was done is noted (a few fixed fields, no text) and turned into events when the operation is over, because an
// event may only be seen when the state is consistent.
//
// Follows mm/page_alloc.c, Linux 6.1: add_to_free_list ... __rmqueue, __free_one_page.
#pragma once

#include "engine/page_alloc/page_allocator.h"

namespace mm {

/// What an operation did besides taking or giving its block.
struct BuddyNotes {
    static constexpr std::size_t max_claims = 8;  ///< pageblocks of the largest order

    bool expanded = false, stolen = false;
    Pfn expanded_pfn = 0, stolen_pfn = 0;
    Order expanded_order = 0, stolen_order = 0;
    MigrateType stolen_from{};
    std::size_t nr_claims = 0;
    std::array<Pfn, max_claims> claims{};  ///< first frames of pageblocks that changed their type
};

class BuddyLists {
public:
    BuddyLists(const PageAllocator& allocator, Zone& zone)
        : m_zones(allocator.m_zones),
          m_pages(allocator.m_pages),
          m_stats(allocator.m_stats),
          m_profile(allocator.m_profile),
          m_zone(zone) {}

    /// __rmqueue(): a block of the order, off its list, head byte cleared; no_pfn if there is none.
    /// no_fragment: ALLOC_NOFRAGMENT, fall back by whole pageblocks only.
    Pfn rmqueue(Order order, MigrateType mt, bool no_fragment);

    struct Block {
        Pfn pfn;
        Order order;
    };
    /// __free_one_page(): merges with free buddies within frames (the zone's memory around the block) and lists the
    /// result. The block's frames must be in state free. Returns the block it became.
    Block free_one(Pfn pfn, Order order, MigrateType mt, PfnRange frames, bool to_tail);

    const BuddyNotes& notes() const { return m_notes; }

private:
    void add(Pfn pfn, Order order, MigrateType mt);
    void add_tail(Pfn pfn, Order order, MigrateType mt);
    void del(Pfn pfn, Order order);
    void move_to_tail(Pfn pfn, Order order, MigrateType mt);

    Pfn rmqueue_smallest(Order order, MigrateType mt);
    void expand(Pfn pfn, Order low, Order high, MigrateType mt);
    bool rmqueue_fallback(Order order, MigrateType start, bool no_fragment);
    bool suitable_fallback(Order order, MigrateType start, MigrateType& fallback, bool& can_steal) const;
    void steal_suitable_fallback(Pfn pfn, Order order, MigrateType start, bool whole_block);
    struct Moved {
        NrPages free, movable;
    };
    Moved move_freepages_block(Pfn pfn, MigrateType mt);
    void claim_pageblock(Pfn pfn, MigrateType mt);
    bool is_buddy(Pfn buddy, Order order, PfnRange frames) const {
        return frames.contains(buddy) && order_of_head(m_pages.head(buddy)) == order && m_pages.free_head(buddy);
    }
    bool merge_likely(Pfn pfn, Order order, PfnRange frames) const;

    Zones& m_zones;
    PageColumns& m_pages;
    AllocStats& m_stats;
    const KernelProfile& m_profile;
    Zone& m_zone;
    BuddyNotes m_notes;
};

}  // namespace mm
