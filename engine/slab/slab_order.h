// SPDX-License-Identifier: GPL-3.0-or-later
// How large a slab of SLAB is, how many objects it holds, and where the list of its free objects lies.
//
//      in_object   |colour|object|object|...|object|left over|           the list fits into an object that is free
//      off_slab    |colour|object|object|...|object|left over|  list ──► an object of kmalloc()
//      on_slab     |object|object|...|object|left over|list|             one byte an object
//
// The three are tried in this order. Orders rise from 0 until one wastes at most an eighth, or is slab_max_order.
// Follows cache_estimate(), calculate_slab_order(), set_objfreelist_slab_cache(), set_off_slab_cache(),
// set_on_slab_cache() and __kmem_cache_create() of mm/slab.c, Linux 4.17, without CONFIG_DEBUG_SLAB.
#pragma once

#include <functional>
#include <optional>

#include "engine/slab_common/cache_layout.h"

namespace mm {

inline constexpr unsigned slab_obj_max_num = 255;  ///< SLAB_OBJ_MAX_NUM: the list's indices are bytes
inline constexpr Bytes slab_obj_min_size = 16;     ///< SLAB_OBJ_MIN_SIZE
/// Debug options, which SLAB without CONFIG_DEBUG_SLAB takes no notice of (CACHE_CREATE_MASK).
inline constexpr SlabFlags slab_ignored_flags = slab::debug_default | slab::trace | slab::failslab;

struct SlabEstimate {
    unsigned objects = 0;
    Bytes left_over = 0;
    friend bool operator==(const SlabEstimate&, const SlabEstimate&) = default;
};
/// cache_estimate(). REQUIRES: size > 0.
SlabEstimate cache_estimate(Order order, Bytes size, FreelistPlace place);

/// What the choice depends on besides the cache itself.
struct SlabOrderRules {
    Order slab_max_order = 1;
    Order kmalloc_max_order = 10;  ///< KMALLOC_MAX_ORDER
    Bytes cache_line = 64, word = 8;
    /// kmalloc_slab() for a list of so many bytes: the size of that cache's objects. Nothing: there is none yet, or its
    /// own lists are objects of kmalloc().
    std::function<std::optional<Bytes>(Bytes)> freelist_cache;
};

/// __kmem_cache_create(): the layout; nullopt where no slab holds an object. REQUIRES: object_size > 0, align a power
/// of two or 0.
std::optional<ObjectLayout> slab_layout(const CacheRequest& request, const SlabOrderRules& rules);

/// enable_cpucache(): how many objects a CPU's array holds, how many go in and out of it at once, and how many such
/// batches a node's shared array holds.
struct ArrayLimits {
    unsigned limit = 1, batchcount = 1, shared = 0;
    friend bool operator==(const ArrayLimits&, const ArrayLimits&) = default;
};
ArrayLimits array_limits(Bytes size, unsigned possible_cpus);

}  // namespace mm
