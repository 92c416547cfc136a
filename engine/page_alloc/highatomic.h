// SPDX-License-Identifier: GPL-3.0-or-later
// The reserve for high-order atomic requests: whole pageblocks that only they may use, until memory runs short. Private
// to page_alloc and to what drives its parts one by one.
//
// Follows mm/page_alloc.c, Linux 6.1: rmqueue_buddy, reserve_highatomic_pageblock, unreserve_highatomic_pageblock.
#pragma once

#include <functional>

#include "engine/page_alloc/buddy_lists.h"

namespace mm {

/// rmqueue_buddy(): a block straight from the free lists, the reserve included where the flags allow it; counted.
Pfn rmqueue_buddy(BuddyLists& buddy, Order order, MigrateType mt, AllocFlags flags);

/// A high-order atomic request was served at pfn: its pageblock joins the reserve, which is at most a hundredth of the
/// zone and a pageblock. Returns whether it did.
bool reserve_highatomic_pageblock(const AllocState& state, Zone& zone, Pfn pfn);

/// Gives a pageblock of the reserve back, to that migratetype. Returns whether free pages came with it.
/// retyped(): called with a frame of each pageblock that was.
bool unreserve_highatomic_pageblock(const AllocState& state, Zone& zone, MigrateType mt, bool force,
                                    const std::function<void(Pfn)>& retyped);

}  // namespace mm
