// SPDX-License-Identifier: GPL-3.0-or-later
// SlabAllocator::kmem_cache_init(): a cache is described by objects of two other caches, which are caches themselves.
//
//      kmem_cache_node's first slab of a node holds, as its first object, the description of that node's slabs
//      kmem_cache's structure is then an object of kmem_cache
//
// Follows kmem_cache_init(), early_kmem_cache_node_alloc(), bootstrap() of mm/slub.c and create_kmalloc_caches() of
// mm/slab_common.c, Linux 6.1.
#include <bit>

#include "engine/slab/array_caches.h"
#include "engine/slab_common/new_cache.h"
#include "engine/slab_common/size_classes.h"
#include "engine/slab_common/slab_lists.h"
#include "engine/slub/cache_maker.h"
#include "engine/slub/cache_objects.h"
#include "engine/slub/new_slab.h"

namespace mm {
namespace {

class Bootstrap {
public:
    Bootstrap(SlabAllocator& allocator, const SlabContext& c, const Tracer& trace)
        : m_c(c), m_trace(trace), m_maker(allocator, c, trace) {}

    bool run() {
        if (!make_kmem_cache_node() || !make_kmem_cache()) return false;
        if (!adopt(m_c.state.kmem_cache) || !adopt(m_c.state.kmem_cache_node)) return false;
        return make_kmalloc_caches() && randomize_all();
    }

private:
    /// create_boot_cache(): a power of two is aligned to itself.
    CacheRequest boot_cache(std::string name, Bytes size, SlabFlags flags) const {
        CacheRequest request;
        request.name = std::move(name);
        request.object_size = size;
        request.flags = flags;
        request.align = m_c.profile.slub.kmalloc_min_align;
        if (std::has_single_bit(size)) request.align = std::max(request.align, size);
        request.align =
            calculate_alignment(flags, request.align, size, m_c.state.params.cache_line, m_c.profile.long_size);
        return request;
    }

    bool make_kmem_cache_node() {
        auto s = m_maker.prepare(boot_cache("kmem_cache_node", m_c.profile.slub.node_struct, slab::hwcache_align));
        if (!s) return false;
        s->mergeable = false;
        const CacheId id = m_c.state.kmem_cache_node = place_cache(m_c.state, std::move(*s));
        for (std::size_t nid = 0; nid < m_c.state.cache(id).nodes.size(); ++nid)
            if (m_c.state.cache(id).nodes[nid].present && !make_first_node(id, nid)) return false;
        return true;
    }

    /// early_kmem_cache_node_alloc().
    bool make_first_node(CacheId id, std::size_t nid) {
        const SlabId fresh = allocate_slab(m_c, id, {gfp::GFP_NOWAIT, static_cast<Nid>(nid), 0}, m_trace);
        if (fresh == no_slab) return false;
        KmemCache& s = m_c.state.caches[id].edit();
        s.nodes[nid].at = s.address_of(fresh, take_object(s, fresh));
        if (s.slabs[fresh].freelist == no_object)
            add_full(s, fresh);
        else
            add_partial(s, fresh, false);
        tell_new_slab(m_c, s, fresh, m_trace);
        return true;
    }

    bool make_kmem_cache() {
        const Bytes size = m_c.profile.slub.cache_struct + m_c.zones.nodes.size() * m_c.profile.long_size;
        auto s = m_maker.prepare(boot_cache("kmem_cache", size, slab::hwcache_align));
        if (!s || !m_maker.make_nodes(*s)) return false;
        s->mergeable = false;
        m_c.state.kmem_cache = place_cache(m_c.state, std::move(*s));
        return true;
    }

    /// bootstrap(): the description moves into an object of kmem_cache, and no CPU keeps a slab under the old one.
    bool adopt(CacheId id) {
        const ObjectPlace place =
            CacheObjects(m_c, m_c.state.kmem_cache, m_trace).alloc({gfp::GFP_NOWAIT | gfp::zero, no_node, 0});
        if (place.slab == no_slab) return false;
        m_c.state.caches[id].edit().at = m_c.state.cache(m_c.state.kmem_cache).address_of(place.slab, place.object);
        CacheObjects(m_c, id, m_trace).flush_cpu(0);
        m_c.state.list.push_back(id);
        return true;
    }

    bool make_kmalloc_caches() {
        for (unsigned t = 0; t < nr_kmalloc_types; ++t) {
            const auto type = static_cast<KmallocType>(t);
            if (!has_kmalloc_type(type, m_c.profile)) continue;
            for (const unsigned index : kmalloc_indices(m_c.profile))
                if (!make_kmalloc_cache(type, index)) return false;
        }
        return true;
    }

    bool make_kmalloc_cache(KmallocType type, unsigned index) {
        SlabFlags flags = slab::kmalloc;
        if (type == KmallocType::reclaim) flags |= slab::reclaim_account;
        if (type == KmallocType::cgroup) flags |= slab::account;
        if (type == KmallocType::dma) flags |= slab::cache_dma;
        const Bytes size = kmalloc_class_size(index, m_c.profile);
        CacheRequest request = boot_cache(kmalloc_name(type, index, m_c.profile), size, flags);
        request.usersize = size;
        const auto id = m_maker.create(request);
        if (!id) return false;
        m_c.state.kmalloc[static_cast<unsigned>(type)][index] = *id;
        if (m_c.profile.slub.kmalloc_cgroup && type == KmallocType::normal)
            m_c.state.caches[*id].edit().mergeable = false;
        return true;
    }

    /// init_freelist_randomization(): the newest cache first.
    bool randomize_all() {
        const std::vector<CacheId> list = m_c.state.list;
        for (std::size_t i = list.size(); i-- > 0;)
            if (!m_maker.randomize(m_c.state.caches[list[i]].edit())) return false;
        return true;
    }

    const SlabContext& m_c;
    const Tracer& m_trace;
    CacheMaker m_maker;
};

void give_all_back(const SlabContext& c, const Tracer& trace) {
    for (Shared<KmemCache>& shared : c.state.caches) {
        KmemCache& s = shared.edit();
        for (SlabId id = 0; id < s.slabs.size(); ++id)
            if (s.slabs[id].place != SlabPlace::unused) discard_slab(c, s, id, 0, trace);
    }
}

}  // namespace

Outcome<Done> SlabAllocator::kmem_cache_init(const SlabParams& params, unsigned cpus, std::uint64_t seed,
                                             const Tracer& trace) {
    m_c.state = SlabState();
    m_c.state.params = params;
    m_c.state.cpus = std::max(cpus, 1u);
    m_c.state.rng = Rng(seed);
    for (auto& classes : m_c.state.kmalloc)
        classes.fill(no_cache);
    m_c.state.design = m_c.profile.slab_design;
    const bool made =
        m_c.state.design == SlabDesign::slab ? init_array_caches(m_c, trace) : Bootstrap(*this, m_c, trace).run();
    if (!made) {
        give_all_back(m_c, trace);
        m_c.state = SlabState();
        return Error{"kmem_cache_init: there is no memory for the first slabs; the kernel panics here"};
    }
    m_c.state.up = true;
    return Done{};
}

}  // namespace mm
