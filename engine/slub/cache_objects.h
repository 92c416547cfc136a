// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of one cache: the fast paths that only touch a CPU's slab, and the slow ones behind them. Whoever calls has
// found out which object of which slab an address is.
//
//      alloc:  c->freelist ──► c->slab's own freelist ──► c->partial ──► node's partial ──► other nodes' ──► new slab
//      free:   to c->freelist if the slab is this CPU's, else to the slab's own freelist;
//              a full slab becomes this CPU's partial, an empty one goes back when the node has min_partial others
//
// Follows slab_alloc_node(), ___slab_alloc(), __slab_free(), deactivate_slab(), put_cpu_partial() and
// __unfreeze_partials() of mm/slub.c, Linux 6.1. Private to slub.
#pragma once

#include "engine/slab_common/slab_context.h"

namespace mm {

class CacheObjects {
public:
    /// REQUIRES: the cache is there and stays.
    CacheObjects(const SlabContext& c, CacheId id, const Tracer& trace)
        : m_c(c), m_id(id), m_s(c.state.caches[id].edit()), m_trace(trace) {}

    /// slab_alloc_node(): the slab and object, marked as used, or slab no_slab.
    ObjectPlace alloc(const SlabRequest& request);
    /// do_slab_free(). REQUIRES: the object is in use.
    void free(SlabId slab, ObjectId object, unsigned cpu);
    /// flush_slab() and unfreeze_partials() of one CPU.
    void flush_cpu(unsigned cpu);
    void flush_all();
    /// __kmem_cache_do_shrink() after flush_all(): empty slabs go back, the fullest come first.
    void shrink(unsigned cpu);
    /// __kmem_cache_shutdown(). REQUIRES: no object is in use.
    void destroy_slabs();

private:
    static constexpr unsigned shrink_promote_max = 32;

    ObjectPlace take(CpuSlab& c);
    ObjectPlace alloc_slow(const SlabRequest& request);
    ObjectPlace alloc_single(const SlabRequest& request);
    bool refill_from_partial(const SlabRequest& request);
    bool refill_from_node(Nid nid, unsigned cpu);
    Nid node_with_many_partial(const SlabRequest& request) const;
    void load_new_slab(SlabId id, unsigned cpu);
    bool node_match(SlabId id, Nid nid) const { return nid == no_node || m_s.slabs[id].nid == nid; }
    SlabId partial_with_room(const SlabRequest& request) const;

    void free_slow(SlabId slab, ObjectId object, unsigned cpu);
    void free_to_partial_list(SlabId slab, ObjectId object, unsigned cpu);
    void deactivate(SlabId id, ObjectId freelist, unsigned cpu);
    void put_cpu_partial(SlabId id, unsigned cpu, bool drain);
    void unfreeze_partials(SlabId first, unsigned cpu);
    void shrink_node(NodeSlabs& n, unsigned cpu);
    bool node_is_full(const Slab& slab) const;

    const SlabContext& m_c;
    const CacheId m_id;
    KmemCache& m_s;
    const Tracer& m_trace;
};

}  // namespace mm
