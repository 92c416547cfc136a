// SPDX-License-Identifier: GPL-3.0-or-later
// How large a slab is, how many objects it holds, and what an object's bytes are for.
//
//      object of a cache with red zones and owner tracking (size 256):
//      |red_left_pad|object_size....|red zone to inuse|free pointer|2 tracks|padding|
//
// Follows calculate_order(), calc_slab_order() and calculate_sizes() of mm/slub.c, Linux 6.1.
#pragma once

#include <optional>

#include "engine/slab_common/cache_layout.h"

namespace mm {

/// calculate_order(): the order of slabs of objects that take this many bytes each; nullopt where no block holds one.
/// REQUIRES: size > 0.
std::optional<Order> calculate_order(Bytes size, const SlabParams& params, const KernelProfile& profile);

/// calculate_sizes(); nullopt where no slab can hold an object. REQUIRES: object_size > 0, align a power of two or 0.
std::optional<ObjectLayout> calculate_sizes(const CacheRequest& request, const SlabParams& params,
                                            const KernelProfile& profile);

}  // namespace mm
