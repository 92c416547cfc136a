// SPDX-License-Identifier: GPL-3.0-or-later
// ArrayObjects: freeing, and objects that leave their array.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/slab/array_objects.h"

namespace mm {

/// The object waits in the array; nobody has it any more.
void ArrayObjects::wait(ArrayCache& ac, CachedObject object) {
    m_s.links_of(object.slab)[object.object] = cached_object;
    --m_s.live;
    ac.entry.push_back(object);
}

void ArrayObjects::free(SlabId slab, ObjectId object, unsigned cpu) {
    const CachedObject one{slab, object};
    const Nid here = node_of(cpu);
    if (m_s.slabs[slab].nid != here && free_alien(one, here, cpu)) return;
    if (array(cpu).avail() < array(cpu).limit) [[likely]] {
        m_s.count(SlabStat::freehit);
    } else {
        m_s.count(SlabStat::freemiss);
        flusharray(cpu);
    }
    wait(array(cpu), one);
}

/// __cache_free_alien(). False: the kernel has but one node, whose arrays take anything.
bool ArrayObjects::free_alien(CachedObject object, Nid here, unsigned cpu) {
    if (!m_c.profile.numa) return false;
    m_s.count(SlabStat::node_frees);
    const Nid nid = m_s.slabs[object.slab].nid;
    std::vector<ArrayCache>& alien = m_lists.arrays(here).alien;
    if (alien.empty()) {
        --m_s.live;
        const std::array<CachedObject, 1> one{object};
        m_lists.slabs_destroy(m_lists.free_block(nid, one), cpu);
        return true;
    }
    ArrayCache& ac = alien[static_cast<std::size_t>(nid)];
    if (ac.avail() == ac.limit) {
        m_s.count(SlabStat::node_overflow);
        drain_alien(ac, nid, cpu);
    }
    wait(ac, object);
    return true;
}

/// __drain_alien_cache(): as much as fits goes to that node's shared array, the rest to its slabs.
void ArrayObjects::drain_alien(ArrayCache& ac, Nid nid, unsigned cpu) {
    if (ac.avail() == 0) return;
    NodeArrays& n = m_lists.arrays(nid);
    if (n.shared.limit != 0) transfer_objects(n.shared, ac, ac.limit);
    flush(std::exchange(ac.entry, {}), nid, cpu);
}

void ArrayObjects::flush(std::vector<CachedObject>&& entry, Nid nid, unsigned cpu) {
    const std::vector<CachedObject> objects = std::move(entry);
    m_lists.slabs_destroy(m_lists.free_block(nid, objects), cpu);
}

/// cache_flusharray(): those that have waited longest.
void ArrayObjects::flusharray(unsigned cpu) {
    const Nid nid = node_of(cpu);
    ArrayCache& ac = array(cpu);
    ArrayCache& shared = m_lists.arrays(nid).shared;
    unsigned batchcount = ac.batchcount;
    const unsigned room = shared.limit - shared.avail();
    if (room != 0) batchcount = std::min(batchcount, room);
    const std::vector<CachedObject> oldest(ac.entry.begin(), ac.entry.begin() + batchcount);
    ac.entry.erase(ac.entry.begin(), ac.entry.begin() + batchcount);
    if (room != 0) {
        shared.entry.insert(shared.entry.end(), oldest.begin(), oldest.end());
        tell(EventKind::cache_flusharray, cpu, batchcount, "objects to the node's shared array");
        return;
    }
    const std::vector<SlabId> gone = m_lists.free_block(nid, oldest);
    tell(EventKind::cache_flusharray, cpu, batchcount, "objects to their slabs");
    m_lists.slabs_destroy(gone, cpu);
}

/// drain_cpu_caches() and drain_freelist().
bool ArrayObjects::shrink(unsigned cpu) {
    for (unsigned each = 0; each < m_s.arrays.cpu.size(); ++each)
        flush(std::exchange(array(each).entry, {}), node_of(each), cpu);
    for (NodeSlabs& n : m_s.nodes)
        for (std::size_t nid = 0; nid < n.arrays.alien.size(); ++nid)
            drain_alien(n.arrays.alien[nid], static_cast<Nid>(nid), cpu);
    for (std::size_t nid = 0; nid < m_s.nodes.size(); ++nid)
        flush(std::exchange(m_s.nodes[nid].arrays.shared.entry, {}), static_cast<Nid>(nid), cpu);
    for (std::size_t nid = 0; nid < m_s.nodes.size(); ++nid)
        m_lists.drain_freelist(static_cast<Nid>(nid), ~std::uint64_t{0}, cpu);
    return m_lists.all_free();
}

/// drain_array(): a fifth of what it could hold, of those that have waited longest, unless it was used lately.
void ArrayObjects::drain_some(ArrayCache& ac, Nid nid, unsigned cpu) {
    if (ac.avail() == 0) return;
    if (ac.touched) {
        ac.touched = false;
        return;
    }
    unsigned tofree = (ac.limit + 4) / 5;
    if (tofree > ac.avail()) tofree = (ac.avail() + 1) / 2;
    std::vector<CachedObject> oldest(ac.entry.begin(), ac.entry.begin() + tofree);
    ac.entry.erase(ac.entry.begin(), ac.entry.begin() + tofree);
    flush(std::move(oldest), nid, cpu);
}

void ArrayObjects::reap(unsigned cpu, const ReapWork& work) {
    const Nid nid = node_of(cpu);
    NodeArrays& n = m_lists.arrays(nid);
    const std::uint64_t slabs = m_s.counted(SlabStat::free_slab);
    if (static_cast<std::size_t>(work.node) < n.alien.size() && work.node != nid)
        drain_alien(n.alien[static_cast<std::size_t>(work.node)], work.node, cpu);
    drain_some(array(cpu), nid, cpu);
    if (const std::uint64_t now = work.runs * reaptimeout_ac; n.next_reap <= now) {
        n.next_reap = now + reaptimeout_node;
        drain_some(n.shared, nid, cpu);
        const std::uint64_t fifth = 5 * std::uint64_t{m_s.layout.oo.objects};
        if (!std::exchange(n.free_touched, false)) {
            const std::uint64_t freed = m_lists.drain_freelist(nid, (n.free_limit + fifth - 1) / fifth, cpu);
            m_s.stats[static_cast<std::size_t>(SlabStat::reaped)] += freed;
        }
    }
    if (const std::uint64_t gone = m_s.counted(SlabStat::free_slab) - slabs; gone != 0)
        tell(EventKind::cache_reap, cpu, gone, gone == 1 ? "slab went back" : "slabs went back");
}

}  // namespace mm
