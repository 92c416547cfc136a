// SPDX-License-Identifier: GPL-3.0-or-later
// numa_meminfo: the list of memory blocks of nodes and what the kernel does to it before trusting it. Follows
// numa_add_memblk_to, numa_cleanup_meminfo, numa_meminfo_cover_memory of arch/x86/mm/numa.c, Linux 6.1.
#pragma once

#include <vector>

#include "engine/memblock/memblock.h"
#include "engine/numa/numa.h"

namespace mm::meminfo {

/// numa_add_memblk(): drops an empty block, warns about and drops a backward one.
void add(std::vector<NumaMemblk>& blocks, NumaMemblk block, const Tracer& trace);

/// numa_cleanup_meminfo(): drops blocks without RAM, clips at max_pfn, joins blocks of a node where no other node's
/// memory lies between. False: two nodes claim the same memory. The order of the blocks is the firmware's.
bool clean_up(std::vector<NumaMemblk>& blocks, const Memblock& memblock, Pfn max_pfn, const Tracer& trace);

/// numa_meminfo_cover_memory(): all RAM but 1 MiB belongs to a node. Asks for the nodes set on memblock.memory.
bool cover_memory(const std::vector<NumaMemblk>& blocks, const Memblock& memblock, Pfn max_pfn, const Tracer& trace);

}  // namespace mm::meminfo
