// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/new_cache.h"

#include <algorithm>

#include "engine/slab_common/size_classes.h"

namespace mm {
namespace {

bool has_memory(const Node& node) {
    return std::any_of(node.zones.begin(), node.zones.end(), [](const Zone& zone) {
        return zone.populated() && zone.type != ZoneType::highmem && zone.type != ZoneType::movable;
    });
}

std::vector<NodeSlabs> slab_nodes(const Zones& zones) {
    std::vector<NodeSlabs> nodes;
    for (const Node& node : zones.nodes) {
        nodes.resize(std::max(nodes.size(), static_cast<std::size_t>(node.nid) + 1));
        nodes[static_cast<std::size_t>(node.nid)].present = has_memory(node);
    }
    return nodes;
}

Gfp slab_alloc_flags(SlabFlags flags) {
    Gfp out = 0;
    if (flags & slab::cache_dma) out |= gfp::GFP_DMA;
    if (flags & slab::cache_dma32) out |= gfp::GFP_DMA32;
    if (flags & slab::reclaim_account) out |= gfp::reclaimable;
    return out;
}

}  // namespace

KmemCache new_cache(const SlabContext& c, const CacheRequest& request, const ObjectLayout& layout) {
    KmemCache s;
    s.name = request.name;
    s.layout = layout;
    s.usersize = request.usersize;
    s.constructor = request.constructor;
    s.allocflags = slab_alloc_flags(layout.flags);
    s.nodes = slab_nodes(c.zones);
    return s;
}

CacheId place_cache(SlabState& state, KmemCache s) {
    auto& caches = state.caches;
    for (CacheId id = 0; id < caches.size(); ++id)
        if (caches[id]->name.empty()) {
            caches[id] = Shared(std::move(s));
            return id;
        }
    caches.emplace_back(std::move(s));
    return static_cast<CacheId>(caches.size() - 1);
}

std::vector<unsigned> kmalloc_indices(const KernelProfile& profile) {
    std::vector<unsigned> indices;
    const auto add = [&](unsigned index) {
        if (kmalloc_class_size(index, profile) != 0) indices.push_back(index);
    };
    for (unsigned index = 3; index <= kmalloc_shift_high(profile); ++index) {
        add(index);
        if (index == 6) add(1);
        if (index == 7) add(2);
    }
    return indices;
}

bool has_kmalloc_type(KmallocType type, const KernelProfile& profile) {
    if (type == KmallocType::cgroup) return profile.slub.kmalloc_cgroup;
    if (type == KmallocType::reclaim) return profile.slub.kmalloc_reclaim;
    return type == KmallocType::normal || profile.zone_dma;
}

}  // namespace mm
