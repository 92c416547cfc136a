// SPDX-License-Identifier: GPL-3.0-or-later
// Where ZONE_MOVABLE starts on each node. Private to mmzone. Follows find_zone_movable_pfns_for_nodes(),
// mm/page_alloc.c, Linux 6.1.
#pragma once

#include <map>

#include "engine/mmzone/init.h"
#include "engine/mmzone/mem_ranges.h"

namespace mm {

/// kernelcore=mirror: below 4 GiB the kernel uses what is not mirrored all the same.
bool has_unmirrored_low_memory(const Memblock& memblock);

/// First movable frame by node; nodes without ZONE_MOVABLE are absent. lowest: start of the highest zone that has
/// frames, the lowest place ZONE_MOVABLE can be at.
std::map<Nid, Pfn> find_zone_movable_pfns(const Memblock& memblock, const KernelProfile& profile,
                                          const MovableRequest& request, Pfn lowest);

}  // namespace mm
