// SPDX-License-Identifier: GPL-3.0-or-later
// Slabs come from the page allocator and go back to it. Follows allocate_slab(), shuffle_freelist(), discard_slab() and
// slab_out_of_memory() of mm/slub.c, Linux 6.1. Private to slub.
#pragma once

#include "engine/slub/slab_context.h"

namespace mm {

/// A block from near where the request asks for objects; nothing if there is none.
std::optional<Pfn> alloc_pages_for(const SlabContext& c, const SlabRequest& request, Gfp flags, Order order,
                                   const Tracer& trace);
/// new_slab(): on no list, nothing of it in use, not frozen. no_slab: no pages were to be had. Who puts it somewhere
/// tells of it.
SlabId allocate_slab(const SlabContext& c, CacheId id, const SlabRequest& request, const Tracer& trace);
void tell_new_slab(const SlabContext& c, const KmemCache& s, SlabId slab, const Tracer& trace);
/// discard_slab(). REQUIRES: it is on no list, and all its objects are free.
void discard_slab(const SlabContext& c, KmemCache& s, SlabId slab, unsigned cpu, const Tracer& trace);
/// What the kernel's log says when a slab cannot be had.
void slab_out_of_memory(const KmemCache& s, const SlabRequest& request, const Tracer& trace);

}  // namespace mm
