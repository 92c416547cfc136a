// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of caches, slabs and objects.
#pragma once

#include <cstdint>

namespace mm {

using CacheId = std::uint32_t;   ///< index of SlabState::caches
using SlabId = std::uint32_t;    ///< index of KmemCache::slabs
using ObjectId = std::uint16_t;  ///< of a slab, from 0
inline constexpr CacheId no_cache = 0xffffffff;
inline constexpr SlabId no_slab = 0xffffffff;
inline constexpr ObjectId no_object = 0xffff;      ///< a freelist's end
inline constexpr ObjectId used_object = 0xfffe;    ///< stands in links for an object that somebody has
inline constexpr ObjectId cached_object = 0xfffd;  ///< and for one that waits in an array of SLAB

struct SlabList {
    SlabId first = no_slab, last = no_slab;
    std::uint32_t slabs = 0;
    friend bool operator==(const SlabList&, const SlabList&) = default;
};

}  // namespace mm
