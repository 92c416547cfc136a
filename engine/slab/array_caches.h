// SPDX-License-Identifier: GPL-3.0-or-later
// Caches of SLAB come to be: the boot's, which make themselves, and those that others ask for.
//
// Follows kmem_cache_init(), kmem_cache_init_late(), setup_cpu_cache() and __kmem_cache_create() of mm/slab.c and
// create_cache(), create_kmalloc_caches() of mm/slab_common.c, Linux 4.17. Private to slab and slub.
#pragma once

#include "engine/slab/cpucache.h"

namespace mm {

/// kmem_cache_init() and kmem_cache_init_late(): SlabState::kmem_cache and the caches of kmalloc(). REQUIRES: the state
/// is new. False: no memory; slabs made so far are still there.
bool init_array_caches(const SlabContext& c, const Tracer& trace);

/// A cache without memory of its own; nothing where no slab holds an object.
std::optional<KmemCache> prepare_array_cache(const SlabContext& c, const CacheRequest& request);
/// create_cache() when the allocator is up: not on the list of caches yet. no_cache: no memory, or no slab holds an
/// object.
CacheId create_array_cache(const SlabContext& c, const CacheRequest& request, const Tracer& trace);
/// __kmem_cache_release() and the structure itself, of a cache whose slabs have gone.
void release_array_cache(const SlabContext& c, const KmemCache& s, const Tracer& trace);

/// cache_reap(): the work of a CPU, all caches, the newest first.
void cache_reap(const SlabContext& c, unsigned cpu, const Tracer& trace);

/// Walks arrays, lists and freelists of a cache and compares them with the kept counts and with the pages.
Broken check_array_cache(CacheId id, const KmemCache& s, const PageColumns& pages);

}  // namespace mm
