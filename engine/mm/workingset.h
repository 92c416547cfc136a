// SPDX-License-Identifier: GPL-3.0-or-later
// How long ago a page was evicted, kept where the page was: one that comes back soon would have stayed had the active
// list been shorter.
//
//      evicted at age 812 ──► shadow in its slot ──► read again at age 1 040: distance 228 < active pages: activate
//
// Follows mm/workingset.c, Linux 6.1, without the multi-gen LRU and memory cgroups. The
// nodes that hold nothing else are shrunk by inode_cache.h.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// workingset_eviction(): the shadow of a page that leaves.
std::uint64_t workingset_eviction(const MmContext& context, Pfn p);
/// workingset_refault(): the page is back where the shadow was. REQUIRES: not on a list yet.
void workingset_refault(const MmContext& context, Pfn p, std::uint64_t shadow);

}  // namespace mm
