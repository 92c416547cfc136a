// SPDX-License-Identifier: GPL-3.0-or-later
// Memory blocks (128 MiB) of a running machine: taken out of use, and used (again).
//
//      block 3   isolated ─► all that can move moves, to other nodes first ─► off the free lists ─► no memory
//      online    a zone is chosen, struct pages made anew, free blocks of the highest order, watermarks anew
//
// Follows mm/memory_hotplug.c (offline_pages, online_pages, zone_for_pfn_range), Linux 6.1. A block that is not all
// memory, or of two zones, or has a page that cannot move, stays; so do frames of huge pages and poisoned ones, which
// the kernel would take.
#pragma once

#include "engine/hotplug/hotplug_state.h"
#include "engine/page_alloc/contig_range.h"

namespace mm {

/// MMOP_*: what is written to memoryN/state.
enum class BlockState : std::uint8_t { offline, online, online_kernel, online_movable };

class MemoryHotplug {
public:
    struct Machine {
        HotplugState& state;
        NrPages& totalram_pages;
        const std::vector<std::vector<unsigned>>& distance;  ///< between nodes, for zonelists
        bool movable_node = false;                           ///< movable_node on the command line
        bool khugepaged = true;                              ///< it runs, and wants pageblocks kept free
    };
    MemoryHotplug(PageAllocator& allocator, ContigRange& contig, Machine machine, const Tracer& trace)
        : m_allocator(allocator), m_contig(contig), m_machine(machine), m_trace(trace) {}

    /// Frames of memory block number block.
    PfnRange frames_of(unsigned block) const;
    /// offline_pages(). False: something in it cannot move. Error: no such block, or one that cannot be offlined at
    /// all.
    Outcome<bool> offline(unsigned block);
    /// online_pages(). how: online leaves the zone to the kernel. Error: it is not offline.
    Outcome<Done> online(unsigned block, BlockState how);

private:
    ZoneType zone_for(PfnRange frames, Nid nid, BlockState how) const;
    void setup_pageset(Zone& zone) const;
    void change_memory(const ZoneFrames& block, bool add);
    void set_sizes(const ZoneFrames& block, bool add);
    void set_span(Zone& zone, Node& node) const;

    PageAllocator& m_allocator;
    ContigRange& m_contig;
    Machine m_machine;
    const Tracer& m_trace;
};

}  // namespace mm
