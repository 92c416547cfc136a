// SPDX-License-Identifier: GPL-3.0-or-later
// What a cache is asked for, and what its slabs look like: the same words for SLUB and SLAB.
//
//      SLUB   |red_left_pad|object_size....|red zone to inuse|free pointer|2 tracks|padding|   order 0-3, links in
//      objects SLAB   |colour|object 0|object 1|...|object n|left over|freelist|                       order 0-1, a
//      list of indices
//
// Follows calculate_alignment() of mm/slab_common.c, Linux 6.1, and the fields of struct kmem_cache of both.
#pragma once

#include <string>

#include "engine/slab_common/slab_params.h"

namespace mm {

/// struct kmem_cache_order_objects.
struct SlabShape {
    Order order = 0;
    unsigned objects = 0;
    friend bool operator==(const SlabShape&, const SlabShape&) = default;
};

/// oo_make(). REQUIRES: size > 0.
SlabShape slab_shape(Order order, Bytes size);

/// What kmem_cache_create() is asked for.
struct CacheRequest {
    std::string name;
    Bytes object_size = 0;
    Bytes align = 0;
    SlabFlags flags = 0;
    bool constructor = false;
    Bytes usersize = 0;  ///< bytes that may be copied from and to user space: such caches are not merged
};

/// Where SLAB keeps the list of a slab's free objects.
enum class FreelistPlace : std::uint8_t {
    none,       ///< SLUB: in the free objects themselves
    in_object,  ///< CFLGS_OBJFREELIST_SLAB: in the free object that is handed out last
    off_slab,   ///< CFLGS_OFF_SLAB: in an object of kmalloc()
    on_slab     ///< in the slab's last bytes
};

/// What only SLAB has of a layout. A slab's first object begins at colour number * colour_off.
struct SlabColouring {
    FreelistPlace freelist = FreelistPlace::none;
    Bytes freelist_size = 0;
    unsigned colour = 0;   ///< so many colours; 0 and 1: every slab begins with its first object
    Bytes colour_off = 0;  ///< from one colour to the next
    friend bool operator==(const SlabColouring&, const SlabColouring&) = default;
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
    SlabColouring slab;
    friend bool operator==(const ObjectLayout&, const ObjectLayout&) = default;
};

/// cache_line_size() decides what SLAB_HWCACHE_ALIGN means, and ARCH_SLAB_MINALIGN.
Bytes calculate_alignment(SlabFlags flags, Bytes align, Bytes size, Bytes cache_line, Bytes word);

}  // namespace mm
