// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of one cache of SLAB: the arrays that free objects wait in, and the lists of slabs behind them.
//
//      alloc:  CPU's array ──► node's shared array ──► slabs_partial ──► slabs_free ──► new slab ──► other nodes
//      free:   to the CPU's array; from a full one a batch goes to the shared array, or else to the slabs;
//              an object of another node goes to the alien cache for that node
//
// Follows slab_alloc_node(), ____cache_alloc(), cache_alloc_refill(), ____cache_alloc_node(), fallback_alloc(),
// ___cache_free(), cache_flusharray(), transfer_objects(), __drain_alien_cache(), drain_array() and cache_reap() of
// mm/slab.c, Linux 4.17. Private to slab and slub.
#pragma once

#include "engine/slab/node_slabs.h"

namespace mm {

inline constexpr unsigned batchrefill_limit = 16;     ///< BATCHREFILL_LIMIT
inline constexpr std::uint64_t reaptimeout_ac = 2;    ///< REAPTIMEOUT_AC, seconds
inline constexpr std::uint64_t reaptimeout_node = 4;  ///< REAPTIMEOUT_NODE

class ArrayObjects {
public:
    /// REQUIRES: the cache is there and stays.
    ArrayObjects(const SlabContext& c, CacheId id, const Tracer& trace)
        : m_c(c), m_id(id), m_s(c.state.caches[id].edit()), m_trace(trace), m_lists(c, id, trace) {}

    /// slab_alloc_node(): the slab and object, marked as used, or slab no_slab.
    ObjectPlace alloc(const SlabRequest& request);
    /// ___cache_free(). REQUIRES: the object is in use.
    void free(SlabId slab, ObjectId object, unsigned cpu);
    /// free_block() of all that an array holds, which is empty then.
    void flush(std::vector<CachedObject>&& entry, Nid nid, unsigned cpu);
    /// __kmem_cache_shrink(): arrays are emptied and free slabs go back. True: no slab is left.
    bool shrink(unsigned cpu);
    /// What cache_reap() does to a cache. work.runs: how often it has run, this time included.
    void reap(unsigned cpu, const ReapWork& work);

private:
    ArrayCache& array(unsigned cpu) { return m_s.arrays.cpu[cpu]; }
    Nid node_of(unsigned cpu) const;
    ObjectPlace pop(unsigned cpu);
    ObjectPlace from_array(const SlabRequest& request);
    ObjectPlace refill(const SlabRequest& request);
    bool refill_from_shared(ArrayCache& ac, NodeArrays& n, unsigned batchcount);
    int refill_from_slabs(ArrayCache& ac, Nid nid, int batchcount);
    int alloc_block(ArrayCache& ac, SlabId slab, int batchcount);
    ObjectPlace alloc_node(const SlabRequest& request);
    ObjectPlace fallback(const SlabRequest& request);
    ObjectPlace from_other_nodes(const SlabRequest& request);

    bool free_alien(CachedObject object, Nid here, unsigned cpu);
    void wait(ArrayCache& ac, CachedObject object);
    void flusharray(unsigned cpu);
    void drain_alien(ArrayCache& ac, Nid nid, unsigned cpu);
    void drain_some(ArrayCache& ac, Nid nid, unsigned cpu);
    void tell(EventKind kind, unsigned cpu, std::uint64_t moved, std::string_view where) const;

    const SlabContext& m_c;
    const CacheId m_id;
    KmemCache& m_s;
    const Tracer& m_trace;
    NodeLists m_lists;
};

/// transfer_objects(): how many went from one's end to the other's.
unsigned transfer_objects(ArrayCache& to, ArrayCache& from, unsigned max);
/// numa_mem_id() of a CPU: its node, or the first with memory that a cache can use.
Nid mem_node_of(const SlabContext& c, const KmemCache& s, unsigned cpu);

/// kmem_cache_alloc_node() for SLAB itself; nothing: no memory, or failslab.
std::optional<PhysAddr> array_cache_alloc(const SlabContext& c, CacheId id, const SlabRequest& request,
                                          const Tracer& trace);
/// kmalloc_node() and kfree() of what SLAB itself needs. REQUIRES: there is a class for the size.
std::optional<PhysAddr> array_kmalloc(const SlabContext& c, Bytes size, const SlabRequest& request,
                                      const Tracer& trace);
void array_kfree(const SlabContext& c, PhysAddr object, unsigned cpu, const Tracer& trace);

}  // namespace mm
