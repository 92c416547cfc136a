// SPDX-License-Identifier: GPL-3.0-or-later
// CacheObjects: allocation.
#include "engine/slab_common/slab_lists.h"
#include "engine/slub/cache_objects.h"
#include "engine/slub/new_slab.h"

namespace mm {

/// load_freelist. REQUIRES: the CPU's freelist is not empty.
ObjectPlace CacheObjects::take(CpuSlab& c) {
    ObjectId& link = m_s.links_of(c.slab)[c.freelist];
    const ObjectPlace place{m_id, c.slab, c.freelist};
    c.freelist = link;
    link = used_object;
    ++m_s.live;
    return place;
}

ObjectPlace CacheObjects::alloc(const SlabRequest& request) {
    CpuSlab& c = m_s.cpus[request.cpu];
    if (c.freelist != no_object && node_match(c.slab, request.nid)) [[likely]] {
        m_s.count(SlabStat::alloc_fastpath);
        return take(c);
    }
    m_s.count(SlabStat::alloc_slowpath);
    SlabRequest slow = request;
    if (slow.nid != no_node && !m_s.nodes[static_cast<std::size_t>(slow.nid)].present) slow.nid = no_node;
    return m_s.debug ? alloc_single(slow) : alloc_slow(slow);
}

/// ___slab_alloc().
ObjectPlace CacheObjects::alloc_slow(const SlabRequest& request) {
    CpuSlab& c = m_s.cpus[request.cpu];
    for (;;) {
        if (c.slab != no_slab) {
            if (!node_match(c.slab, request.nid)) {
                m_s.count(SlabStat::alloc_node_mismatch);
                const CpuSlab was = c;
                c.slab = no_slab;
                c.freelist = no_object;
                deactivate(was.slab, was.freelist, request.cpu);
                continue;
            }
            if (c.freelist != no_object) return take(c);
            // get_freelist(): what others have freed into the slab.
            Slab& slab = m_s.slabs[c.slab];
            if (slab.freelist != no_object) {
                c.freelist = slab.freelist;
                slab.freelist = no_object;
                slab.inuse = slab.objects;
                m_s.count(SlabStat::alloc_refill);
                return take(c);
            }
            slab.frozen = false;
            slab.place = SlabPlace::unlisted;
            c.slab = no_slab;
            m_s.count(SlabStat::deactivate_bypass);
        }
        if (c.partial != no_slab) {
            c.slab = c.partial;
            Slab& slab = m_s.slabs[c.slab];
            c.partial = slab.next;
            c.partial_slabs = slab.next == no_slab ? std::uint16_t{0} : m_s.slabs[slab.next].partial_slabs;
            slab.next = no_slab;
            slab.place = SlabPlace::cpu;
            m_s.count(SlabStat::cpu_partial_alloc);
            continue;
        }
        if (refill_from_partial(request)) return take(c);
        const SlabId fresh = allocate_slab(m_c, m_id, request, m_trace);
        if (fresh == no_slab) {
            slab_out_of_memory(m_s, request, m_trace);
            return {};
        }
        load_new_slab(fresh, request.cpu);
        tell_new_slab(m_c, m_s, fresh, m_trace);
        return take(c);
    }
}

void CacheObjects::load_new_slab(SlabId id, unsigned cpu) {
    CpuSlab& c = m_s.cpus[cpu];
    Slab& slab = m_s.slabs[id];
    c.slab = id;
    c.freelist = slab.freelist;
    slab.freelist = no_object;
    slab.inuse = slab.objects;
    slab.frozen = true;
    slab.place = SlabPlace::cpu;
}

/// get_partial(): from the node near the CPU or the one asked for; other nodes only help where none was asked for.
bool CacheObjects::refill_from_partial(const SlabRequest& request) {
    if (refill_from_node(node_near(m_c, request), request.cpu)) return true;
    const Nid other = request.nid == no_node ? node_with_many_partial(request) : no_node;
    return other != no_node && refill_from_node(other, request.cpu);
}

/// get_any_partial(): the first node in the order of the zonelist that has more slabs than it keeps anyway.
Nid CacheObjects::node_with_many_partial(const SlabRequest& request) const {
    AllocRequest pages;
    pages.gfp = request.gfp;
    pages.nid = m_c.zones.node_of_cpu(request.cpu);
    const AllocContext context = prepare_alloc(m_c.zones, pages, m_c.profile);
    if (!context.zonelist) return no_node;
    for (const ZoneRef zone : *context.zonelist)
        if (context.admits(zone) && m_s.nodes[static_cast<std::size_t>(zone.nid)].partial.slabs > m_s.min_partial)
            return zone.nid;
    return no_node;
}

/// get_partial_node(): the first partial slab becomes the CPU's, and some more its partial ones.
bool CacheObjects::refill_from_node(Nid nid, unsigned cpu) {
    NodeSlabs& n = m_s.nodes[static_cast<std::size_t>(nid)];
    unsigned extra = 0;
    bool found = false;
    while (n.partial.first != no_slab) {
        const SlabId id = n.partial.first;
        remove_partial(m_s, id);
        m_s.slabs[id].frozen = true;
        if (!found) {
            load_new_slab(id, cpu);
            m_s.count(SlabStat::alloc_from_partial);
            found = true;
        } else {
            put_cpu_partial(id, cpu, false);
            m_s.count(SlabStat::cpu_partial_node);
            ++extra;
        }
        if (extra > m_s.cpu_partial_slabs / 2) break;
    }
    return found;
}

/// A partial slab for a cache that is debugged, as get_partial() looks for it.
SlabId CacheObjects::partial_with_room(const SlabRequest& request) const {
    const SlabId first = m_s.nodes[static_cast<std::size_t>(node_near(m_c, request))].partial.first;
    if (first != no_slab || request.nid != no_node) return first;
    const Nid other = node_with_many_partial(request);
    return other == no_node ? no_slab : m_s.nodes[static_cast<std::size_t>(other)].partial.first;
}

/// alloc_single_from_partial(), alloc_single_from_new_slab(): no CPU keeps anything of a cache that is debugged.
ObjectPlace CacheObjects::alloc_single(const SlabRequest& request) {
    SlabId id = partial_with_room(request);
    const bool fresh = id == no_slab;
    if (fresh) id = allocate_slab(m_c, m_id, request, m_trace);
    if (id == no_slab) {
        slab_out_of_memory(m_s, request, m_trace);
        return {};
    }
    const ObjectPlace place{m_id, id, take_object(m_s, id)};
    const Slab& slab = m_s.slabs[id];
    if (slab.inuse == slab.objects) {
        if (!fresh) remove_partial(m_s, id);
        add_full(m_s, id);
    } else if (fresh) {
        add_partial(m_s, id, false);
    }
    if (fresh) tell_new_slab(m_c, m_s, id, m_trace);
    return place;
}

}  // namespace mm
