// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab/array_caches.h"

#include <algorithm>

#include "engine/slab_common/new_cache.h"
#include "engine/slab_common/size_classes.h"

namespace mm {
namespace {

/// slab_max_order: low memory is not to be split for large slabs.
Order slab_max_order(const SlabContext& c) {
    if (c.state.params.slab_max_order) return *c.state.params.slab_max_order;
    return c.zones.sum(&Zone::managed) > pfn_down(32 * MiB) ? 1 : 0;
}

SlabOrderRules rules_of(const SlabContext& c) {
    SlabOrderRules rules;
    rules.slab_max_order = slab_max_order(c);
    rules.kmalloc_max_order = kmalloc_shift_high(c.profile) - page_shift;
    rules.cache_line = c.state.params.cache_line;
    rules.word = c.profile.long_size;
    rules.freelist_cache = [&c](Bytes size) -> std::optional<Bytes> {
        const CacheId id = kmalloc_slab(c.state, size, 0, c.profile);
        if (id == no_cache) return std::nullopt;
        const ObjectLayout& l = c.state.cache(id).layout;
        return l.slab.freelist == FreelistPlace::off_slab ? std::nullopt : std::optional(l.size);
    };
    return rules;
}

class ArrayBootstrap {
public:
    ArrayBootstrap(const SlabContext& c, const Tracer& trace) : m_c(c), m_trace(trace) {}

    bool run() {
        const KernelProfile& profile = m_c.profile;
        const Bytes pointers = m_c.zones.nodes.size() * profile.long_size;
        const unsigned node_index = kmalloc_index(profile.slab.node_struct, profile);
        CacheId& kmem_cache = m_c.state.kmem_cache;
        kmem_cache = make("kmem_cache", profile.slab.cache_struct + pointers, slab::hwcache_align, 0);
        if (kmem_cache == no_cache) return false;
        m_c.state.caches[kmem_cache].edit().mergeable = false;
        if (!make_kmalloc_cache(KmallocType::normal, node_index)) return false;
        if (!make_nodes(kmem_cache) || !make_nodes(kmalloc(KmallocType::normal, node_index))) return false;
        m_nodes = true;
        return make_kmalloc_caches(node_index) && make_dma_caches() && resize_all();
    }

private:
    CacheId& kmalloc(KmallocType type, unsigned index) { return m_c.state.kmalloc[static_cast<unsigned>(type)][index]; }

    /// create_boot_cache(): kmem_cache itself stands in the kernel's image, others are objects of it.
    CacheId make(std::string name, Bytes size, SlabFlags flags, Bytes usersize) {
        CacheRequest request;
        request.name = std::move(name);
        request.object_size = size;
        request.flags = flags;
        request.usersize = usersize;
        request.align = calculate_alignment(flags, m_c.profile.slub.kmalloc_min_align, size,
                                            m_c.state.params.cache_line, m_c.profile.long_size);
        PhysAddr at = 0;
        if (m_c.state.kmem_cache != no_cache) {
            const auto object =
                array_cache_alloc(m_c, m_c.state.kmem_cache, {gfp::GFP_NOWAIT | gfp::zero, no_node, 0}, m_trace);
            if (!object) return no_cache;
            at = *object;
        }
        auto s = prepare_array_cache(m_c, request);
        if (!s) return no_cache;
        s->at = at;
        set_boot_arrays(*s, m_c.state.cpus);
        const CacheId id = place_cache(m_c.state, std::move(*s));
        m_c.state.list.push_back(id);
        return m_nodes && !make_nodes(id) ? no_cache : id;
    }

    /// init_list(), setup_cpu_cache(): struct kmem_cache_node of each node. The first two caches begin without.
    bool make_nodes(CacheId id) {
        for (std::size_t nid = 0; nid < m_c.state.cache(id).nodes.size(); ++nid) {
            if (!m_c.state.cache(id).nodes[nid].present) continue;
            const auto at =
                array_kmalloc(m_c, m_c.profile.slab.node_struct, {gfp::GFP_NOWAIT, static_cast<Nid>(nid), 0}, m_trace);
            if (!at) return false;
            NodeSlabs& n = m_c.state.caches[id].edit().nodes[nid];
            n.at = *at;
            n.arrays.next_reap = reaptimeout_node;
        }
        return true;
    }

    bool make_kmalloc_cache(KmallocType type, unsigned index) {
        const bool dma = type == KmallocType::dma;
        const Bytes size = kmalloc_class_size(index, m_c.profile);
        const CacheId id = make(kmalloc_name(type, index, m_c.profile), size,
                                slab::kmalloc | slab::hwcache_align | (dma ? slab::cache_dma : 0), dma ? 0 : size);
        kmalloc(type, index) = id;
        return id != no_cache;
    }

    bool make_kmalloc_caches(unsigned node_index) {
        for (const unsigned index : kmalloc_indices(m_c.profile))
            if (index != node_index && !make_kmalloc_cache(KmallocType::normal, index)) return false;
        return true;
    }

    /// In the order of their indices: 96 and 192 come first.
    bool make_dma_caches() {
        if (!has_kmalloc_type(KmallocType::dma, m_c.profile)) return true;
        for (unsigned index = 0; index <= kmalloc_shift_high(m_c.profile); ++index)
            if (kmalloc_class_size(index, m_c.profile) != 0 && !make_kmalloc_cache(KmallocType::dma, index))
                return false;
        return true;
    }

    /// kmem_cache_init_late(), the newest cache first.
    bool resize_all() {
        const std::vector<CacheId> list = m_c.state.list;
        for (std::size_t i = list.size(); i-- > 0;)
            if (!enable_cpucache(m_c, list[i], gfp::GFP_NOWAIT, m_trace)) return false;
        return true;
    }

    const SlabContext& m_c;
    const Tracer& m_trace;
    bool m_nodes = false;  ///< kmalloc() has a cache for struct kmem_cache_node
};

}  // namespace

bool init_array_caches(const SlabContext& c, const Tracer& trace) {
    c.state.reap.assign(c.state.cpus, {});
    return ArrayBootstrap(c, trace).run();
}

std::optional<KmemCache> prepare_array_cache(const SlabContext& c, const CacheRequest& request) {
    const auto layout = slab_layout(request, rules_of(c));
    if (!layout) return std::nullopt;
    KmemCache s = new_cache(c, request, *layout);
    s.allocflags |= gfp::comp;
    s.min_partial = 0;
    return s;
}

CacheId create_array_cache(const SlabContext& c, const CacheRequest& request, const Tracer& trace) {
    const auto at = array_cache_alloc(c, c.state.kmem_cache, {gfp::GFP_KERNEL | gfp::zero, no_node, 0}, trace);
    if (!at) return no_cache;
    auto s = prepare_array_cache(c, request);
    if (!s) {
        array_kfree(c, *at, 0, trace);
        return no_cache;
    }
    s->at = *at;
    const CacheId id = place_cache(c.state, std::move(*s));
    if (enable_cpucache(c, id, gfp::GFP_KERNEL, trace)) return id;
    const KmemCache failed = c.state.cache(id);
    c.state.caches[id] = Shared<KmemCache>();
    release_array_cache(c, failed, trace);
    return no_cache;
}

void release_array_cache(const SlabContext& c, const KmemCache& s, const Tracer& trace) {
    release_arrays(c, s, trace);
    array_kfree(c, s.at, 0, trace);
}

void cache_reap(const SlabContext& c, unsigned cpu, const Tracer& trace) {
    ReapWork& work = c.state.reap[cpu];
    ++work.runs;
    std::uint64_t runs = 0;  // the time is that of the CPU whose work came round most often
    for (const ReapWork& each : c.state.reap)
        runs = std::max(runs, each.runs);
    const std::vector<CacheId> list = c.state.list;
    for (std::size_t i = list.size(); i-- > 0;)
        ArrayObjects(c, list[i], trace).reap(cpu, {runs, work.node});
    // next_reap_node(): nodes without memory have no alien caches; they pass by.
    work.node = c.zones.nodes.empty() ? 0 : static_cast<Nid>((work.node + 1) % (c.zones.nodes.back().nid + 1));
}

}  // namespace mm
