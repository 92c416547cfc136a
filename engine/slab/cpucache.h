// SPDX-License-Identifier: GPL-3.0-or-later
// The arrays of a cache are made, made anew with other sizes, and given back. A node's shared array, its alien caches
// and struct kmem_cache_node itself are objects of kmalloc(); arrays of CPUs are per-CPU memory, which is not modelled.
//
// Follows enable_cpucache(), do_tune_cpucache(), setup_kmem_cache_node(), alloc_alien_cache() and
// __kmem_cache_release() of mm/slab.c, Linux 4.17. Private to slab.
#pragma once

#include "engine/slab/array_objects.h"
#include "engine/slab/slab_order.h"

namespace mm {

/// use_alien_caches.
bool uses_alien_caches(const SlabContext& c, const KmemCache& s);

/// setup_cpu_cache() before the boot's end: arrays of one object, no shared ones.
void set_boot_arrays(KmemCache& s, unsigned cpus);

/// enable_cpucache(). False: no memory; what the cache had before is still there.
bool enable_cpucache(const SlabContext& c, CacheId id, Gfp gfp, const Tracer& trace);
/// do_tune_cpucache(): objects in the CPUs' arrays and the shared ones go to their slabs first. False: no memory for a
/// node's arrays; those have the sizes they had.
bool do_tune_cpucache(const SlabContext& c, CacheId id, ArrayLimits limits, Gfp gfp, const Tracer& trace);

/// __kmem_cache_release(): what was allocated for the cache, but for struct kmem_cache. The cache is no longer used.
void release_arrays(const SlabContext& c, const KmemCache& s, const Tracer& trace);

}  // namespace mm
