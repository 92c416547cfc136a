// SPDX-License-Identifier: GPL-3.0-or-later
// The steps in which a cache comes to be; see cache_maker.cpp. Private to slub.
#pragma once

#include "engine/slub/slab_allocator.h"

namespace mm {

class CacheMaker {
public:
    CacheMaker(SlabAllocator& allocator, const SlabContext& c, const Tracer& trace)
        : m_allocator(allocator), m_c(c), m_trace(trace) {}

    /// find_mergeable(); no_cache: none suits.
    CacheId find_mergeable(const CacheRequest& request) const;
    /// create_cache(): on the list; nothing if memory or the largest block does not suffice.
    std::optional<CacheId> create(const CacheRequest& request);
    /// What was allocated for the cache itself goes back.
    void release(const KmemCache& s);

    // For kmem_cache_init(), which makes the first two by hand.
    std::optional<KmemCache> prepare(const CacheRequest& request) const;
    bool make_nodes(KmemCache& s);
    bool randomize(KmemCache& s);

private:
    bool open(KmemCache& s);
    void free_struct(CacheId id, PhysAddr at);

    SlabAllocator& m_allocator;
    const SlabContext& m_c;
    const Tracer& m_trace;
};

}  // namespace mm
