// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that leaves a running machine, a memory block (128 MiB) at a time, and comes back.
//
//      block 3   isolated ─► all that can move moves, to other nodes first ─► off the free lists ─► no memory
//      online    struct pages made anew, free blocks of the highest order, watermarks anew
//
// Follows mm/memory_hotplug.c (offline_pages, online_pages), Linux 6.1. A block that is not all memory, or of two
// zones, or has a page that cannot move, stays; so do frames of huge pages and poisoned ones, which the kernel would
// take.
#pragma once

#include "engine/page_alloc/contig_range.h"

namespace mm {

/// What hotplug changes beside frames and lists.
struct HotplugState {
    std::vector<ZoneFrames> offline;  ///< by frame: what zone each offline block was of
    friend bool operator==(const HotplugState&, const HotplugState&) = default;
};

class MemoryHotplug {
public:
    struct Machine {
        HotplugState& state;
        NrPages& totalram_pages;
        const std::vector<std::vector<unsigned>>& distance;  ///< between nodes, for zonelists
    };
    MemoryHotplug(PageAllocator& allocator, ContigRange& contig, Machine machine, const Tracer& trace)
        : m_allocator(allocator), m_contig(contig), m_machine(machine), m_trace(trace) {}

    /// Frames of memory block number block.
    PfnRange frames_of(unsigned block) const;
    /// offline_pages(). False: something in it cannot move. Error: no such block, or one that cannot be offlined at
    /// all.
    Outcome<bool> offline(unsigned block);
    /// online_pages(), to the zone it was of. Error: it is not offline.
    Outcome<Done> online(unsigned block);

private:
    void change_memory(const ZoneFrames& block, bool add);
    void set_sizes(const ZoneFrames& block, bool add);
    void set_span(Zone& zone, Node& node) const;

    PageAllocator& m_allocator;
    ContigRange& m_contig;
    Machine m_machine;
    const Tracer& m_trace;
};

}  // namespace mm
