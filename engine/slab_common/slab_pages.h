// SPDX-License-Identifier: GPL-3.0-or-later
// Slabs come from the page allocator and go back to it, as far as SLUB and SLAB do that alike. Follows
// shuffle_freelist() and discard_slab() of mm/slub.c, Linux 6.1, and slab_destroy() of mm/slab.c, Linux 4.17. Private
// to slab_common, slab and slub, but for find_object().
#pragma once

#include "engine/slab_common/slab_context.h"

namespace mm {

/// What an address is an object of; place.cache no_cache: of none. used: somebody has it.
struct FoundObject {
    ObjectPlace place;
    bool used = false;
};
FoundObject find_object(const SlabState& state, const PageColumns& pages, PhysAddr object);

/// What of a request's flags reaches the page allocator: GFP_RECLAIM_MASK and GFP_CONSTRAINT_MASK. Zones that objects
/// cannot be in are warned of (kmalloc_fix_flags()).
Gfp slab_gfp(Gfp flags, const Tracer& trace);
/// A block from near where the request asks for objects; nothing if there is none.
std::optional<Pfn> alloc_pages_for(const SlabContext& c, const SlabRequest& request, Gfp flags, Order order,
                                   const Tracer& trace);

/// The block becomes a slab of the cache: on no list, nothing of it in use, without a freelist.
SlabId open_slab(const SlabContext& c, CacheId id, Pfn pfn, SlabShape shape);
/// Free objects of a slab in the order in which they will be handed out: by address, or from anywhere in the cache's
/// random sequence on.
std::vector<ObjectId> object_order(const SlabContext& c, const KmemCache& s, unsigned objects);
void link_freelist(KmemCache& s, SlabId id, const std::vector<ObjectId>& order);
/// cache_random_seq_create() without its memory: Fisher and Yates.
void shuffle(std::vector<ObjectId>& order, Rng& rng);

void tell_new_slab(const SlabContext& c, const KmemCache& s, SlabId slab, const Tracer& trace);
/// Its pages go back. REQUIRES: it is on no list, and all its objects are free.
void discard_slab(const SlabContext& c, KmemCache& s, SlabId slab, unsigned cpu, const Tracer& trace);
/// The slab's frames know that they are: nothing, or what is wrong.
Broken check_slab_pages(const PageColumns& pages, const KmemCache& s, CacheId cache, SlabId slab);

}  // namespace mm
