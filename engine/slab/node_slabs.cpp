// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab/node_slabs.h"

#include "engine/slab/array_objects.h"
#include "engine/slab_common/slab_lists.h"
#include "engine/slab_common/slab_pages.h"

namespace mm {

bool NodeLists::present(Nid nid) const {
    const auto i = static_cast<std::size_t>(nid);
    return nid >= 0 && i < m_s.nodes.size() && m_s.nodes[i].present;
}

SlabList& NodeLists::list_of(SlabId slab, SlabPlace place) {
    NodeSlabs& n = node_of(m_s, m_s.slabs[slab]);
    return place == SlabPlace::partial ? n.partial : place == SlabPlace::full ? n.full : n.arrays.slabs_free;
}

void NodeLists::unlist(SlabId slab) {
    const SlabPlace place = m_s.slabs[slab].place;
    if (place != SlabPlace::unlisted) list_del(m_s, list_of(slab, place), slab);
    m_s.slabs[slab].place = SlabPlace::unlisted;
}

void NodeLists::put_on(SlabId slab, SlabPlace place, bool tail) {
    unlist(slab);
    list_add(m_s, list_of(slab, place), slab, tail);
    m_s.slabs[slab].place = place;
}

SlabId NodeLists::first(Nid nid) {
    NodeSlabs& n = m_s.nodes[static_cast<std::size_t>(nid)];
    if (n.partial.first != no_slab) return n.partial.first;
    n.arrays.free_touched = true;
    return n.arrays.slabs_free.first;
}

ObjectId NodeLists::get_waiting(SlabId slab) {
    return pop_object(m_s, slab, cached_object);
}

ObjectId NodeLists::get_used(SlabId slab) {
    return take_object(m_s, slab);
}

void NodeLists::put(SlabId slab, ObjectId object) {
    const bool was_full = give_object(m_s, slab, object);
    if (was_full && m_s.layout.slab.freelist == FreelistPlace::in_object)
        m_s.arrays.freelist_at[slab] = m_s.address_of(slab, object);
}

void NodeLists::fixup(SlabId slab) {
    const bool full = m_s.slabs[slab].inuse == m_s.slabs[slab].objects;
    put_on(slab, full ? SlabPlace::full : SlabPlace::partial, false);
    // The object that held the list is used now, too.
    if (full && m_s.layout.slab.freelist == FreelistPlace::in_object) m_s.arrays.freelist_at[slab] = 0;
}

void NodeLists::add_free(SlabId slab, bool tail) {
    put_on(slab, SlabPlace::free, tail);
}

SlabId NodeLists::detach_last_free(Nid nid) {
    NodeArrays& n = arrays(nid);
    const SlabId slab = n.slabs_free.last;
    n.free_objects -= m_s.layout.oo.objects;
    unlist(slab);
    return slab;
}

std::vector<SlabId> NodeLists::free_block(Nid nid, std::span<const CachedObject> objects) {
    NodeArrays& n = arrays(nid);
    n.free_objects += objects.size();
    for (const CachedObject& one : objects) {
        put(one.slab, one.object);
        if (m_s.slabs[one.slab].inuse == 0)
            add_free(one.slab, false);
        else
            put_on(one.slab, SlabPlace::partial, true);  // the longest time for its other objects to be freed, too
    }
    std::vector<SlabId> gone;
    while (n.free_objects > n.free_limit && n.slabs_free.slabs != 0)
        gone.insert(gone.begin(), detach_last_free(nid));
    return gone;
}

void NodeLists::slabs_destroy(const std::vector<SlabId>& slabs, unsigned cpu) {
    for (const SlabId slab : slabs)
        slab_destroy(m_c, m_id, slab, cpu, m_trace);
}

std::uint64_t NodeLists::drain_freelist(Nid nid, std::uint64_t tofree, unsigned cpu) {
    std::uint64_t freed = 0;
    for (; freed < tofree && arrays(nid).slabs_free.slabs != 0; ++freed)
        slab_destroy(m_c, m_id, detach_last_free(nid), cpu, m_trace);
    return freed;
}

bool NodeLists::all_free() const {
    for (const NodeSlabs& n : m_s.nodes)
        if (n.full.slabs != 0 || n.partial.slabs != 0) return false;
    return true;
}

void slab_destroy(const SlabContext& c, CacheId id, SlabId slab, unsigned cpu, const Tracer& trace) {
    KmemCache& s = c.state.caches[id].edit();
    const PhysAddr freelist = std::exchange(s.arrays.freelist_at[slab], 0);
    discard_slab(c, s, slab, cpu, trace);
    if (s.layout.slab.freelist == FreelistPlace::off_slab && freelist != 0) array_kfree(c, freelist, cpu, trace);
}

}  // namespace mm
