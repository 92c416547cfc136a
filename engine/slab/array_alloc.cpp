// SPDX-License-Identifier: GPL-3.0-or-later
// ArrayObjects: allocation.
#include <fmt/format.h>

#include <algorithm>

#include "engine/slab/array_objects.h"
#include "engine/slab/cache_grow.h"
#include "engine/slab_common/size_classes.h"
#include "engine/slab_common/slab_pages.h"

namespace mm {

unsigned transfer_objects(ArrayCache& to, ArrayCache& from, unsigned max) {
    const unsigned nr = std::min({from.avail(), max, to.limit - to.avail()});
    to.entry.insert(to.entry.end(), from.entry.end() - nr, from.entry.end());
    from.entry.resize(from.entry.size() - nr);
    return nr;
}

Nid mem_node_of(const SlabContext& c, const KmemCache& s, unsigned cpu) {
    const Nid nid = c.zones.node_of_cpu(cpu);
    const auto i = static_cast<std::size_t>(nid);
    if (nid >= 0 && i < s.nodes.size() && s.nodes[i].present) return nid;
    const auto first = std::find_if(s.nodes.begin(), s.nodes.end(), [](const NodeSlabs& n) { return n.present; });
    return static_cast<Nid>(first - s.nodes.begin());
}

Nid ArrayObjects::node_of(unsigned cpu) const {
    return mem_node_of(m_c, m_s, cpu);
}

void ArrayObjects::tell(EventKind kind, unsigned cpu, std::uint64_t moved, std::string_view where) const {
    if (m_trace) m_trace.event({.kind = kind, .a = moved, .b = cpu}, fmt::format("{}: {} {}", m_s.name, moved, where));
}

ObjectPlace ArrayObjects::pop(unsigned cpu) {
    ArrayCache& ac = array(cpu);
    ac.touched = true;
    const CachedObject one = ac.entry.back();
    ac.entry.pop_back();
    m_s.links_of(one.slab)[one.object] = used_object;
    ++m_s.live;
    return {m_id, one.slab, one.object};
}

ObjectPlace ArrayObjects::alloc(const SlabRequest& request) {
    if (!m_c.profile.numa) return from_array(request);
    SlabRequest near = request;
    const Nid here = node_of(request.cpu);
    if (near.nid == no_node) near.nid = here;
    if (!m_lists.present(near.nid)) return fallback(request);
    if (near.nid == here)
        if (const ObjectPlace place = from_array(request); place.slab != no_slab) return place;
    return alloc_node(near);
}

/// ____cache_alloc().
ObjectPlace ArrayObjects::from_array(const SlabRequest& request) {
    if (array(request.cpu).avail() != 0) [[likely]] {
        m_s.count(SlabStat::allochit);
        return pop(request.cpu);
    }
    m_s.count(SlabStat::allocmiss);
    return refill(request);
}

/// cache_alloc_refill().
ObjectPlace ArrayObjects::refill(const SlabRequest& request) {
    const Nid nid = node_of(request.cpu);
    ArrayCache& ac = array(request.cpu);
    NodeArrays& n = m_lists.arrays(nid);
    // Where little was asked for lately, a whole batch would soon go back again.
    int batchcount = static_cast<int>(ac.touched ? ac.batchcount : std::min(ac.batchcount, batchrefill_limit));
    if (refill_from_shared(ac, n, static_cast<unsigned>(batchcount))) {
        m_s.count(SlabStat::refill_shared);
        tell(EventKind::cache_alloc_refill, request.cpu, ac.avail(), "objects of the node's shared array");
    } else if (n.free_objects != 0) {
        batchcount = refill_from_slabs(ac, nid, batchcount);
        m_s.count(SlabStat::refill_slabs);
        tell(EventKind::cache_alloc_refill, request.cpu, ac.avail(), "objects of the node's slabs");
    }
    if (ac.avail() == 0) {
        const SlabId slab =
            cache_grow_begin(m_c, m_id, {gfp_exact_node(request.gfp, m_c.profile), nid, request.cpu}, m_trace);
        // Meanwhile somebody may have freed objects into the array.
        if (ac.avail() == 0 && slab != no_slab) alloc_block(ac, slab, batchcount);
        cache_grow_end(m_c, m_id, slab, m_trace);
    }
    return ac.avail() == 0 ? ObjectPlace{} : pop(request.cpu);
}

bool ArrayObjects::refill_from_shared(ArrayCache& ac, NodeArrays& n, unsigned batchcount) {
    if (n.shared.limit == 0 || transfer_objects(ac, n.shared, batchcount) == 0) return false;
    n.shared.touched = true;
    return true;
}

/// How much of the batch is missing.
int ArrayObjects::refill_from_slabs(ArrayCache& ac, Nid nid, int batchcount) {
    while (batchcount > 0) {
        const SlabId slab = m_lists.first(nid);
        if (slab == no_slab) break;
        batchcount = alloc_block(ac, slab, batchcount);
        m_lists.fixup(slab);
    }
    m_lists.arrays(nid).free_objects -= ac.avail();
    return batchcount;
}

int ArrayObjects::alloc_block(ArrayCache& ac, SlabId slab, int batchcount) {
    while (m_s.slabs[slab].inuse < m_s.slabs[slab].objects && batchcount-- != 0)
        ac.entry.push_back({slab, m_lists.get_waiting(slab)});
    return batchcount;
}

/// ____cache_alloc_node(). REQUIRES: request.nid has memory.
ObjectPlace ArrayObjects::alloc_node(const SlabRequest& request) {
    SlabId slab = m_lists.first(request.nid);
    if (slab != no_slab) {
        m_s.count(SlabStat::node_allocs);
        const ObjectId object = m_lists.get_used(slab);
        --m_lists.arrays(request.nid).free_objects;
        m_lists.fixup(slab);
        return {m_id, slab, object};
    }
    SlabRequest exact = request;
    exact.gfp = gfp_exact_node(request.gfp, m_c.profile);
    slab = cache_grow_begin(m_c, m_id, exact, m_trace);
    if (slab == no_slab) return fallback(request);
    const ObjectId object = m_lists.get_used(slab);
    cache_grow_end(m_c, m_id, slab, m_trace);
    return {m_id, slab, object};
}

/// fallback_alloc(): objects that other nodes have, and then pages of any.
ObjectPlace ArrayObjects::fallback(const SlabRequest& request) {
    if (request.gfp & gfp::thisnode) return {};
    if (const ObjectPlace place = from_other_nodes(request); place.slab != no_slab) return place;
    const SlabId slab = cache_grow_begin(m_c, m_id, {request.gfp, node_of(request.cpu), request.cpu}, m_trace);
    cache_grow_end(m_c, m_id, slab, m_trace);
    if (slab == no_slab) return {};
    return alloc_node({gfp_exact_node(request.gfp, m_c.profile), m_s.slabs[slab].nid, request.cpu});
}

ObjectPlace ArrayObjects::from_other_nodes(const SlabRequest& request) {
    AllocRequest pages;
    pages.gfp = request.gfp;
    pages.nid = node_of(request.cpu);
    const AllocContext context = prepare_alloc(m_c.zones, pages, m_c.profile);
    if (!context.zonelist) return {};
    for (const ZoneRef zone : *context.zonelist) {
        if (!context.admits(zone) || !m_lists.present(zone.nid) || m_lists.arrays(zone.nid).free_objects == 0) continue;
        const ObjectPlace place = alloc_node({gfp_exact_node(request.gfp, m_c.profile), zone.nid, request.cpu});
        if (place.slab != no_slab) return place;
    }
    return {};
}

std::optional<PhysAddr> array_cache_alloc(const SlabContext& c, CacheId id, const SlabRequest& request,
                                          const Tracer& trace) {
    if (should_failslab(c)) return std::nullopt;
    const ObjectPlace place = ArrayObjects(c, id, trace).alloc(request);
    if (place.slab == no_slab) return std::nullopt;
    return c.state.cache(id).address_of(place.slab, place.object);
}

std::optional<PhysAddr> array_kmalloc(const SlabContext& c, Bytes size, const SlabRequest& request,
                                      const Tracer& trace) {
    if (size > kmalloc_max_cache_size(c.profile)) return std::nullopt;
    return array_cache_alloc(c, kmalloc_slab(c.state, size, request.gfp, c.profile), request, trace);
}

void array_kfree(const SlabContext& c, PhysAddr object, unsigned cpu, const Tracer& trace) {
    const ObjectPlace place = find_object(c.state, c.pages, object).place;
    ArrayObjects(c, place.cache, trace).free(place.slab, place.object, cpu);
}

}  // namespace mm
