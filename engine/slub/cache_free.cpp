// SPDX-License-Identifier: GPL-3.0-or-later
// CacheObjects: freeing, and slabs that leave a CPU.
#include <array>

#include "engine/slab_common/slab_lists.h"
#include "engine/slab_common/slab_pages.h"
#include "engine/slub/cache_objects.h"

namespace mm {

/// An empty slab is not worth keeping: the node has enough partial ones.
bool CacheObjects::node_is_full(const Slab& slab) const {
    return m_s.nodes[static_cast<std::size_t>(slab.nid)].partial.slabs >= m_s.min_partial;
}

void CacheObjects::free(SlabId slab, ObjectId object, unsigned cpu) {
    --m_s.live;
    CpuSlab& c = m_s.cpus[cpu];
    if (c.slab == slab) [[likely]] {
        m_s.links_of(slab)[object] = c.freelist;
        c.freelist = object;
        m_s.count(SlabStat::free_fastpath);
        return;
    }
    m_s.count(SlabStat::free_slowpath);
    if (m_s.debug)
        free_to_partial_list(slab, object, cpu);
    else
        free_slow(slab, object, cpu);
}

/// __slab_free().
void CacheObjects::free_slow(SlabId id, ObjectId object, unsigned cpu) {
    const bool was_full = give_object(m_s, id, object);
    Slab& slab = m_s.slabs[id];
    if (slab.frozen) {
        m_s.count(SlabStat::free_frozen);
        return;
    }
    if (was_full) {  // it was on no list; this CPU takes it
        slab.frozen = true;
        put_cpu_partial(id, cpu, true);
        m_s.count(SlabStat::cpu_partial_free);
        return;
    }
    if (slab.inuse != 0 || !node_is_full(slab)) return;
    remove_partial(m_s, id);
    m_s.count(SlabStat::free_remove_partial);
    discard_slab(m_c, m_s, id, cpu, m_trace);
}

/// free_to_partial_list(): for caches that are debugged.
void CacheObjects::free_to_partial_list(SlabId id, ObjectId object, unsigned cpu) {
    const bool was_full = give_object(m_s, id, object);
    const Slab& slab = m_s.slabs[id];
    const bool goes = slab.inuse == 0 && node_is_full(slab);
    if (was_full) {
        remove_full(m_s, id);
        if (!goes) add_partial(m_s, id, true);
        if (!goes) m_s.count(SlabStat::free_add_partial);
    } else if (goes) {
        remove_partial(m_s, id);
        m_s.count(SlabStat::free_remove_partial);
    }
    if (goes) discard_slab(m_c, m_s, id, cpu, m_trace);
}

/// deactivate_slab(): the CPU gives the slab back, with the objects it had taken to itself before those of the slab.
void CacheObjects::deactivate(SlabId id, ObjectId freelist, unsigned cpu) {
    Slab& slab = m_s.slabs[id];
    const bool remote_frees = slab.freelist != no_object;
    if (freelist != no_object) {
        ObjectId* links = m_s.links_of(id);
        ObjectId last = freelist;
        for (--slab.inuse; links[last] != no_object; --slab.inuse)
            last = links[last];
        links[last] = slab.freelist;
        slab.freelist = freelist;
    }
    slab.frozen = false;
    if (slab.inuse == 0 && node_is_full(slab)) {
        slab.place = SlabPlace::unlisted;
        m_s.count(SlabStat::deactivate_empty);
        discard_slab(m_c, m_s, id, cpu, m_trace);
    } else if (slab.freelist != no_object) {
        add_partial(m_s, id, remote_frees);
        m_s.count(remote_frees ? SlabStat::deactivate_to_tail : SlabStat::deactivate_to_head);
    } else {
        add_full(m_s, id);
        m_s.count(SlabStat::deactivate_full);
    }
}

/// put_cpu_partial(): where the CPU has enough, those go to their nodes first.
void CacheObjects::put_cpu_partial(SlabId id, unsigned cpu, bool drain) {
    CpuSlab& c = m_s.cpus[cpu];
    SlabId old = c.partial;
    SlabId to_unfreeze = no_slab;
    if (old != no_slab && drain && c.partial_slabs >= m_s.cpu_partial_slabs) {
        to_unfreeze = old;
        old = no_slab;
        c.partial_slabs = 0;
    }
    Slab& slab = m_s.slabs[id];
    slab.next = old;
    slab.place = SlabPlace::cpu_partial;
    slab.partial_slabs = ++c.partial_slabs;
    c.partial = id;
    if (to_unfreeze == no_slab) return;
    unfreeze_partials(to_unfreeze, cpu);
    m_s.count(SlabStat::cpu_partial_drain);
}

/// __unfreeze_partials().
void CacheObjects::unfreeze_partials(SlabId first, unsigned cpu) {
    SlabId discard = no_slab;
    for (SlabId id = first, next = no_slab; id != no_slab; id = next) {
        Slab& slab = m_s.slabs[id];
        next = slab.next;
        slab.next = no_slab;
        slab.partial_slabs = 0;
        slab.frozen = false;
        if (slab.inuse == 0 && node_is_full(slab)) {
            slab.place = SlabPlace::unlisted;
            slab.next = discard;
            discard = id;
        } else {
            add_partial(m_s, id, true);
            m_s.count(SlabStat::free_add_partial);
        }
    }
    for (SlabId next = no_slab; discard != no_slab; discard = next) {
        next = m_s.slabs[discard].next;
        m_s.slabs[discard].next = no_slab;
        m_s.count(SlabStat::deactivate_empty);
        discard_slab(m_c, m_s, discard, cpu, m_trace);
    }
}

void CacheObjects::flush_cpu(unsigned cpu) {
    CpuSlab& c = m_s.cpus[cpu];
    const CpuSlab was = c;
    c = {};
    if (was.slab != no_slab) {
        deactivate(was.slab, was.freelist, cpu);
        m_s.count(SlabStat::cpuslab_flush);
    }
    unfreeze_partials(was.partial, cpu);
}

void CacheObjects::flush_all() {
    for (unsigned cpu = 0; cpu < m_s.cpus.size(); ++cpu)
        flush_cpu(cpu);
}

void CacheObjects::shrink(unsigned cpu) {
    flush_all();
    for (NodeSlabs& n : m_s.nodes)
        shrink_node(n, cpu);
}

void CacheObjects::destroy_slabs() {
    flush_all();
    for (NodeSlabs& n : m_s.nodes)
        while (n.partial.first != no_slab) {
            const SlabId id = n.partial.first;
            remove_partial(m_s, id);
            discard_slab(m_c, m_s, id, 0, m_trace);
        }
}

void CacheObjects::shrink_node(NodeSlabs& n, unsigned cpu) {
    std::vector<SlabId> discard;
    std::array<std::vector<SlabId>, shrink_promote_max> promote;  // each: as list_move() leaves it, last moved first
    for (SlabId id = n.partial.first; id != no_slab; id = m_s.slabs[id].next) {
        const Slab& slab = m_s.slabs[id];
        const unsigned free = slab.objects - slab.inuse;
        if (slab.inuse == 0)
            discard.push_back(id);
        else if (free <= shrink_promote_max)
            promote[free - 1].push_back(id);
    }
    for (unsigned i = shrink_promote_max; i-- > 0;)
        for (const SlabId id : promote[i]) {
            list_del(m_s, n.partial, id);
            list_add(m_s, n.partial, id, false);
        }
    for (const SlabId id : discard)
        remove_partial(m_s, id);
    for (std::size_t i = discard.size(); i-- > 0;)
        discard_slab(m_c, m_s, discard[i], cpu, m_trace);
}

}  // namespace mm
