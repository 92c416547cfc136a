// SPDX-License-Identifier: GPL-3.0-or-later
// A cache grows by one slab.
//
//      begin   pages ─► colour ─► memory for the list of free objects ─► the list     on no list of the node yet
//      end     ─► slabs_free, slabs_partial or slabs_full, and its free objects are counted
//
// Follows cache_grow_begin(), cache_grow_end(), kmem_getpages(), alloc_slabmgmt(), cache_init_objs() and
// shuffle_freelist() of mm/slab.c, Linux 4.17. Private to slab.
#pragma once

#include "engine/slab_common/slab_context.h"

namespace mm {

/// request.nid: where the pages shall come from. no_slab: there were none, or none for the list.
SlabId cache_grow_begin(const SlabContext& c, CacheId id, const SlabRequest& request, const Tracer& trace);
/// Who took objects of it before has put them where they belong: it is told of. no_slab: nothing to do.
void cache_grow_end(const SlabContext& c, CacheId id, SlabId slab, const Tracer& trace);

/// gfp_exact_node(): this node or none, and quietly.
Gfp gfp_exact_node(Gfp flags, const KernelProfile& profile);

}  // namespace mm
