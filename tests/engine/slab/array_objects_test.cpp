// SPDX-License-Identifier: GPL-3.0-or-later
// Objects on their way through the arrays of SLAB. A cache of 512 bytes is used throughout: 8 objects in a slab of a
// page, arrays of 54, batches of 27 (16 while little happens), shared arrays of 216.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/engine/slub/slab_machine.h"

namespace mm {
namespace {

using test::SlabMachine;

const KernelProfile& with_slab() {
    return profile_for(Arch::x86_64, {4, 17, 0});
}

SlabMachine small(unsigned cpus = 1, SlabParams params = {}) {
    return SlabMachine({{0, ZoneType::normal, {1024, 2048}}}, cpus, params, with_slab());
}
//  node 0: CPU 0      node 1: CPU 1
SlabMachine two_nodes(SlabParams params = {}) {
    return SlabMachine({{0, ZoneType::normal, {1024, 1536}}, {1, ZoneType::normal, {1536, 2048}}}, 2, params,
                       with_slab(), {0, 1});
}

CacheId make(SlabMachine& m, Bytes size = 512, SlabFlags flags = slab::noleaktrace, bool constructor = false) {
    CacheRequest r;
    r.name = "mine";
    r.object_size = size;
    r.flags = flags;
    r.constructor = constructor;
    const auto id = m.slabs.kmem_cache_create(r);
    EXPECT_TRUE(id && *id);
    return **id;
}

std::vector<PhysAddr> take(SlabMachine& m, CacheId id, std::size_t count, const SlabRequest& request = {}) {
    std::vector<PhysAddr> objects;
    for (std::size_t i = 0; i < count; ++i) {
        const auto object = m.slabs.kmem_cache_alloc(id, request);
        EXPECT_TRUE(object && *object);
        if (object && *object) objects.push_back(**object);
    }
    return objects;
}
void give(SlabMachine& m, CacheId id, const std::vector<PhysAddr>& objects, unsigned cpu = 0) {
    for (const PhysAddr object : objects)
        EXPECT_TRUE(m.slabs.kmem_cache_free(id, object, cpu));
}

const NodeSlabs& node(const SlabMachine& m, CacheId id, std::size_t nid = 0) {
    return m.state.cache(id).nodes[nid];
}
unsigned avail(const SlabMachine& m, CacheId id, unsigned cpu = 0) {
    return m.state.cache(id).arrays.cpu[cpu].avail();
}

TEST(ArrayObjects, BootMakesKmallocUpToTheLargestBlock) {
    SlabMachine m = small();
    ASSERT_EQ("", m.problem);
    EXPECT_EQ(SlabDesign::slab, m.state.design);
    // kmem_cache, 18 powers of two from 32 bytes to 4 MiB with 96 and 192, and the same for DMA.
    EXPECT_EQ(1u + 2 * 20, m.state.list.size());
    EXPECT_EQ("kmem_cache", m.state.cache(m.state.list[0]).name);
    EXPECT_EQ("kmalloc-128", m.state.cache(m.state.list[1]).name) << "of struct kmem_cache_node";
    EXPECT_EQ("dma-kmalloc-4194304", m.state.cache(m.state.list.back()).name);
    EXPECT_EQ(40u, m.cache("kmem_cache").live) << "its own structure stands in the kernel's image";
    const auto object = m.slabs.kmalloc(100000, {});
    ASSERT_TRUE(object && *object);
    EXPECT_EQ(131072u, m.slabs.ksize(**object)) << "a class, and not pages of its own";
    EXPECT_EQ(1u, m.cache("kmalloc-131072").live);
    EXPECT_TRUE(m.slabs.kfree(**object));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(ArrayObjects, BootThatFailsAnywhereGivesAllBack) {
    for (unsigned limit = 0; limit < 2000; ++limit) {
        test::SmallMemory memory({{0, ZoneType::normal, {1024, 2048}}}, true, with_slab());
        unsigned taken = 0;
        const SlabFaults faults{[&] { return taken++ >= limit; }, {}};
        SlabState state;
        SlabAllocator slabs({state, memory.allocator, memory.pages, memory.zones, memory.profile, &faults});
        SlabParams params;
        params.possible_cpus = params.present_cpus = 2;
        if (slabs.kmem_cache_init(params, 2, 1)) {
            EXPECT_GT(limit, 100u);
            return;
        }
        ASSERT_EQ(1024u, memory.zone(ZoneType::normal).free_pages) << limit;
        ASSERT_TRUE(state.caches.empty());
        ASSERT_EQ(std::nullopt, memory.allocator.check());
    }
    FAIL() << "it never came up";
}

//  Expect  first object: a new slab of 8, all of it goes into the array      8th: the array is empty again
TEST(ArrayObjects, AnEmptyCacheGrowsByASlabAtATime) {
    SlabMachine m = small();
    const CacheId id = make(m);
    auto objects = take(m, id, 1);
    EXPECT_EQ(7u, avail(m, id));
    EXPECT_EQ(1u, node(m, id).full.slabs) << "for its slab all are taken";
    EXPECT_EQ(1u, m.state.cache(id).live);
    for (const PhysAddr one : take(m, id, 7))
        objects.push_back(one);
    EXPECT_EQ(0u, avail(m, id));
    EXPECT_EQ(1u, node(m, id).nr_slabs);
    EXPECT_EQ(8u, std::set<PhysAddr>(objects.begin(), objects.end()).size());
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::allocmiss));
    EXPECT_EQ(7u, m.state.cache(id).counted(SlabStat::allochit));
    take(m, id, 1);
    EXPECT_EQ(2u, node(m, id).nr_slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(ArrayObjects, TheLastOneFreedIsTheNextOneGiven) {
    SlabMachine m = small();
    const CacheId id = make(m);
    const auto objects = take(m, id, 5);
    give(m, id, {objects[1], objects[3]});
    EXPECT_EQ((std::vector<PhysAddr>{objects[3], objects[1]}), take(m, id, 2));
    give(m, id, {objects[2]});
    EXPECT_FALSE(m.slabs.kmem_cache_free(id, objects[2])) << "it waits in the array, but nobody has it";
    EXPECT_FALSE(m.slabs.find(objects[2]).used);
    EXPECT_EQ(std::nullopt, m.check());
}

//  array [54 of 54] + 1   Expect  the 27 that waited longest go to their slabs (no shared array: one CPU)
TEST(ArrayObjects, AFullArrayGivesABatchToTheSlabs) {
    SlabMachine m = small();
    const CacheId id = make(m);
    const auto objects = take(m, id, 72);  // 9 slabs, the array is empty
    ASSERT_EQ(0u, avail(m, id));
    give(m, id, {objects.begin(), objects.begin() + 54});
    EXPECT_EQ(54u, avail(m, id));
    EXPECT_EQ(0u, node(m, id).arrays.free_objects);
    give(m, id, {objects[54]});
    EXPECT_EQ(28u, avail(m, id));
    EXPECT_EQ(27u, node(m, id).arrays.free_objects);
    EXPECT_EQ(3u, node(m, id).arrays.slabs_free.slabs) << "3 slabs of 8 are free, of the fourth 3 objects";
    EXPECT_EQ(1u, node(m, id).partial.slabs);
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::freemiss));
    EXPECT_EQ(std::nullopt, m.check());
    // A refill takes the partial slab first: 16 objects, since the array has not been used for long, or 27.
    take(m, id, 28);
    take(m, id, 1);
    EXPECT_EQ(26u, avail(m, id)) << "27 of 27, less the one";
    EXPECT_EQ(0u, node(m, id).arrays.free_objects);
    EXPECT_EQ(std::nullopt, m.check());
}

//  free_limit = (1 + CPUs of the node) * batchcount + objects of a slab = 2 * 27 + 8 = 62
TEST(ArrayObjects, SlabsBeyondTheLimitGoBack) {
    SlabMachine m = small();
    const CacheId id = make(m);
    EXPECT_EQ(62u, node(m, id).arrays.free_limit);
    const auto objects = take(m, id, 160);
    const NrPages before = m.free_pages();
    give(m, id, objects);
    EXPECT_LE(node(m, id).arrays.free_objects, 62u);
    EXPECT_GT(m.free_pages(), before);
    EXPECT_EQ(0u, m.state.cache(id).live);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_TRUE(m.slabs.kmem_cache_shrink(id));
    EXPECT_EQ(0u, node(m, id).nr_slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

//  CPU 0 frees   ─► [shared array of the node] ─►   CPU 1 allocates
TEST(ArrayObjects, CpusOfANodeShareAnArray) {
    SlabMachine m = small(2);
    const CacheId id = make(m);
    EXPECT_EQ(8u * 27, node(m, id).arrays.shared.limit);
    const auto objects = take(m, id, 72);
    give(m, id, {objects.begin(), objects.begin() + 55});
    EXPECT_EQ(27u, node(m, id).arrays.shared.avail());
    EXPECT_EQ(0u, node(m, id).arrays.free_objects);
    // CPU 1's array was never used: it takes 16, the last ones first.
    EXPECT_EQ(objects[26], take(m, id, 1, {gfp::GFP_KERNEL, no_node, 1})[0]);
    EXPECT_EQ(15u, avail(m, id, 1));
    EXPECT_EQ(11u, node(m, id).arrays.shared.avail());
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::refill_shared));
    EXPECT_EQ(std::nullopt, m.check());
}

//  CPU 0 of node 0 frees objects of node 1: alien[1] of node 0, 12 at most; the 13th sends 12 to node 1's shared array
TEST(ArrayObjects, ObjectsOfOtherNodesWaitInAlienCaches) {
    SlabMachine m = two_nodes();
    const CacheId id = make(m);
    const auto objects = take(m, id, 16, {gfp::GFP_KERNEL, no_node, 1});
    EXPECT_EQ(1, m.state.cache(id).slabs[0].nid);
    give(m, id, {objects.begin(), objects.begin() + 12}, 0);
    const NodeArrays& here = node(m, id, 0).arrays;
    EXPECT_EQ(12u, here.alien[1].avail());
    EXPECT_EQ(0u, avail(m, id, 0));
    EXPECT_EQ(std::nullopt, m.check());
    give(m, id, {objects[12]}, 0);
    EXPECT_EQ(1u, node(m, id, 0).arrays.alien[1].avail());
    EXPECT_EQ(12u, node(m, id, 1).arrays.shared.avail());
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::node_overflow));
    EXPECT_EQ(std::nullopt, m.check());
    SlabParams params;
    params.noaliencache = true;
    SlabMachine without = two_nodes(params);
    const CacheId other = make(without);
    const auto one = take(without, other, 1, {gfp::GFP_KERNEL, no_node, 1});
    give(without, other, one, 0);
    EXPECT_EQ(1u, node(without, other, 1).arrays.free_objects) << "noaliencache: to its slab at once";
    EXPECT_EQ(std::nullopt, without.check());
}

TEST(ArrayObjects, ANodeThatIsAskedForServesFromItsSlabs) {
    SlabMachine m = two_nodes();
    const CacheId id = make(m);
    const auto object = take(m, id, 1, {gfp::GFP_KERNEL, 1, 0});
    EXPECT_EQ(1, m.memory.zones.zone_of(pfn_down(object[0]))->nid);
    EXPECT_EQ(0u, avail(m, id, 0)) << "the arrays of CPU 0 are of its own node";
    EXPECT_EQ(7u, node(m, id, 1).arrays.free_objects);
    EXPECT_EQ(1u, node(m, id, 1).partial.slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

//  node 0 is used up   Expect  objects that node 1 has, then pages of node 1; with __GFP_THISNODE nothing
TEST(ArrayObjects, OtherNodesHelpWhenMemoryIsShort) {
    SlabMachine m = two_nodes();
    const CacheId id = make(m);
    take(m, id, 1, {gfp::GFP_KERNEL, 1, 0});
    NrPages others = 0;
    while (m.memory.allocator.alloc_pages({gfp::GFP_KERNEL | gfp::thisnode, 0, 0, 0}))
        ++others;
    const auto exact = m.slabs.kmem_cache_alloc(id, {gfp::GFP_KERNEL | gfp::thisnode, no_node, 0});
    ASSERT_TRUE(exact);
    EXPECT_FALSE(*exact);
    const auto objects = take(m, id, 9);
    for (const PhysAddr object : objects)
        EXPECT_EQ(1, m.memory.zones.zone_of(pfn_down(object))->nid);
    EXPECT_EQ(2u, node(m, id, 1).nr_slabs);
    EXPECT_EQ(std::nullopt, m.check(others));
}

//  slabs 0 1 2 3 ...   Expect  colours 1 2 3 0 1: the first object 64, 128, 192, 0, 64 bytes from its page's start
TEST(ArrayObjects, SlabsOfANodeTakeColoursInTurn) {
    SlabMachine m = small();
    const CacheId id = make(m, 640, slab::hwcache_align);  // 6 objects of 640, 256 bytes are left
    take(m, id, 30);
    std::vector<Bytes> offsets;
    for (SlabId slab = 0; slab < 5; ++slab)
        offsets.push_back(m.state.cache(id).address_of(slab, 0) % page_size);
    EXPECT_EQ((std::vector<Bytes>{64, 128, 192, 0, 64}), offsets);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(ArrayObjects, AListOffTheSlabIsAnObjectOfKmalloc) {
    SlabMachine m = small();
    const CacheId id = make(m, 1024, 0, true);
    ASSERT_EQ(FreelistPlace::off_slab, m.state.cache(id).layout.slab.freelist);
    const std::uint64_t lists = m.cache("kmalloc-32").live;
    const auto objects = take(m, id, 5);
    EXPECT_EQ(lists + 2, m.cache("kmalloc-32").live);
    give(m, id, objects);
    EXPECT_TRUE(m.slabs.kmem_cache_shrink(id));
    EXPECT_EQ(lists, m.cache("kmalloc-32").live);
    // No memory for the list: the pages go back.
    m.faults.object = [calls = 0]() mutable { return ++calls >= 2; };
    const NrPages free = m.free_pages();
    const auto none = m.slabs.kmem_cache_alloc(id, {gfp::GFP_KERNEL | gfp::thisnode, no_node, 0});
    m.faults.object = {};
    ASSERT_TRUE(none);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(*none);
    EXPECT_EQ(free, m.free_pages());
}

//  Expect  the array is left alone while it is used, then a fifth of 54 (11) goes, and every other time a slab
TEST(ArrayObjects, TheReaperEmptiesWhatIsNotUsed) {
    SlabMachine m = small();
    const CacheId id = make(m);
    give(m, id, take(m, id, 48));
    ASSERT_EQ(48u, avail(m, id));
    EXPECT_TRUE(m.slabs.cache_reap(0));
    EXPECT_EQ(48u, avail(m, id)) << "it was touched";
    EXPECT_TRUE(m.slabs.cache_reap(0));
    EXPECT_EQ(37u, avail(m, id));
    for (int i = 0; i < 40; ++i) {
        EXPECT_TRUE(m.slabs.cache_reap(0));
        ASSERT_EQ(std::nullopt, m.check());
    }
    EXPECT_EQ(0u, avail(m, id));
    EXPECT_EQ(0u, node(m, id).nr_slabs);
    EXPECT_GT(m.state.cache(id).counted(SlabStat::reaped), 0u);
}

TEST(ArrayObjects, ArraysCanBeTuned) {
    SlabMachine m = small(2);
    const CacheId id = make(m);
    const auto objects = take(m, id, 20);
    give(m, id, objects);
    EXPECT_TRUE(m.slabs.tune_cpucache(id, 10, 5, 2));
    EXPECT_EQ(0u, avail(m, id)) << "what waited went to the slabs";
    EXPECT_EQ(10u, m.state.cache(id).arrays.cpu[1].limit);
    EXPECT_EQ(10u, node(m, id).arrays.shared.limit);
    EXPECT_EQ(3u * 5 + 8, node(m, id).arrays.free_limit);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(m.slabs.tune_cpucache(id, 5, 6, 0)) << "a batch larger than the array";
    EXPECT_FALSE(m.slabs.tune_cpucache(id, 0, 0, 0));
    EXPECT_FALSE(m.slabs.tune_cpucache(id, 5000, 1, 0)) << "per-CPU memory has no room for it";
}

TEST(ArrayObjects, ManyAtOnceOrNone) {
    SlabMachine m = small();
    const CacheId id = make(m);
    const auto objects = m.slabs.kmem_cache_alloc_bulk(id, {}, 30);
    EXPECT_EQ(30u, objects.size());
    EXPECT_EQ(30u, m.state.cache(id).live);
    m.faults.object = [calls = 0]() mutable { return ++calls > 5; };
    EXPECT_TRUE(m.slabs.kmem_cache_alloc_bulk(id, {}, 30).empty());
    m.faults.object = {};
    EXPECT_EQ(30u, m.state.cache(id).live) << "the five went back";
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(ArrayObjects, CachesMergeWhereAlignmentAgrees) {
    SlabMachine m = small();
    const auto create = [&](std::string name, Bytes size, SlabFlags flags) {
        CacheRequest r;
        r.name = std::move(name);
        r.object_size = size;
        r.flags = flags;
        return **m.slabs.kmem_cache_create(r);
    };
    const CacheId a = create("a", 100, 0);
    EXPECT_EQ(a, create("b", 98, 0));
    EXPECT_NE(a, create("c", 100, slab::hwcache_align)) << "128 bytes, aligned to a cache line";
    const std::size_t made = m.state.list.size();
    EXPECT_TRUE(m.slabs.kmem_cache_destroy(a, "b"));
    EXPECT_TRUE(m.slabs.kmem_cache_destroy(a, "a"));
    EXPECT_EQ(made - 1, m.state.list.size());
    EXPECT_FALSE(m.slabs.kmem_cache_destroy(m.state.find("kmalloc-64"), "kmalloc-64"));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect  the list lies in the object handed out last, and nowhere while the slab is full
TEST(ArrayObjects, AListInAnObjectMovesWithTheFreeObjects) {
    SlabMachine m = small();
    const CacheId id = make(m, 512, 0);
    ASSERT_EQ(FreelistPlace::in_object, m.state.cache(id).layout.slab.freelist);
    const auto object = take(m, id, 1, {gfp::GFP_KERNEL, no_node, 0});
    EXPECT_EQ(0u, m.state.cache(id).arrays.freelist_at[0]);
    EXPECT_TRUE(m.slabs.kmem_cache_shrink(id));  // the seven in the array go back to the slab
    const PhysAddr at = m.state.cache(id).arrays.freelist_at[0];
    EXPECT_NE(0u, at);
    EXPECT_FALSE(m.slabs.find(at).used);
    EXPECT_NE(object[0], at);
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
