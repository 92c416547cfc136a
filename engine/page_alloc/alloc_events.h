// SPDX-License-Identifier: GPL-3.0-or-later
// What the page allocator tells of an operation, named as the kernel's tracepoints and in their order, all after the
// fact. Private to page_alloc.
//
//      mm_page_alloc_extfrag, set_pageblock_migratetype   a block was stolen, its pageblock claimed
//      expand                                             a block was cut
//      mm_page_alloc_zone_locked                          a block left the free lists: b is 1 for a per-CPU list's
//      order mm_page_alloc                                      a block was handed out
#pragma once

#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/types/trace.h"

namespace mm {

/// kind with the block and where it lies; order is that of the block.
Event page_event(EventKind kind, const Zone& zone, Pfn pfn, Order order, MigrateType mt);

/// One __rmqueue().
void tell_locked(const Tracer& trace, const Zone& zone, const LockedBlock& block, Order order, MigrateType mt,
                 const KernelProfile& profile);
void tell_alloc(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, MigrateType mt, Gfp flags);
/// The pageblock of the frame has become another type.
Event retyped_event(const Zone& zone, Pfn pfn, const Zones& zones, MigrateType from, MigrateType to);
void tell_failure(const Tracer& trace, const AllocRequest& request, MigrateType mt);
/// A block came back: mm_page_free by its user.
/// to_cpu_list: it waits there; b tells.
void tell_free(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, MigrateType mt, bool to_cpu_list);
/// It grew on its list by merging with its buddies.
void tell_merge(const Tracer& trace, const Zone& zone, Order order, MigrateType mt, BuddyLists::Block became);

}  // namespace mm
