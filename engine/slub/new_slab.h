// SPDX-License-Identifier: GPL-3.0-or-later
// SLUB's slabs: as large as wanted, or as small as they can be when memory is short. Follows allocate_slab() and
// slab_out_of_memory() of mm/slub.c, Linux 6.1. Private to slub.
#pragma once

#include "engine/slab_common/slab_pages.h"

namespace mm {

/// new_slab(): on no list, nothing of it in use, not frozen. no_slab: no pages were to be had. Who puts it somewhere
/// tells of it.
SlabId allocate_slab(const SlabContext& c, CacheId id, const SlabRequest& request, const Tracer& trace);
/// What the kernel's log says when a slab cannot be had.
void slab_out_of_memory(const KmemCache& s, const SlabRequest& request, const Tracer& trace);

}  // namespace mm
