// SPDX-License-Identifier: GPL-3.0-or-later
// The buddy allocator over zones: __alloc_pages, __free_pages, expand (split), __free_one_page (merge), fallback
// between migratetypes, zonelist walk with watermarks. List order is the kernel's: frees go to the head unless
// buddy_merge_likely() or the caller asks for the tail; allocation takes the head.
//
//      order 3  [8 .......]            alloc order 1 at 8:   order 2 [12..15]  order 1 [10,11]   taken [8,9]
//
// Invariants (check()): every free block is on exactly one list, aligned to its order, inside its zone; list counts,
// nr_free and NR_FREE_PAGES agree with the frames; no two free buddies of an order below MAX_ORDER-1 of the same zone
// are left unmerged; states, orders, refcounts of free and allocated blocks are consistent.
//
// A zone with per-CPU lists (Zone::pcp) serves small orders from those of the request's CPU. No compaction or reclaim
// yet: a request that finds nothing fails.
//
// Follows mm/page_alloc.c, Linux 6.1. Not for: remembering who owns what (that is the caller's business).
#pragma once

#include <array>
#include <optional>

#include "engine/page_alloc/alloc_state.h"
#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/types/trace.h"

namespace mm {

/// Works on state it does not own. REQUIRES: zones and pages outlive it.
class PageAllocator {
public:
    PageAllocator(Zones& zones, PageColumns& pages, AllocStats& stats, const KernelProfile& profile);

    /// __alloc_pages(): head frame of the block, or nothing (an mm_page_alloc_failed event tells).
    /// With __GFP_COMP the block becomes a compound page.
    std::optional<Pfn> alloc_pages(const AllocRequest& request, const Tracer& trace = {});
    /// __free_pages(). Errors are the user's (a frame that is not the head of an allocated block of that order).
    Outcome<Done> free_pages(Pfn pfn, Order order, const Tracer& trace = {}, unsigned cpu = 0);
    /// __free_pages_core(): boot-time free to the tail; counts managed pages up.
    void free_pages_core(Pfn pfn, Order order, const Tracer& trace = {});
    /// free_reserved_page(): a boot-time reservation ends; counts managed pages up. REQUIRES: a reserved frame of
    /// memory.
    /// A block of the highest order may be given at once: that is the same as frame by frame.
    void free_reserved_page(Pfn pfn, Order order = 0);
    /// split_page(): an allocated, not compound block becomes 2^order single pages. Error as free_pages.
    Outcome<Done> split_page(Pfn pfn);

    Broken check() const;

private:
    struct Served {
        Zone* zone = nullptr;
        Pfn pfn = no_pfn;
        BuddyNotes notes;
        bool from_buddy = false;  ///< the free lists were touched, for the block itself or for a refill
    };
    Served attempt(const AllocContext& context, AllocFlags flags, unsigned cpu);
    Served rmqueue(Zone& zone, const AllocContext& context, AllocFlags flags, unsigned cpu);

    AllocState m_state;
};

/// PageAllocator::check() for those who only look.
Broken check_free_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile);

/// The blocks of a list in list order (from the frozen or live frames); at most limit of them.
std::vector<Pfn> list_blocks(const FreeList& list, const PageColumns& pages, std::size_t limit = ~std::size_t{0});
std::vector<Pfn> list_blocks(const FreeList& list, const FrozenPages& pages, std::size_t limit = ~std::size_t{0});

/// unusable_free_index(): share of free memory that cannot serve the order, in 1/1000. mm/vmstat.c.
unsigned unusable_free_index(const Zone& zone, Order order, unsigned max_order);
/// __fragmentation_index(): -1000 if the order could be served, else 0 (lack of memory) .. 1000 (fragmentation).
int fragmentation_index(const Zone& zone, Order order, unsigned max_order);

}  // namespace mm
