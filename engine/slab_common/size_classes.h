// SPDX-License-Identifier: GPL-3.0-or-later
// kmalloc's size classes: which cache serves how many bytes with which flags.
//
//      bytes   1..8  9..16  17..32  33..64  65..96  97..128  129..192  193..256 ... 4097..8192   more: pages
//      index     3      4       5       6       1        7         2         8            13
//
// SLAB begins with 32 bytes, and its last class (index 22, or 25) is as large as the largest block. Where the least
// alignment is 64 or 128 bytes the smaller classes are missing, and 96 or 192 with them. Follows KMALLOC_SHIFT_HIGH and
// KMALLOC_SHIFT_LOW of include/linux/slab.h, Linux 6.1 and 4.17, kmalloc_info[], setup_kmalloc_cache_index_table() of
// mm/slab_common.c and kmalloc_type() of include/linux/slab.h, Linux 6.1.
#pragma once

#include <string>

#include "engine/slab_common/kmem_cache.h"

namespace mm {

/// KMALLOC_SHIFT_HIGH: the index of the largest class. SLUB has classes up to two pages, SLAB up to the largest block.
unsigned kmalloc_shift_high(const KernelProfile& profile);
Bytes kmalloc_max_cache_size(const KernelProfile& profile);  ///< KMALLOC_MAX_CACHE_SIZE
/// KMALLOC_MIN_SIZE.
Bytes kmalloc_min_size(const KernelProfile& profile);
/// Size of the class with that index; 0: there is none.
Bytes kmalloc_class_size(unsigned index, const KernelProfile& profile);
/// Index of the class for so many bytes. REQUIRES: 0 < size <= kmalloc_max_cache_size().
unsigned kmalloc_index(Bytes size, const KernelProfile& profile);
KmallocType kmalloc_type(Gfp flags, const KernelProfile& profile);
/// kmalloc_slab(): the cache that serves the request; no_cache: not made yet. REQUIRES: as kmalloc_index().
CacheId kmalloc_slab(const SlabState& state, Bytes size, Gfp flags, const KernelProfile& profile);
/// "kmalloc-rcl-192".
std::string kmalloc_name(KmallocType type, unsigned index, const KernelProfile& profile);

}  // namespace mm
