// SPDX-License-Identifier: GPL-3.0-or-later
// What the slab allocator is told from outside: slub_min_order=, slub_max_order=, slub_min_objects=, slub_debug=,
// slab_nomerge on the command line, and how many CPUs there are. From 6.8 on the options may begin with "slab_" as
// well. SLAB has slab_max_order= and noaliencache instead.
//
// Follows mm/slub.c (setup_slub_min_order() and the like, setup_slub_debug()) and mm/slab_common.c, Linux 6.1, and
// slab_max_order_setup() of mm/slab.c, Linux 4.17.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/firmware/machine.h"

namespace mm {

/// SLAB_* of include/linux/slab.h, its bits. Debug options are flags of a cache, too.
using SlabFlags = std::uint32_t;
namespace slab {
inline constexpr SlabFlags consistency_checks = 0x100, red_zone = 0x400, poison = 0x800, kmalloc = 0x1000,
                           hwcache_align = 0x2000, cache_dma = 0x4000, cache_dma32 = 0x8000, store_user = 0x10000,
                           reclaim_account = 0x20000, panic = 0x40000, typesafe_by_rcu = 0x80000, mem_spread = 0x100000,
                           trace = 0x200000, noleaktrace = 0x800000, failslab = 0x2000000, account = 0x4000000,
                           no_user_flags = 0x10000000;
inline constexpr SlabFlags debug_default = consistency_checks | red_zone | poison | store_user;
inline constexpr SlabFlags debug_metadata = red_zone | poison | store_user;
}  // namespace slab

struct SlabParams {
    Order min_order = 0, max_order = 3;  ///< slub_min_order; slub_max_order, at first PAGE_ALLOC_COSTLY_ORDER
    unsigned min_objects = 0;            ///< slub_min_objects; 0: by the number of CPUs
    unsigned present_cpus = 1, possible_cpus = 1;
    Bytes cache_line = 64;                ///< cache_line_size()
    SlabFlags debug = 0;                  ///< slub_debug: of every cache
    std::string debug_blocks;             ///< slub_debug=FLAGS,CACHE...;...: where caches are named
    bool low_order_debug = false;         ///< slub_debug=O: none where it would cost a higher order
    bool nomerge = false;                 ///< slab_nomerge, slub_nomerge
    std::optional<Order> slab_max_order;  ///< of SLAB; nullopt: 0 or 1, by the machine's memory
    bool noaliencache = false;
};

SlabParams slab_params(const Machine& machine, const KernelProfile& profile);

/// kmem_cache_flags(): the flags with the debug options that the command line gives a cache of this name.
SlabFlags with_debug_flags(const SlabParams& params, std::string_view cache, SlabFlags flags);

}  // namespace mm
