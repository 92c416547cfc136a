// SPDX-License-Identifier: GPL-3.0-or-later
// The slab allocator: caches of objects of one size, and kmalloc() on top of them; pages come from the page allocator.
// Which design does it, SLUB (this folder) or SLAB (engine/slab), the kernel's profile says.
//
//      kmalloc(100) ─ kmalloc_index() ─► "kmalloc-128" ─ this CPU's slab ─► object 7 ─► pfn 0x1a8c0, physical
//      0x1a8c0380
//
// Objects are told by their physical address. What is in them is not kept: nobody reads it. Failures of the kernel
// (no memory) are empty results; errors are the user's (an address that is no object, an object freed twice).
//
// check() holds after each operation and each event: lists, freelists, counts, and PG_slab of every page.
// Follows mm/slub.c and mm/slab_common.c, Linux 6.1, and mm/slab.c, Linux 4.17; what is left out stands in README.md of
// this folder and of engine/slab.
#pragma once

#include "engine/slab_common/slab_pages.h"
#include "engine/slab_common/slabinfo.h"

namespace mm {

inline constexpr PhysAddr zero_size_ptr = 16;  ///< ZERO_SIZE_PTR: what kmalloc(0) answers

/// Works on state it does not own. REQUIRES: state, zones, pages and allocator outlive it.
class SlabAllocator {
public:
    explicit SlabAllocator(const SlabContext& context) : m_c(context) {}

    /// kmem_cache_init(): the two caches that caches are made of, then kmalloc's. Error: no memory for them; what they
    /// had got so far is given back.
    Outcome<Done> kmem_cache_init(const SlabParams& params, unsigned cpus, std::uint64_t seed,
                                  const Tracer& trace = {});

    /// kmem_cache_create(): may be an old cache that suits (merged). Nothing: no memory. Error: sizes no cache has.
    Outcome<std::optional<CacheId>> kmem_cache_create(const CacheRequest& request, const Tracer& trace = {});
    /// kmem_cache_destroy(): a merged cache loses one user. Error: objects of it are in use.
    Outcome<Done> kmem_cache_destroy(CacheId id, std::string_view name, const Tracer& trace = {});
    Outcome<Done> kmem_cache_shrink(CacheId id, const Tracer& trace = {});
    /// cache_reap(): what a CPU does every two seconds. Error: SLUB has no such work.
    Outcome<Done> cache_reap(unsigned cpu, const Tracer& trace = {});
    /// Written to /proc/slabinfo (slabinfo_write()): sizes of a cache's arrays, in objects. Errors: SLUB has none;
    /// numbers that the kernel takes no notice of; no memory.
    Outcome<Done> tune_cpucache(CacheId id, unsigned limit, unsigned batchcount, unsigned shared,
                                const Tracer& trace = {});

    Outcome<std::optional<PhysAddr>> kmem_cache_alloc(CacheId id, const SlabRequest& request, const Tracer& trace = {});
    /// kmem_cache_alloc_bulk(): so many, or none where memory does not suffice for all.
    std::vector<PhysAddr> kmem_cache_alloc_bulk(CacheId id, const SlabRequest& request, std::size_t count,
                                                const Tracer& trace = {});
    Outcome<Done> kmem_cache_free(CacheId id, PhysAddr object, unsigned cpu = 0, const Tracer& trace = {});

    /// kmalloc(), and kzalloc() with __GFP_ZERO. Error: more than the largest block of the page allocator.
    Outcome<std::optional<PhysAddr>> kmalloc(Bytes size, const SlabRequest& request, const Tracer& trace = {});
    /// The same address if the object has room, else another one; nothing if there is no memory: the old one stays.
    Outcome<std::optional<PhysAddr>> krealloc(PhysAddr object, Bytes size, const SlabRequest& request,
                                              const Tracer& trace = {});
    Outcome<Done> kfree(PhysAddr object, unsigned cpu = 0, const Tracer& trace = {});

    using Found = FoundObject;
    /// What an address is an object of.
    Found find(PhysAddr object) const;
    /// slab_ksize() and the size of large ones; 0: no object.
    Bytes ksize(PhysAddr object) const;

    Broken check() const;

private:
    friend class CacheMaker;
    bool is_slab() const { return m_c.state.design == SlabDesign::slab; }
    std::optional<PhysAddr> alloc(CacheId id, const SlabRequest& request, const Tracer& trace);
    void free(const ObjectPlace& place, unsigned cpu, const Tracer& trace);
    std::optional<PhysAddr> kmalloc_large(Bytes size, const SlabRequest& request, const Tracer& trace);
    Outcome<Done> free_large(PhysAddr object, unsigned cpu, const Tracer& trace);
    Broken wrong_object(PhysAddr object, const Found& found) const;

    SlabContext m_c;
};

/// SlabAllocator::check() for those who only look.
Broken check_slabs(const SlabState& state, const PageColumns& pages);
/// Why a frame is not the page allocator's caller's to free: whose it is and what frees it; nothing if no slab or
/// kmalloc() has it.
Broken slab_owner_of(const SlabState& state, const PageColumns& pages, Pfn pfn);
/// The rows of /proc/slabinfo, the newest cache first.
std::vector<SlabinfoRow> slabinfo_rows(const SlabState& state);

}  // namespace mm
