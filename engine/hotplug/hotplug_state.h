// SPDX-License-Identifier: GPL-3.0-or-later
// What has come to a running machine and what has left it.
//
//      section 16  [        128 MiB        ]   memory_add 0x80000000 0x8000000
//      memmap      one block of order 9, or 512 single pages, of memory that was there before
//      usage       an object of kmalloc-64: which pageblock is of what type
//      tables      pages of the direct map and of vmemmap, where the way down was not there yet
//
// Follows mm/sparse.c, mm/sparse-vmemmap.c and mm/memory_hotplug.c, Linux 6.1.
#pragma once

#include <map>
#include <vector>

#include "engine/mmzone/zone.h"
#include "engine/pgtable/paging.h"

namespace mm {

/// A section that was not there at boot.
struct AddedSection {
    PhysAddr usage = 0;       ///< struct mem_section_usage, an object
    std::vector<Pfn> memmap;  ///< of its struct pages: the head of one block, or single pages
    Order memmap_order = 0;   ///< of each of them
    friend bool operator==(const AddedSection&, const AddedSection&) = default;
};

/// One add_memory(): what remove_memory() takes back as a whole.
struct AddedMemory {
    PhysRange range;  ///< whole sections
    Nid nid = 0;
    PhysAddr resource = 0;               ///< struct resource, an object
    std::vector<AddedSection> sections;  ///< in the order of addresses
    friend bool operator==(const AddedMemory&, const AddedMemory&) = default;
};

struct HotplugState {
    std::vector<ZoneFrames> offline;  ///< blocks that nobody gets pages of; zone: the one they were of, or would go to
    Shared<std::vector<AddedMemory>> added;           ///< by address
    Shared<std::map<std::uint64_t, PhysAddr>> roots;  ///< mem_section[]: entries made since boot, objects; they stay
    Shared<std::map<Pfn, PtLevel>> tables;            ///< page tables made since boot
    friend bool operator==(const HotplugState&, const HotplugState&) = default;
};

/// The add_memory() that brought the frame; null: it was there at boot, or is none.
const AddedMemory* added_with(const HotplugState& state, Pfn pfn);
/// Sum of what has come since boot and is online less what was there and is offline.
std::int64_t pages_since_boot(const HotplugState& state);

}  // namespace mm
