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
// No per-CPU lists, compaction or reclaim yet: a request that finds nothing fails. Room is made for them: the CPU is
// part of AllocRequest.
//
// Follows mm/page_alloc.c, Linux 6.1. Not for: remembering who owns what (that is the caller's business).
#pragma once

#include <array>
#include <optional>

#include "engine/mmzone/zone.h"
#include "engine/page_alloc/gfp.h"
#include "engine/profile/kernel_profile.h"
#include "engine/types/trace.h"

namespace mm {

struct AllocRequest {
    Gfp gfp = gfp::GFP_KERNEL;
    Order order = 0;
    Nid nid = 0;  ///< preferred node
    unsigned cpu = 0;
    friend bool operator==(const AllocRequest&, const AllocRequest&) = default;
};

/// vmstat-like counts of what happened since boot.
struct AllocStats {
    std::uint64_t allocs = 0, frees = 0, failures = 0, splits = 0, merges = 0, fallbacks = 0, claimed_blocks = 0;
    friend bool operator==(const AllocStats&, const AllocStats&) = default;
};

/// Works on state it does not own. REQUIRES: zones and pages outlive it.
class PageAllocator {
public:
    PageAllocator(Zones& zones, PageColumns& pages, AllocStats& stats, const KernelProfile& profile);

    /// __alloc_pages(): head frame of the block, or nothing (an mm_page_alloc_failed event tells).
    /// With __GFP_COMP the block becomes a compound page.
    std::optional<Pfn> alloc_pages(const AllocRequest& request, const Tracer& trace = {});
    /// __free_pages(). Errors are the user's (a frame that is not the head of an allocated block of that order).
    Outcome<Done> free_pages(Pfn pfn, Order order, const Tracer& trace = {});
    /// __free_pages_core(): boot-time free to the tail; counts managed pages up.
    void free_pages_core(Pfn pfn, Order order, const Tracer& trace = {});
    /// free_reserved_page(): a boot-time reservation ends; counts managed pages up. REQUIRES: a reserved frame of
    /// memory.
    void free_reserved_page(Pfn pfn);
    /// split_page(): an allocated, not compound block becomes 2^order single pages. Error as free_pages.
    Outcome<Done> split_page(Pfn pfn);

    Broken check() const;

private:
    friend class BuddyLists;
    Zones& m_zones;
    PageColumns& m_pages;
    AllocStats& m_stats;
    const KernelProfile& m_profile;
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
