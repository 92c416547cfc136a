// SPDX-License-Identifier: GPL-3.0-or-later
// What SLUB and SLAB do alike when a cache comes to be. Follows mm/slab_common.c, Linux 6.1. Private to slab and slub.
#pragma once

#include "engine/slab_common/slab_context.h"

namespace mm {

/// A cache without slabs and without memory of its own, with a node for each that the machine has; __GFP_COMP is
/// missing in its allocflags.
KmemCache new_cache(const SlabContext& c, const CacheRequest& request, const ObjectLayout& layout);
/// The first CacheId that no cache has.
CacheId place_cache(SlabState& state, KmemCache s);
/// 96 and 192 follow the power of two below them: create_kmalloc_caches(). Sizes that the kernel has no class of are
/// left out.
std::vector<unsigned> kmalloc_indices(const KernelProfile& profile);
/// Whether kmalloc() has caches of this kind.
bool has_kmalloc_type(KmallocType type, const KernelProfile& profile);

}  // namespace mm
