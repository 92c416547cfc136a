// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/kmem_cache.h"

#include <algorithm>

namespace mm {

std::string_view name_of(SlabPlace place) {
    static constexpr std::array<std::string_view, 7> names{"unused",    "CPU",  "CPU partial", "node partial",
                                                           "full list", "full", "node free"};
    return names[static_cast<std::size_t>(place)];
}

std::string_view name_of(SlabStat stat) {
    static constexpr std::array<std::string_view, nr_slab_stats> names{"alloc_fastpath",
                                                                       "alloc_slowpath",
                                                                       "free_fastpath",
                                                                       "free_slowpath",
                                                                       "free_frozen",
                                                                       "free_add_partial",
                                                                       "free_remove_partial",
                                                                       "alloc_from_partial",
                                                                       "alloc_slab",
                                                                       "alloc_refill",
                                                                       "alloc_node_mismatch",
                                                                       "free_slab",
                                                                       "cpuslab_flush",
                                                                       "deactivate_full",
                                                                       "deactivate_empty",
                                                                       "deactivate_to_head",
                                                                       "deactivate_to_tail",
                                                                       "deactivate_bypass",
                                                                       "order_fallback",
                                                                       "cpu_partial_alloc",
                                                                       "cpu_partial_free",
                                                                       "cpu_partial_node",
                                                                       "cpu_partial_drain",
                                                                       "allochit",
                                                                       "allocmiss",
                                                                       "freehit",
                                                                       "freemiss",
                                                                       "refill_shared",
                                                                       "refill_slabs",
                                                                       "grown",
                                                                       "reaped",
                                                                       "node_allocs",
                                                                       "node_frees",
                                                                       "node_overflow"};
    return names[static_cast<std::size_t>(stat)];
}

NrPages KmemCache::pages() const {
    NrPages pages = 0;
    for (const Slab& slab : slabs)
        if (slab.place != SlabPlace::unused) pages += NrPages{1} << slab.order;
    return pages;
}

std::uint64_t KmemCache::waiting() const {
    std::uint64_t waiting = 0;
    for (const ArrayCache& ac : arrays.cpu)
        waiting += ac.avail();
    for (const NodeSlabs& node : nodes) {
        waiting += node.arrays.shared.avail();
        for (const ArrayCache& ac : node.arrays.alien)
            waiting += ac.avail();
    }
    return waiting;
}

NrPages SlabState::slab_pages() const {
    NrPages pages = 0;
    for (const CacheId id : list)
        pages += cache(id).pages();
    return pages;
}

NrPages SlabState::large_pages() const {
    NrPages pages = 0;
    for (const LargeKmalloc& one : large)
        pages += NrPages{1} << one.order;
    return pages;
}

std::vector<LargeKmalloc>::const_iterator SlabState::large_at(Pfn pfn) const {
    const auto it =
        std::lower_bound(large.begin(), large.end(), pfn, [](const LargeKmalloc& one, Pfn p) { return one.pfn < p; });
    return it != large.end() && it->pfn == pfn ? it : large.end();
}

CacheId SlabState::find(std::string_view name) const {
    for (const CacheId id : list) {
        const KmemCache& s = cache(id);
        if (s.name == name || std::find(s.aliases.begin(), s.aliases.end(), name) != s.aliases.end()) return id;
    }
    return no_cache;
}

}  // namespace mm
