// SPDX-License-Identifier: GPL-3.0-or-later
// How large a slab is, how many objects it holds, and what an object's bytes are for.
//
//      object of a cache with red zones and owner tracking (size 256):
//      |red_left_pad|object_size....|red zone to inuse|free pointer|2 tracks|padding|
//
// Follows calculate_order(), calc_slab_order(), calculate_sizes() of mm/slub.c and calculate_alignment() of
// mm/slab_common.c, Linux 6.1.
#pragma once

#include <optional>

#include "engine/slub/slab_params.h"

namespace mm {

/// struct kmem_cache_order_objects.
struct SlabShape {
    Order order = 0;
    unsigned objects = 0;
    friend bool operator==(const SlabShape&, const SlabShape&) = default;
};

/// oo_make(). REQUIRES: size > 0.
SlabShape slab_shape(Order order, Bytes size);
/// calculate_order(): the order of slabs of objects that take this many bytes each; nullopt where no block holds one.
/// REQUIRES: size > 0.
std::optional<Order> calculate_order(Bytes size, const SlabParams& params, const KernelProfile& profile);

/// What kmem_cache_create() is asked for.
struct CacheRequest {
    std::string name;
    Bytes object_size = 0;
    Bytes align = 0;
    SlabFlags flags = 0;
    bool constructor = false;
    Bytes usersize = 0;  ///< bytes that may be copied from and to user space: such caches are not merged
};

struct ObjectLayout {
    Bytes object_size = 0;   ///< what the user has
    Bytes inuse = 0;         ///< bytes with the red zone behind the object
    Bytes offset = 0;        ///< of the free pointer
    Bytes red_left_pad = 0;  ///< before the object
    Bytes align = 0;
    Bytes size = 0;       ///< from one object to the next: what /proc/slabinfo calls <objsize>
    SlabFlags flags = 0;  ///< with debug options
    SlabShape oo, min;    ///< the slab as wanted, and the smallest that is taken when memory is short
    friend bool operator==(const ObjectLayout&, const ObjectLayout&) = default;
};

/// cache_line_size() decides what SLAB_HWCACHE_ALIGN means, and ARCH_SLAB_MINALIGN.
Bytes calculate_alignment(SlabFlags flags, Bytes align, Bytes size, Bytes cache_line, Bytes word);
/// calculate_sizes(); nullopt where no slab can hold an object. REQUIRES: object_size > 0, align a power of two or 0.
std::optional<ObjectLayout> calculate_sizes(const CacheRequest& request, const SlabParams& params,
                                            const KernelProfile& profile);

}  // namespace mm
