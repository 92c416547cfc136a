// SPDX-License-Identifier: GPL-3.0-or-later
// What the slab allocator keeps: caches, their slabs, and the lists that slabs are on. Values, copied with the
// machine's state; a cache is shared between copies until it changes. SLUB's is drawn here, what SLAB has instead of
// cpus stands in array_cache.h.
//
//      KmemCache "kmalloc-128"
//        cpus[0]   slab ──► 3    freelist ► object 7 ► 9 ► end      frozen: this CPU alone allocates from it
//                  partial ► 5 ► 8                                  frozen, for later
//        nodes[0]  partial ► 1 ► 4                                  anybody's
//        slabs     0 1 2 3 4 5 6 7 8                                full ones (0, 2, 6, 7) are on no list
//        links     of slab 3: [used][used][...][9][used][end]...    which free object follows: one array for all slabs
//
// A slab's pages are real: PG_slab is set on its head, whose link names slab and cache, as struct slab does.
// Follows struct kmem_cache of include/linux/slub_def.h and struct slab of mm/slab.h, Linux 6.1, and of
// include/linux/slab_def.h, Linux 4.17.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/page_alloc/gfp.h"
#include "engine/slab_common/array_cache.h"
#include "engine/slab_common/cache_layout.h"
#include "engine/types/rng.h"
#include "engine/types/shared.h"

namespace mm {

/// Where a slab is to be found.
enum class SlabPlace : std::uint8_t {
    unused,       ///< this SlabId has no slab
    cpu,          ///< c->slab of a CPU
    cpu_partial,  ///< on a CPU's partial list
    partial,      ///< on its node's partial list
    full,         ///< on its node's full list, which SLUB keeps for debugging only
    unlisted,     ///< full and on no list: it comes back when an object of it is freed; or on its way back
    free,         ///< SLAB: on its node's list of slabs without a used object
};
std::string_view name_of(SlabPlace);  ///< "CPU", "CPU partial", "node partial", ...

struct Slab {
    Pfn pfn = 0;
    SlabId next = no_slab, prev = no_slab;
    ObjectId freelist = no_object;  ///< free objects that no CPU has taken to itself
    std::uint16_t objects = 0;
    std::uint16_t inuse = 0;  ///< those on a CPU's freelist or in an array count, too; SLAB: active
    std::int16_t nid = 0;
    std::uint16_t partial_slabs = 0;  ///< on a CPU's partial list: how many there were with this one
    std::uint8_t order = 0;
    SlabPlace place = SlabPlace::unused;
    bool frozen = false;
    std::uint16_t colour = 0;  ///< SLAB: the first object begins at so many colour_off
    friend bool operator==(const Slab&, const Slab&) = default;
};

/// struct kmem_cache_cpu.
struct CpuSlab {
    SlabId slab = no_slab;
    ObjectId freelist = no_object;
    std::uint16_t partial_slabs = 0;  ///< as many as are on that list
    SlabId partial = no_slab;         ///< newest first
    friend bool operator==(const CpuSlab&, const CpuSlab&) = default;
};

/// struct kmem_cache_node.
struct NodeSlabs {
    bool present = false;  ///< of slab_nodes: the node has memory the kernel can use
    PhysAddr at = 0;       ///< the structure itself, an object of kmem_cache_node
    SlabList partial, full;
    std::uint64_t nr_slabs = 0, total_objects = 0;
    NodeArrays arrays;  ///< SLAB's
    friend bool operator==(const NodeSlabs&, const NodeSlabs&) = default;
};

/// enum stat_item, as CONFIG_SLUB_STATS counts.
enum class SlabStat : unsigned {
    alloc_fastpath,
    alloc_slowpath,
    free_fastpath,
    free_slowpath,
    free_frozen,
    free_add_partial,
    free_remove_partial,
    alloc_from_partial,
    alloc_slab,
    alloc_refill,
    alloc_node_mismatch,
    free_slab,
    cpuslab_flush,
    deactivate_full,
    deactivate_empty,
    deactivate_to_head,
    deactivate_to_tail,
    deactivate_bypass,
    order_fallback,
    cpu_partial_alloc,
    cpu_partial_free,
    cpu_partial_node,
    cpu_partial_drain,
    // SLAB's, as CONFIG_DEBUG_SLAB counts them; the two refills are told apart here only.
    allochit,
    allocmiss,
    freehit,
    freemiss,
    refill_shared,
    refill_slabs,
    grown,
    reaped,
    node_allocs,
    node_frees,
    node_overflow,
};
inline constexpr std::size_t nr_slab_stats = 34;
std::string_view name_of(SlabStat);  ///< "alloc_fastpath", a file of /sys/kernel/slab/NAME

struct KmemCache {
    std::string name;                  ///< "": this CacheId has no cache
    std::vector<std::string> aliases;  ///< of caches that were merged with it
    ObjectLayout layout;
    Bytes usersize = 0;
    bool constructor = false;
    bool mergeable = true;  ///< refcount is not negative
    bool debug = false;     ///< kmem_cache_debug(): no CPU has slabs to itself
    unsigned refcount = 1;
    Gfp allocflags = 0;
    unsigned min_partial = 5;        ///< so many slabs a node keeps, even empty ones
    unsigned cpu_partial_slabs = 0;  ///< so many a CPU keeps
    PhysAddr at = 0;                 ///< the structure itself, an object of kmem_cache
    PhysAddr random_seq_at = 0;      ///< the array below, an object of kmalloc
    std::vector<ObjectId> random_seq;
    std::vector<CpuSlab> cpus;     ///< SLUB's
    CacheArrays arrays;            ///< SLAB's
    std::vector<NodeSlabs> nodes;  ///< by nid
    std::vector<Slab> slabs;
    std::vector<SlabId> spare;    ///< of slabs, unused
    std::vector<ObjectId> links;  ///< oo.objects a slab
    std::uint64_t live = 0;       ///< objects that somebody has
    std::array<std::uint64_t, nr_slab_stats> stats{};
    friend bool operator==(const KmemCache&, const KmemCache&) = default;

    ObjectId* links_of(SlabId slab) { return &links[std::size_t{slab} * layout.oo.objects]; }
    const ObjectId* links_of(SlabId slab) const { return &links[std::size_t{slab} * layout.oo.objects]; }
    void count(SlabStat stat) { ++stats[static_cast<std::size_t>(stat)]; }
    std::uint64_t counted(SlabStat stat) const { return stats[static_cast<std::size_t>(stat)]; }
    PhysAddr address_of(SlabId slab, ObjectId object) const {
        return phys_of(slabs[slab].pfn) + slabs[slab].colour * layout.slab.colour_off + layout.red_left_pad +
               object * layout.size;
    }
    NrPages pages() const;          ///< of all its slabs
    std::uint64_t waiting() const;  ///< objects in arrays of SLAB, which nobody has
};

/// An object of a slab of a cache; cache no_cache: none.
struct ObjectPlace {
    CacheId cache = no_cache;
    SlabId slab = no_slab;
    ObjectId object = no_object;
    friend bool operator==(const ObjectPlace&, const ObjectPlace&) = default;
};

/// enum kmalloc_cache_type.
enum class KmallocType : unsigned { normal, cgroup, reclaim, dma };
inline constexpr unsigned nr_kmalloc_types = 4;
inline constexpr unsigned nr_kmalloc_classes = 26;  ///< KMALLOC_SHIFT_HIGH + 1 of the design that has the most

/// A kmalloc() that was too large for any cache.
struct LargeKmalloc {
    Pfn pfn = 0;
    Order order = 0;
    friend bool operator==(const LargeKmalloc&, const LargeKmalloc&) = default;
};

/// slab_reap_work of a CPU of SLAB: it runs every two seconds.
struct ReapWork {
    std::uint64_t runs = 0;
    Nid node = 0;  ///< slab_reap_node: whose alien cache comes next
    friend bool operator==(const ReapWork&, const ReapWork&) = default;
};

struct SlabState {
    bool up = false;                       ///< kmem_cache_init() has run
    SlabDesign design = SlabDesign::slub;  ///< the profile's
    SlabParams params;
    unsigned cpus = 1;                      ///< CPUs that run
    std::vector<Shared<KmemCache>> caches;  ///< by CacheId
    std::vector<CacheId> list;              ///< slab_caches, the oldest first
    CacheId kmem_cache = no_cache, kmem_cache_node = no_cache;
    std::array<std::array<CacheId, nr_kmalloc_classes>, nr_kmalloc_types> kmalloc{};  ///< kmalloc_caches[type][index]
    std::vector<LargeKmalloc> large;                                                  ///< by pfn
    Rng rng = Rng(1);                                                                 ///< of random freelists
    std::vector<ReapWork> reap;                                                       ///< SLAB: by CPU

    const KmemCache& cache(CacheId id) const { return *caches[id]; }
    NrPages slab_pages() const;                 ///< of all caches
    NrPages large_pages() const;                ///< of kmalloc() beyond the largest class
    CacheId find(std::string_view name) const;  ///< by name or alias; no_cache
    /// The large kmalloc() that begins with that frame; large.end(): none does.
    std::vector<LargeKmalloc>::const_iterator large_at(Pfn pfn) const;
};

}  // namespace mm
