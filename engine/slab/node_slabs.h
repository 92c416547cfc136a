// SPDX-License-Identifier: GPL-3.0-or-later
// The three lists of a node's slabs, and how slabs move between them.
//
//      slabs_partial  ◄─ a new slab, or one that objects were taken from, comes first; one that got an object back,
//      last slabs_full     no object is left slabs_free     all are; the last ones go back when the node has more free
//      objects than free_limit
//
// Follows get_first_slab(), fixup_slab_list(), slab_get_obj(), free_block() and slabs_destroy() of mm/slab.c,
// Linux 4.17. Private to slab.
#pragma once

#include <span>

#include "engine/slab_common/slab_context.h"

namespace mm {

/// Works on one cache. References to slabs and nodes last until memory is asked for.
class NodeLists {
public:
    NodeLists(const SlabContext& c, CacheId id, const Tracer& trace)
        : m_c(c), m_id(id), m_s(c.state.caches[id].edit()), m_trace(trace) {}

    NodeArrays& arrays(Nid nid) { return m_s.nodes[static_cast<std::size_t>(nid)].arrays; }
    bool present(Nid nid) const;

    /// get_first_slab(): no_slab: neither a partial nor a free one. It stays where it is.
    SlabId first(Nid nid);
    /// slab_get_obj(): the object waits in an array, or somebody has it. REQUIRES: there is a free one.
    ObjectId get_waiting(SlabId slab);
    ObjectId get_used(SlabId slab);
    /// slab_put_obj(). REQUIRES: it is on no array's list any more.
    void put(SlabId slab, ObjectId object);
    /// fixup_slab_list().
    void fixup(SlabId slab);
    void add_free(SlabId slab, bool tail);

    /// free_block(): the objects, which are in no array any more, go to their slabs. The slabs to be destroyed, first
    /// things first.
    [[nodiscard]] std::vector<SlabId> free_block(Nid nid, std::span<const CachedObject> objects);
    void slabs_destroy(const std::vector<SlabId>& slabs, unsigned cpu);
    /// drain_freelist(): at most so many free slabs go back, the last first. How many did.
    std::uint64_t drain_freelist(Nid nid, std::uint64_t tofree, unsigned cpu);
    bool all_free() const;

private:
    SlabId detach_last_free(Nid nid);
    void unlist(SlabId slab);
    void put_on(SlabId slab, SlabPlace place, bool tail);
    SlabList& list_of(SlabId slab, SlabPlace place);

    const SlabContext& m_c;
    const CacheId m_id;
    KmemCache& m_s;
    const Tracer& m_trace;
};

/// slab_destroy(): its pages go back, and its list of free objects where that is an object of kmalloc().
void slab_destroy(const SlabContext& c, CacheId id, SlabId slab, unsigned cpu, const Tracer& trace);

}  // namespace mm
