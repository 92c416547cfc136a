// SPDX-License-Identifier: GPL-3.0-or-later
// The caches that start_kernel() makes after kmem_cache_init(): a table of data, in the kernel's order, merged by the
// allocator as the kernel's are. Objects of them are not allocated: what the boot puts into them is not modelled.
//
// Follows the kmem_cache_create() calls of init/main.c's initialisation up to arch_call_rest_init(), Linux 6.1,
// Debian's configuration; kernels of other versions get 6.1's sizes.
#pragma once

#include "engine/kstack/kstack_state.h"
#include "engine/slub/slab_allocator.h"

namespace mm {

/// REQUIRES: slabs are up. Error: no memory for one.
Outcome<Done> create_boot_caches(SlabAllocator& slabs, const SlabState& state, const StackConfig& tasks,
                                 const KernelProfile& profile, const Tracer& trace = {});

}  // namespace mm
