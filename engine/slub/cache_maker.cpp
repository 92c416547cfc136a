// SPDX-License-Identifier: GPL-3.0-or-later
// SlabAllocator: caches are made, merged, shrunk and destroyed; what is made for one is given back when a later step
// fails. Follows create_cache(), find_mergeable() of mm/slab_common.c and kmem_cache_open() of mm/slub.c, Linux 6.1.
#include "engine/slub/cache_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>

#include "engine/slab/array_caches.h"
#include "engine/slab_common/new_cache.h"
#include "engine/slab_common/size_classes.h"
#include "engine/slab_common/slab_pages.h"
#include "engine/slub/cache_objects.h"
#include "engine/slub/slab_geometry.h"

namespace mm {
namespace {

constexpr SlabFlags never_merge =
    slab::debug_metadata | slab::trace | slab::typesafe_by_rcu | slab::noleaktrace | slab::failslab;
constexpr SlabFlags merge_same = slab::reclaim_account | slab::cache_dma | slab::cache_dma32 | slab::account;
constexpr Bytes pcpu_min_unit_size = 32 * KiB;  // alloc_percpu() of a larger array fails
constexpr SlabFlags debug_flags = slab::debug_default | slab::trace;

/// set_cpu_partial(): so many free objects are wished for; their slabs are taken to be half full.
unsigned cpu_partial_slabs(const ObjectLayout& layout) {
    const unsigned objects = layout.size >= page_size ? 6 : layout.size >= 1024 ? 24 : layout.size >= 256 ? 52 : 120;
    return (objects * 2 + layout.oo.objects - 1) / layout.oo.objects;
}

}  // namespace

std::optional<KmemCache> CacheMaker::prepare(const CacheRequest& request) const {
    const auto layout = calculate_sizes(request, m_c.state.params, m_c.profile);
    if (!layout) return std::nullopt;
    KmemCache s = new_cache(m_c, request, *layout);
    s.debug = (layout->flags & debug_flags) != 0;
    if (layout->oo.order != 0) s.allocflags |= gfp::comp;
    s.min_partial = std::clamp(static_cast<unsigned>(std::bit_width(layout->size) - 1) / 2, 5u, 10u);
    s.cpu_partial_slabs = s.debug ? 0 : cpu_partial_slabs(*layout);
    s.cpus.resize(m_c.state.cpus);
    return s;
}

/// cache_random_seq_create().
bool CacheMaker::randomize(KmemCache& s) {
    const unsigned count = s.layout.oo.objects;
    if (!m_c.profile.slub.random_freelists || count < 2) return true;
    const auto at = m_allocator.kmalloc(count * 4, {}, m_trace);
    if (!at || !*at) return false;
    s.random_seq_at = **at;
    s.random_seq.resize(count);
    std::iota(s.random_seq.begin(), s.random_seq.end(), ObjectId{0});
    shuffle(s.random_seq, m_c.state.rng);
    return true;
}

/// init_kmem_cache_nodes().
bool CacheMaker::make_nodes(KmemCache& s) {
    for (std::size_t nid = 0; nid < s.nodes.size(); ++nid) {
        if (!s.nodes[nid].present) continue;
        const auto at =
            m_allocator.alloc(m_c.state.kmem_cache_node, {gfp::GFP_KERNEL, static_cast<Nid>(nid), 0}, m_trace);
        if (!at) return false;
        s.nodes[nid].at = *at;
    }
    return true;
}

bool CacheMaker::open(KmemCache& s) {
    if ((!m_c.state.up || randomize(s)) && make_nodes(s)) return true;
    release(s);
    return false;
}

/// __kmem_cache_release(), slab_kmem_cache_release().
void CacheMaker::release(const KmemCache& s) {
    if (s.random_seq_at) (void)m_allocator.kfree(s.random_seq_at, 0, m_trace);
    for (const NodeSlabs& n : s.nodes)
        if (n.at) free_struct(m_c.state.kmem_cache_node, n.at);
    if (s.at) free_struct(m_c.state.kmem_cache, s.at);
}

void CacheMaker::free_struct(CacheId id, PhysAddr at) {
    const ObjectPlace place = m_allocator.find(at).place;
    CacheObjects(m_c, id, m_trace).free(place.slab, place.object, 0);
}

std::optional<CacheId> CacheMaker::create(const CacheRequest& request) {
    if (m_c.state.design == SlabDesign::slab) {
        const CacheId id = create_array_cache(m_c, request, m_trace);
        if (id == no_cache) return std::nullopt;
        m_c.state.list.push_back(id);
        return id;
    }
    auto s = prepare(request);
    if (!s) return std::nullopt;
    const auto at = m_allocator.alloc(m_c.state.kmem_cache, {gfp::GFP_KERNEL | gfp::zero, no_node, 0}, m_trace);
    if (!at) return std::nullopt;
    s->at = *at;
    if (!open(*s)) return std::nullopt;
    const CacheId id = place_cache(m_c.state, std::move(*s));
    m_c.state.list.push_back(id);
    return id;
}

CacheId CacheMaker::find_mergeable(const CacheRequest& request) const {
    const SlabParams& params = m_c.state.params;
    if (params.nomerge || request.constructor || request.usersize) return no_cache;
    const Bytes word = m_c.profile.long_size;
    Bytes size = align_up(request.object_size, word);
    const Bytes align = calculate_alignment(request.flags, request.align, size, params.cache_line, word);
    size = align_up(size, align);
    const bool of_slab = m_c.state.design == SlabDesign::slab;
    const SlabFlags flags = of_slab ? request.flags : with_debug_flags(params, request.name, request.flags);
    if (flags & never_merge) return no_cache;
    for (const CacheId id : m_c.state.list) {
        const KmemCache& s = m_c.state.cache(id);
        if (!s.mergeable || (s.layout.flags & never_merge) || s.constructor || s.usersize) continue;
        const bool fits = size <= s.layout.size && s.layout.size - size < word && s.layout.size % align == 0;
        if (of_slab && (align > s.layout.align || s.layout.align % align != 0)) continue;
        if (fits && (flags & merge_same) == (s.layout.flags & merge_same)) return id;
    }
    return no_cache;
}

Outcome<std::optional<CacheId>> SlabAllocator::kmem_cache_create(const CacheRequest& request, const Tracer& trace) {
    const Bytes most = page_size << (m_c.profile.max_order - 1);
    if (request.name.empty() || request.object_size == 0 || request.object_size > most)
        return Error{fmt::format("kmem_cache_create({}) of objects of {} bytes; expected a name, and 1 to {} bytes",
                                 request.name, request.object_size, most)};
    if (request.align & (request.align - 1))
        return Error{
            fmt::format("kmem_cache_create({}) aligned to {}; expected a power of two", request.name, request.align)};
    CacheMaker maker(*this, m_c, trace);
    CacheRequest aligned = request;
    if (is_slab()) aligned.flags &= ~slab_ignored_flags;
    if (const CacheId id = maker.find_mergeable(aligned); id != no_cache) {
        KmemCache& s = m_c.state.caches[id].edit();
        ++s.refcount;
        s.aliases.push_back(request.name);
        s.layout.object_size = std::max(s.layout.object_size, request.object_size);
        s.layout.inuse = std::max(s.layout.inuse, align_up(request.object_size, m_c.profile.long_size));
        if (trace) trace.event({.kind = EventKind::kmem_cache_create}, fmt::format("{} is {}", request.name, s.name));
        return std::optional(id);
    }
    aligned.align = calculate_alignment(request.flags, request.align, request.object_size, m_c.state.params.cache_line,
                                        m_c.profile.long_size);
    const auto id = maker.create(aligned);
    if (trace && id) {
        const ObjectLayout& l = m_c.state.cache(*id).layout;
        trace.event({.kind = EventKind::kmem_cache_create, .a = l.size, .b = l.oo.objects},
                    fmt::format("{}: {} bytes, {} objects in {} pages", request.name, l.size, l.oo.objects,
                                NrPages{1} << l.oo.order));
    }
    return id;
}

Outcome<Done> SlabAllocator::kmem_cache_destroy(CacheId id, std::string_view name, const Tracer& trace) {
    KmemCache& s = m_c.state.caches[id].edit();
    const auto of_kmalloc = [id](const auto& classes) {
        return std::find(classes.begin(), classes.end(), id) != classes.end();
    };
    if (!s.mergeable || m_c.state.kmem_cache == id || m_c.state.kmem_cache_node == id ||
        std::any_of(m_c.state.kmalloc.begin(), m_c.state.kmalloc.end(), of_kmalloc))
        return Error{fmt::format("{} is the allocator's own and stays", s.name)};
    if (s.refcount > 1) {
        --s.refcount;
        if (const auto it = std::find(s.aliases.begin(), s.aliases.end(), name); it != s.aliases.end())
            s.aliases.erase(it);
        return Done{};
    }
    if (s.live != 0)
        return Error{fmt::format("kmem_cache_destroy {}: Slab cache still has {} objects", s.name, s.live)};
    if (is_slab())
        (void)ArrayObjects(m_c, id, trace).shrink(0);
    else
        CacheObjects(m_c, id, trace).destroy_slabs();
    const KmemCache gone = s;
    std::erase(m_c.state.list, id);
    m_c.state.caches[id] = Shared<KmemCache>();
    if (is_slab())
        release_array_cache(m_c, gone, trace);
    else
        CacheMaker(*this, m_c, trace).release(gone);
    if (trace) trace.event({.kind = EventKind::kmem_cache_destroy}, gone.name);
    return Done{};
}

Outcome<Done> SlabAllocator::kmem_cache_shrink(CacheId id, const Tracer& trace) {
    if (is_slab())
        (void)ArrayObjects(m_c, id, trace).shrink(0);
    else
        CacheObjects(m_c, id, trace).shrink(0);
    return Done{};
}

Outcome<Done> SlabAllocator::cache_reap(unsigned cpu, const Tracer& trace) {
    if (!is_slab()) return Error{"cache_reap: SLUB keeps no arrays of objects that somebody would have to empty"};
    mm::cache_reap(m_c, cpu, trace);
    return Done{};
}

Outcome<Done> SlabAllocator::tune_cpucache(CacheId id, unsigned limit, unsigned batchcount, unsigned shared,
                                           const Tracer& trace) {
    const std::string& name = m_c.state.cache(id).name;
    if (!is_slab()) return Error{fmt::format("{}: SLUB has no arrays of objects to be tuned", name)};
    const Bytes word = m_c.profile.long_size;
    const Bytes most = (pcpu_min_unit_size - m_c.profile.slab.array_struct) / word;
    const Bytes most_shared = (kmalloc_max_cache_size(m_c.profile) - m_c.profile.slab.array_struct) / word;
    if (limit < 1 || batchcount < 1 || batchcount > limit || limit > most || Bytes{shared} * batchcount > most_shared)
        return Error{
            fmt::format("{}: limit {}, batchcount {}, shared {}; expected a limit from 1 to {}, a batchcount "
                        "from 1 to the limit, and at most {} objects in shared batches",
                        name, limit, batchcount, shared, most, most_shared)};
    if (!do_tune_cpucache(m_c, id, {limit, batchcount, shared}, gfp::GFP_KERNEL, trace))
        return Error{fmt::format("{}: no memory for arrays of that size", name)};
    return Done{};
}

}  // namespace mm
