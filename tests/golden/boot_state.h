// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a real kernel just after memblock_free_all(), read out of its memory: memblock's two lists, the buddy's
// free lists in order, pageblock types and zone counters. A folder of text files:
//
//      memblock_memory.txt, memblock_reserved.txt   base size flags node (1024: none)
//      free_lists.txt     0:DMA32 Movable 10 2: 1024 2048     zone, list, order, number of blocks: head of the list
//      first pageblocks.txt     512 0:DMA Movable 0                 first frame, zone, type, skip bit zones.json spans
//      and counters
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/memblock/memblock.h"

namespace mm::test {

struct BootState {
    std::vector<MemblockRegion> memory, reserved;
    std::map<std::string, std::vector<Pfn>> free_lists;  ///< by "0:DMA32 Movable 10"
    std::map<Pfn, std::string> pageblocks;               ///< "0:DMA Movable" by first frame
    /// start_pfn, spanned, present, managed, nr_free_pages by "0:DMA32".
    std::map<std::string, std::map<std::string, std::uint64_t>> zones;
};

/// A test failure and what could be read so far where a file is missing or not understood.
BootState read_boot_state(const std::string& folder);

}  // namespace mm::test
