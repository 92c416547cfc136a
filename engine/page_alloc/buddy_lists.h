// SPDX-License-Identifier: GPL-3.0-or-later
// The free lists of one zone during one operation of the page allocator: taking blocks off, splitting, merging, and
// falling back between migratetypes. What the kernel does with zone->lock held.
//
//      free_area[3].free_list[Movable]   first [8 .......] <-> [24 .......] last
//
// What was done is noted (a few fixed fields, no text) and turned into events when the operation is over, because an
// event may only be seen when the state is consistent.
//
// Follows mm/page_alloc.c, Linux 6.1: add_to_free_list ... __rmqueue, __free_one_page; mm/compaction.c:
// move_freelist_head, move_freelist_tail.
#pragma once

#include <array>
#include <optional>
#include <utility>

#include "engine/page_alloc/alloc_flags.h"
#include "engine/page_alloc/alloc_state.h"

namespace mm {

/// What an operation did besides taking or giving its block.
struct BuddyNotes {
    static constexpr std::size_t max_claims = 8;  ///< pageblocks of the largest order

    bool expanded = false, stolen = false;
    Pfn expanded_pfn = 0, stolen_pfn = 0;
    Order expanded_order = 0, stolen_order = 0;
    MigrateType stolen_from{};
    std::size_t nr_claims = 0;
    std::array<Pfn, max_claims> claims{};                ///< first frames of pageblocks that changed their type
    std::array<MigrateType, max_claims> claimed_from{};  ///< what they were
};

/// One __rmqueue(): the block it gave and what it did for it.
struct LockedBlock {
    Pfn pfn = no_pfn;
    BuddyNotes notes;
};

/// struct capture_control: a task compacting for itself keeps the block it is after as soon as that becomes free.
struct Capture {
    Nid nid = 0;
    ZoneType zone{};
    Order order = 0;
    Pfn page = no_pfn;  ///< what was captured
};

class BuddyLists {
public:
    /// cpu: whose counter of free pages the changes go to.
    BuddyLists(const AllocState& state, Zone& zone, unsigned cpu = 0)
        : m_zones(state.zones),
          m_pages(state.pages),
          m_stats(state.stats),
          m_profile(state.profile),
          m_zone(zone),
          m_cpu(cpu),
          m_home(home_of(zone, cpu)) {
        touch_lists(m_pages, zone, cpu);
    }

    /// __rmqueue(): a block of the order, off its list, head byte cleared; no_pfn if there is none. The caller counts
    /// NR_FREE_PAGES, as in the kernel.
    Pfn rmqueue(Order order, MigrateType mt, AllocFlags flags);
    /// __rmqueue_smallest(): from that migratetype's lists alone.
    Pfn rmqueue_smallest(Order order, MigrateType mt);

    struct Block {
        Pfn pfn;  ///< no_pfn: captured
        Order order;
    };
    /// __free_one_page(): merges with free buddies within frames (the zone's memory around the block) and lists the
    /// result. The block's frames must be in state free. Returns the block it became. Counts NR_FREE_PAGES.
    Block free_one(Pfn pfn, Order order, MigrateType mt, PfnRange frames, bool to_tail, Capture* capture = nullptr);

    /// take_page_off_buddy() with break_down_buddy_pages(): the frame alone; what is left of its block is listed in
    /// halves. Counts NR_FREE_PAGES. False: it is in no free block.
    bool take_off(Pfn pfn);

    /// move_freepages_block(): the free blocks of the pageblock go to the tails of the type's lists.
    struct Moved {
        NrPages free, movable;
    };
    Moved move_freepages_block(Pfn pfn, MigrateType mt);
    /// del_page_from_free_list(): for isolation. REQUIRES: a free block's head.
    void del(Pfn pfn, Order order);
    /// All blocks before pfn go to the list's tail: pfn becomes the first. REQUIRES: pfn is on the list.
    void move_freelist_head(Pfn pfn, Order order, MigrateType mt);
    /// All blocks up to and with pfn go to the list's tail.
    void move_freelist_tail(Pfn pfn, Order order, MigrateType mt);
    /// What the next steals count as movable pages (on an LRU list, or movable otherwise), where someone knows better
    /// than the frames' states.
    void set_movable_count(std::optional<NrPages> n) { m_movable_count = n; }

    const BuddyNotes& notes() const { return m_notes; }
    BuddyNotes take_notes() { return std::exchange(m_notes, {}); }
    Zone& zone() { return m_zone; }
    unsigned cpu() const { return m_cpu; }

private:
    void add(Pfn pfn, Order order, MigrateType mt);
    void add_tail(Pfn pfn, Order order, MigrateType mt);
    void move_to_tail(Pfn pfn, Order order, MigrateType mt);
    void rotate(Order order, MigrateType mt, std::uint32_t new_first);

    void expand(Pfn pfn, Order low, Order high, MigrateType mt);
    bool rmqueue_fallback(Order order, MigrateType start, AllocFlags flags);
    bool suitable_fallback(Order order, MigrateType start, MigrateType& fallback, bool& can_steal) const;
    void steal_suitable_fallback(Pfn pfn, Order order, MigrateType start, AllocFlags flags, bool whole_block);
    bool boost_watermark();
    void claim_pageblock(Pfn pfn, MigrateType mt);
    bool is_buddy(Pfn buddy, Order order, PfnRange frames) const {
        return frames.contains(buddy) && m_pages.free_head_of(buddy, order);
    }
    bool captures(const Capture* capture, Order order, MigrateType mt) const;
    bool merge_likely(Pfn pfn, Order order, PfnRange frames) const;

    Zones& m_zones;
    PageColumns& m_pages;
    AllocStats& m_stats;
    const KernelProfile& m_profile;
    Zone& m_zone;
    unsigned m_cpu;
    UndoLog::Home m_home;
    std::optional<NrPages> m_movable_count;
    BuddyNotes m_notes;
};

}  // namespace mm
