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
// A zone with per-CPU lists (Zone::pcp) serves small orders from those of the request's CPU, and frees go back to them.
//
// Follows mm/page_alloc.c, Linux 6.1. Not for: remembering who owns what (that is the caller's business).
#pragma once

#include <array>
#include <optional>

#include "engine/page_alloc/alloc_state.h"
#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/page_taker.h"
#include "engine/page_alloc/pressure.h"
#include "engine/types/trace.h"

namespace mm {

/// Works on state it does not own. REQUIRES: zones and pages outlive it.
class PageAllocator {
public:
    PageAllocator(Zones& zones, PageColumns& pages, AllocStats& stats, const KernelProfile& profile);

    /// What is done when memory runs short; null: nothing can be. REQUIRES: outlives its use here.
    void set_pressure(const MemoryPressure* pressure) { m_pressure = pressure; }
    const MemoryPressure* pressure() const { return m_pressure; }
    /// Who wants to know why allocations get what they get; null: nobody. REQUIRES: outlives its use here.
    void set_why(WhyLog* why) { m_why = why; }
    /// Who else has memory, for reports; null: nobody. REQUIRES: outlives its use here.
    void set_others(const OthersCounters* others) { m_state.others = others; }
    /// What it works on, for who works on the same.
    const AllocState& state() const { return m_state; }

    /// __alloc_pages(): head frame of the block, or nothing (an mm_page_alloc_failed event tells).
    /// With __GFP_COMP the block becomes a compound page.
    std::optional<Pfn> alloc_pages(const AllocRequest& request, const Tracer& trace = {});
    /// alloc_pages_exact(): so many bytes as single pages, the rest of the block given back. The request's order is
    /// not looked at. Error: more bytes than the largest block has.
    Outcome<std::optional<Pfn>> alloc_pages_exact(AllocRequest request, Bytes size, const Tracer& trace = {});
    /// __alloc_pages_bulk(): up to so many single pages from one zone's per-CPU list; at least one if there is any.
    std::vector<Pfn> alloc_pages_bulk(const AllocRequest& request, NrPages count, const Tracer& trace = {});
    /// Pages that compaction moved during the last allocation, in order.
    const std::vector<PageMove>& moved() const { return m_moved; }
    /// ... since this object was made.
    const std::vector<PageMove>& all_moved() const { return m_all_moved; }

    /// __free_pages(): drops a reference; the last one frees the block. Where others are left, a block that is no
    /// compound page loses all but its first page. Errors are the user's (a frame that is not the head of an allocated
    /// block of that order).
    /// A page that memory_failure() has poisoned is not given back.
    Outcome<Done> free_pages(Pfn pfn, Order order, const Tracer& trace = {}, unsigned cpu = 0);
    /// free_pages_exact(): pages one by one. Error: one of them is no single allocated page.
    Outcome<Done> free_pages_exact(Pfn pfn, Bytes size, const Tracer& trace = {}, unsigned cpu = 0);
    /// get_page() and put_page(), of any page of a compound page or of a block's head.
    Outcome<Done> get_page(Pfn pfn, const Tracer& trace = {});
    Outcome<Done> put_page(Pfn pfn, const Tracer& trace = {}, unsigned cpu = 0);
    /// split_page(): an allocated, not compound block becomes 2^order single pages. Error as free_pages.
    Outcome<Done> split_page(Pfn pfn, const Tracer& trace = {});

    /// __free_pages_core(): boot-time free to the tail; counts managed pages up.
    void free_pages_core(Pfn pfn, Order order, const Tracer& trace = {});
    /// free_reserved_page(): a boot-time reservation ends; counts managed pages up. REQUIRES: a reserved frame of
    /// memory.
    /// A block of the highest order may be given at once: that is the same as frame by frame.
    void free_reserved_page(Pfn pfn, Order order = 0);

    /// drain_pages(): one CPU's lists of all zones are emptied. drain_all_pages(): those of all CPUs.
    void drain_pages(unsigned cpu, const Tracer& trace = {});
    void drain_all_pages(const Tracer& trace = {});
    /// zone_pcp_disable() of the frame's zone and at once zone_pcp_enable(): no page of the zone waits for a CPU.
    void drain_zone_of(Pfn pfn, const Tracer& trace = {});
    /// take_page_off_buddy(): a free frame leaves the free lists and is nobody's, with one reference. False: it is in
    /// no free block. Not for: frames that wait on per-CPU lists.
    bool take_page_off_buddy(Pfn pfn, const Tracer& trace = {}, unsigned cpu = 0);
    /// put_page_back_buddy(): the other way. REQUIRES: that one reference is left, and no flag.
    void put_page_back_buddy(Pfn pfn, const Tracer& trace = {}, unsigned cpu = 0);
    /// refresh_cpu_vm_stats(): what the CPU has counted for itself joins the zones' counters, and other nodes' pages
    /// that it has not used for three rounds are drained.
    void fold_vmstat(unsigned cpu, const Tracer& trace = {});

    Broken check() const;

private:
    friend class SlowPath;
    void deliver(const Served& served, const AllocRequest& request, MigrateType mt, const Tracer& trace);
    Served slow_path(PageTaker& taker, AllocContext& context, const AllocRequest& request, const Tracer& trace);
    Zone* bulk_zone(const AllocContext& context, AllocFlags flags, NrPages count);
    void wake_boosted(PageTaker& taker, const Tracer& trace);
    void free_block(Pfn pfn, Order order, const Tracer& trace, unsigned cpu);
    bool keep_poisoned(Pfn pfn, Order order, const Tracer& trace, unsigned cpu);
    void free_ok(Zone& zone, PfnRange frames, Pfn pfn, Order order, MigrateType mt, bool to_tail, const Tracer& trace,
                 unsigned cpu);
    void put_on_pcp(Zone& zone, Pfn pfn, Order order, MigrateType mt, const Tracer& trace, unsigned cpu);
    void drain_zone(Zone& zone, unsigned cpu, NrPages count, unsigned pindex, const Tracer& trace);

    AllocState m_state;
    const MemoryPressure* m_pressure = nullptr;
    WhyLog* m_why = nullptr;
    std::vector<PageMove> m_moved, m_all_moved;
    Capture* m_capture = nullptr;  ///< while this task compacts: what it waits for
};

/// What a frame is part of: compound_head(), compound_order() and the destructor.
struct CompoundPage {
    Pfn head = no_pfn;  ///< no_pfn: the frame belongs to no compound page
    Order order = 0;
    std::string_view destructor() const { return "COMPOUND_PAGE_DTOR"; }  ///< free_compound_page()
};
CompoundPage compound_page_of(const PageColumns& pages, Pfn pfn);

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
