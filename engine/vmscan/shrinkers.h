// SPDX-License-Identifier: GPL-3.0-or-later
// Shrinkers: what else gives memory back when lists are scanned: huge pages of which a part is mapped nowhere, and the
// huge page of zeros that nobody sees any more.
//
//      split queue of node 0   [folio][folio] ...    scanned as lists are: a 4096th first, all of it in need
//
// Follows do_shrink_slab() of mm/vmscan.c, deferred_split_scan() and shrink_huge_zero_page_scan() of mm/huge_memory.c,
// Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// shrink_slab(): of one node, at that priority.
void shrink_slab(const MmContext& context, Nid nid, int priority);

}  // namespace mm
