// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of the slab allocator, named as the kernel's functions. Objects are told by their physical address. The
// first of them brings the allocator up (kmem_cache_init), which a real machine does during its boot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/slub/slab_allocator.h"

namespace mm {

struct KmemCacheInit {
    friend bool operator==(const KmemCacheInit&, const KmemCacheInit&) = default;
};
/// kzalloc() is the same with __GFP_ZERO.
struct Kmalloc {
    Bytes size = 0;
    SlabRequest slab;
    friend bool operator==(const Kmalloc&, const Kmalloc&) = default;
};
struct Krealloc {
    PhysAddr object = 0;
    Bytes size = 0;
    SlabRequest slab;
    friend bool operator==(const Krealloc&, const Krealloc&) = default;
};
struct Kfree {
    PhysAddr object = 0;
    unsigned cpu = 0;
    friend bool operator==(const Kfree&, const Kfree&) = default;
};
struct KmemCacheCreate {
    std::string cache;
    Bytes size = 0, align = 0;
    friend bool operator==(const KmemCacheCreate&, const KmemCacheCreate&) = default;
};
struct KmemCacheDestroy {
    std::string cache;
    friend bool operator==(const KmemCacheDestroy&, const KmemCacheDestroy&) = default;
};
struct KmemCacheShrink {
    std::string cache;
    friend bool operator==(const KmemCacheShrink&, const KmemCacheShrink&) = default;
};
struct KmemCacheAlloc {
    std::string cache;
    SlabRequest slab;
    friend bool operator==(const KmemCacheAlloc&, const KmemCacheAlloc&) = default;
};
struct KmemCacheFree {
    std::string cache;
    PhysAddr object = 0;
    unsigned cpu = 0;
    friend bool operator==(const KmemCacheFree&, const KmemCacheFree&) = default;
};
/// So many objects at once, or none.
struct KmemCacheAllocBulk {
    std::string cache;
    std::size_t count = 1;
    SlabRequest slab;
    friend bool operator==(const KmemCacheAllocBulk&, const KmemCacheAllocBulk&) = default;
};
/// SLAB only: what a CPU does every two seconds.
struct CacheReap {
    unsigned cpu = 0;
    friend bool operator==(const CacheReap&, const CacheReap&) = default;
};
/// SLAB only: sizes of a cache's arrays, as they are written to /proc/slabinfo.
struct SlabinfoWrite {
    std::string cache;
    unsigned limit = 0, batchcount = 0, shared = 0;
    friend bool operator==(const SlabinfoWrite&, const SlabinfoWrite&) = default;
};
using SlabCommand =
    std::variant<KmemCacheInit, Kmalloc, Krealloc, Kfree, KmemCacheCreate, KmemCacheDestroy, KmemCacheShrink,
                 KmemCacheAlloc, KmemCacheAllocBulk, KmemCacheFree, CacheReap, SlabinfoWrite>;

inline constexpr std::string_view slab_commands_expected =
    "kmem_cache_init; kmalloc BYTES GFP node N cpu N; krealloc ADDRESS BYTES GFP node N cpu N; kfree ADDRESS cpu N; "
    "kmem_cache_create NAME size BYTES align BYTES; kmem_cache_alloc NAME GFP node N cpu N; "
    "kmem_cache_alloc_bulk NAME GFP count N cpu N; "
    "kmem_cache_free NAME ADDRESS cpu N; kmem_cache_shrink NAME; kmem_cache_destroy NAME; "
    "cache_reap cpu N; slabinfo_write NAME LIMIT BATCHCOUNT SHARED";

std::string command_text(const SlabCommand& command);
std::optional<SlabCommand> parse_slab_command(const std::vector<std::string_view>& words);

/// Does it; what it answers is an object's address, if it allocates one and there was memory. REQUIRES: slabs are up.
/// Errors are the user's: an address that is no object, a cache that is not there.
Outcome<std::optional<PhysAddr>> run_slab_command(SlabAllocator& slabs, const SlabState& state,
                                                  const SlabCommand& command, const Tracer& trace);
/// The CPU it runs on and the node it asks for (no_node: none).
struct SlabPlaceAsked {
    unsigned cpu = 0;
    Nid nid = no_node;
};
SlabPlaceAsked place_of(const SlabCommand& command);

}  // namespace mm
