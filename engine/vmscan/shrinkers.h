// SPDX-License-Identifier: GPL-3.0-or-later
// Shrinkers: what else gives memory back when lists are scanned: the huge page of zeros that nobody sees any more, huge
// pages of which a part is mapped nowhere, nodes of files' trees that hold nothing but shadows, names and inodes.
//
//      dentries of node 0   [old][ ][ ][ ] ... [new]    scanned as lists are: a 4096th first, all of it in need
//
// Follows do_shrink_slab() and drop_slab() of mm/vmscan.c, shrink_huge_zero_page_scan() and deferred_split_scan() of
// mm/huge_memory.c, count_shadow_nodes() of mm/workingset.c, super_cache_scan() of fs/super.c, Linux 6.1.
#pragma once

#include "engine/mm/inode_cache.h"

namespace mm {

/// shrink_slab(): of one node, at that priority. Objects freed; in sc, the pages they were on.
NrPages shrink_slab(const MmContext& context, ShrinkControl& sc, int priority);

/// drop_slab(), as echo 2 > /proc/sys/vm/drop_caches does it.
void drop_slab(const MmContext& context);

}  // namespace mm
