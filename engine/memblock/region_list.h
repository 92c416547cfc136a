// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of one sorted list of regions (struct memblock_type), as free functions; Memblock holds two of them.
//
//      add      [a.......)          existing regions win, only the gaps are filled:
//      to    [b...)    [c..)   ->   [b...)[a...)[c..)
//      isolate(range)               regions that cross an end of the range are split there
//
// Invariant after each function but isolate: sorted, disjoint, touching neighbours differ in node or flags.
// Follows memblock_add_range, memblock_isolate_range, memblock_merge_regions of mm/memblock.c, Linux 6.1.
#pragma once

#include "engine/memblock/memblock.h"

namespace mm::regions {

using List = std::vector<MemblockRegion>;

/// memblock_cap_size(): [base, base + size) cut where it would wrap.
PhysRange capped(PhysAddr base, Bytes size);

void add(List& list, PhysRange range, Nid nid, std::uint32_t flags);
/// How many regions add() would insert, before merging.
std::size_t count_gaps(const List& list, PhysRange range);
void remove(List& list, PhysRange range);
/// Splits at the ends of range; returns the indices [first, last) of the regions inside.
std::pair<std::size_t, std::size_t> isolate(List& list, PhysRange range);
void merge_neighbours(List& list);

/// The region that holds addr, or nullptr.
const MemblockRegion* search(const List& list, PhysAddr addr);
Bytes total_size(const List& list);
Broken check(const List& list, std::string_view name);

}  // namespace mm::regions
