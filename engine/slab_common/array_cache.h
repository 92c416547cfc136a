// SPDX-License-Identifier: GPL-3.0-or-later
// What only SLAB keeps of a cache: arrays of free objects before the lists of slabs. An object in an array is free for
// its user but taken for its slab.
//
//      CPU 0  [o o o o o o . . . . . .]  entry; avail 6, limit 120    the last one in is the first one out
//      CPU 1  [o o . . . . . . . . . .]
//      node 0 shared [o o o o . . . . .] batchcount * shared: what CPUs of the node pass on to each other
//             alien[1] [o . .]           objects of node 1 that CPUs of node 0 freed
//             slabs_partial, slabs_full, slabs_free
//
// Follows struct array_cache and struct alien_cache of mm/slab.c and struct kmem_cache_node of mm/slab.h, Linux 4.17.
#pragma once

#include <vector>

#include "engine/slab_common/slab_ids.h"
#include "engine/types/units.h"

namespace mm {

/// An object in an array.
struct CachedObject {
    SlabId slab = no_slab;
    ObjectId object = no_object;
    friend bool operator==(const CachedObject&, const CachedObject&) = default;
};

/// struct array_cache.
struct ArrayCache {
    PhysAddr at = 0;  ///< the structure itself, an object of kmalloc(); 0: of a CPU, or of the boot
    unsigned limit = 0, batchcount = 0;
    bool touched = false;             ///< used since cache_reap() last looked
    std::vector<CachedObject> entry;  ///< avail are in it
    unsigned avail() const { return static_cast<unsigned>(entry.size()); }
    friend bool operator==(const ArrayCache&, const ArrayCache&) = default;
};

/// Of struct kmem_cache.
struct CacheArrays {
    unsigned limit = 0, batchcount = 0, shared = 0;  ///< the tunables of /proc/slabinfo
    std::vector<ArrayCache> cpu;                     ///< cpu_cache
    std::vector<PhysAddr> freelist_at;  ///< by SlabId: where its freelist lies; 0: nowhere, the slab is full
    friend bool operator==(const CacheArrays&, const CacheArrays&) = default;
};

/// Of struct kmem_cache_node.
struct NodeArrays {
    SlabList slabs_free;             ///< no object of them is taken
    std::uint64_t free_objects = 0;  ///< of slabs_partial and slabs_free
    std::uint64_t free_limit = 0;    ///< with more than this, empty slabs go back
    unsigned colour_next = 0;
    bool free_touched = false;      ///< slabs_free was needed since cache_reap() last looked
    std::uint64_t next_reap = 0;    ///< seconds
    ArrayCache shared;              ///< limit 0: there is none
    PhysAddr alien_at = 0;          ///< the table of alien caches, an object of kmalloc()
    std::vector<ArrayCache> alien;  ///< by nid of the objects; empty: objects of other nodes go to their slabs at once
    friend bool operator==(const NodeArrays&, const NodeArrays&) = default;
};

}  // namespace mm
