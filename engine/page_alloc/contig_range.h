// SPDX-License-Identifier: GPL-3.0-or-later
// A given range of frames, whatever is in it now: its pageblocks are isolated so that nobody gets pages of them any
// more, what can move moves out, and if all of it is free then, it is the caller's.
//
//      pageblocks   [M .u.m..m][M ......m.]        u in use, m movable, . free
//      isolated     [I .u.m..m][I ......m.]        free pages no longer count as free
//      moved out    [I .u.....][I ........]        u stays: the range is busy, and all is as before
//
// Follows mm/page_alloc.c (alloc_contig_range, free_contig_range) and mm/page_isolation.c, Linux 6.1. Clean pages of
// files are moved where the kernel drops them; transparent huge pages are split first, where
// it moves them whole if it can.
#pragma once

#include <optional>

#include "engine/page_alloc/page_allocator.h"

namespace mm {

class ContigRange {
public:
    /// Who follows pages that move is told by the allocator's pressure.
    ContigRange(PageAllocator& allocator, unsigned cpu, const Tracer& trace)
        : m_allocator(allocator),
          m_state(allocator.state()),
          m_owners(allocator.pressure()),
          m_cpu(cpu),
          m_trace(trace) {}

    /// alloc_contig_range(): single pages, each with a reference. type: what the pageblocks are, movable or CMA's.
    /// False: busy. Error: no pages, or not all of one zone's memory.
    Outcome<bool> alloc(PfnRange range, MigrateType type);
    /// free_contig_range(). Error: one of the frames is no single page in use.
    Outcome<Done> free(PfnRange range);
    // Steps of it, for who does something else with the range. REQUIRES: all of it is memory of one zone.
    bool isolate(PfnRange range, MigrateType type);  ///< start_isolate_page_range()
    bool migrate_away(PfnRange range);               ///< do_migrate_range(): to other nodes, if there are any
    bool is_free(PfnRange range);                    ///< test_pages_isolated()
    void remove_free(PfnRange range);                ///< __offline_isolated_pages(): no memory any more
    void undo_isolate(PfnRange range, MigrateType type);

    const std::vector<PageMove>& moves() const { return m_moves; }
    /// The first page that stood in the way; no_pfn: memory for what was to move did.
    Pfn busy() const { return m_busy; }

private:
    void begin(PfnRange range);
    bool isolate_range(PfnRange range, MigrateType type);
    bool isolate_block(Pfn block, PfnRange range, MigrateType type);
    void undo_isolate_range(PfnRange range, MigrateType type);
    void unset_isolate(Pfn block, MigrateType type);
    void split_at(Pfn boundary);
    Pfn unmovable_page(PfnRange range) const;
    bool is_movable(Pfn p) const;
    bool is_split_first(Pfn p) const;
    bool split_if_huge(Pfn p) const;
    bool migrate_range(PfnRange range);
    bool migrate(Pfn from, std::uint64_t nodes = 0);
    bool migrate_all(std::vector<Pfn>& sources);
    void move(Pfn from, Pfn to);
    bool take_range(PfnRange range);
    void retype(Pfn block, MigrateType type);

    PageAllocator& m_allocator;
    const AllocState& m_state;
    const MemoryPressure* m_owners;
    unsigned m_cpu;
    const Tracer& m_trace;
    Zone* m_zone = nullptr;
    PfnRange m_memory;  ///< around the range, without a hole
    std::vector<PageMove> m_moves;
    Pfn m_busy = no_pfn;
};

}  // namespace mm
