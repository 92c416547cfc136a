// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/slab_allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/slab_common/size_classes.h"
#include "tests/engine/slub/slab_machine.h"

namespace mm {
namespace {

using test::SlabMachine;

constexpr PfnRange four_mib{1024, 2048};

SlabMachine small(unsigned cpus = 1) {
    return SlabMachine({{0, ZoneType::normal, four_mib}}, cpus);
}

PhysAddr must(const Outcome<std::optional<PhysAddr>>& object) {
    EXPECT_TRUE(object && *object);
    return object && *object ? **object : 0;
}

CacheRequest of_size(std::string name, Bytes size, SlabFlags flags = 0) {
    CacheRequest r;
    r.name = std::move(name);
    r.object_size = size;
    r.flags = flags;
    return r;
}

/// A cache that no other is merged with.
CacheId own_cache(SlabMachine& m, const std::string& name, Bytes size) {
    const auto id = m.slabs.kmem_cache_create(of_size(name, size, slab::noleaktrace));
    EXPECT_TRUE(id && *id);
    return **id;
}

TEST(SlabAllocator, BootMakesCachesOutOfCaches) {
    SlabMachine m = small();
    ASSERT_EQ("", m.problem);
    // kmem_cache, kmem_cache_node, 4 families of 13 size classes: each has its structure in kmem_cache, and one for its
    // node in kmem_cache_node.
    EXPECT_EQ(54u, m.state.list.size());
    EXPECT_EQ(54u, m.cache("kmem_cache").live);
    EXPECT_EQ(54u, m.cache("kmem_cache_node").live);
    EXPECT_EQ(256u, m.cache("kmem_cache").layout.size);
    EXPECT_EQ(64u, m.cache("kmem_cache_node").layout.size);
    EXPECT_EQ("kmem_cache", m.state.cache(m.state.list[0]).name);
    EXPECT_EQ("dma-kmalloc-8k", m.state.cache(m.state.list.back()).name);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, BootThatFailsAnywhereGivesAllBack) {
    // Its objects are refused from the first, the second, the third ... on, until it comes up.
    for (unsigned limit = 0; limit < 2000; ++limit) {
        test::SmallMemory memory({{0, ZoneType::normal, four_mib}});
        unsigned taken = 0;
        const SlabFaults faults{[&] { return taken++ >= limit; }, {}};
        SlabState state;
        SlabAllocator slabs({state, memory.allocator, memory.pages, memory.zones, memory.profile, &faults});
        if (slabs.kmem_cache_init({}, 1, 1)) {
            EXPECT_GT(limit, 100u);
            EXPECT_LT(memory.zone(ZoneType::normal).free_pages, four_mib.size());
            return;
        }
        ASSERT_EQ(four_mib.size(), memory.zone(ZoneType::normal).free_pages) << limit;
        ASSERT_TRUE(state.caches.empty());
        ASSERT_EQ(std::nullopt, memory.allocator.check());
    }
    FAIL() << "it never came up";
}

TEST(SlabAllocator, AnObjectOf100BytesComesFromKmalloc128) {
    SlabMachine m = small();
    const PhysAddr object = must(m.slabs.kmalloc(100, {}));
    const auto found = m.slabs.find(object);
    EXPECT_EQ("kmalloc-128", m.state.cache(found.place.cache).name);
    EXPECT_TRUE(found.used);
    EXPECT_EQ(128u, m.slabs.ksize(object));
    EXPECT_TRUE(m.memory.pages.flags(pfn_down(object)) & bit(PageFlag::slab));
    EXPECT_EQ(std::nullopt, m.check());
    // The object freed last is the next one to be had.
    EXPECT_TRUE(m.slabs.kfree(object));
    EXPECT_EQ(object, must(m.slabs.kmalloc(128, {})));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, FamiliesFollowTheFlags) {
    SlabMachine m({{0, ZoneType::dma, {0, 1024}}, {0, ZoneType::normal, four_mib}});
    const auto cache_of = [&](Bytes size, Gfp flags) {
        const CacheId id = m.slabs.find(must(m.slabs.kmalloc(size, {flags, no_node, 0}))).place.cache;
        return id == no_cache ? "none" : m.state.cache(id).name;
    };
    EXPECT_EQ("kmalloc-96", cache_of(65, gfp::GFP_KERNEL));
    EXPECT_EQ("kmalloc-64", cache_of(64, gfp::GFP_KERNEL));
    EXPECT_EQ("kmalloc-192", cache_of(129, gfp::GFP_KERNEL));
    EXPECT_EQ("kmalloc-256", cache_of(193, gfp::GFP_KERNEL));
    EXPECT_EQ("kmalloc-cg-8k", cache_of(8192, gfp::GFP_KERNEL_ACCOUNT));
    EXPECT_EQ("kmalloc-rcl-1k", cache_of(1000, gfp::GFP_KERNEL | gfp::reclaimable));
    EXPECT_EQ("dma-kmalloc-8", cache_of(1, gfp::GFP_KERNEL | gfp::dma));
    const KernelProfile& arm = profile_for(Arch::arm64, {6, 1, 0});
    EXPECT_EQ(7u, kmalloc_index(8, arm)) << "128 bytes are the least there";
    EXPECT_EQ(8u, kmalloc_index(192, arm));
    EXPECT_EQ("kmalloc-1024", kmalloc_name(KmallocType::normal, 10, profile_for(Arch::x86_64, {4, 17, 0})));
}

TEST(SlabAllocator, LargeRequestsGoStraightToPages) {
    SlabMachine m = small();
    const NrPages before = m.free_pages();
    const PhysAddr object = must(m.slabs.kmalloc(8193, {}));
    EXPECT_EQ(4u, before - m.free_pages());
    EXPECT_EQ(16384u, m.slabs.ksize(object));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(m.slabs.kfree(object + 4096)) << "only the address that kmalloc() answered";
    EXPECT_TRUE(m.slabs.kfree(object));
    EXPECT_EQ(before, m.free_pages());
    EXPECT_FALSE(m.slabs.kmalloc(5 * MiB, {}));
}

TEST(SlabAllocator, ObjectsOfNoBytesAreNone) {
    SlabMachine m = small();
    EXPECT_EQ(zero_size_ptr, must(m.slabs.kmalloc(0, {})));
    EXPECT_TRUE(m.slabs.kfree(zero_size_ptr));
    EXPECT_TRUE(m.slabs.kfree(0));
}

TEST(SlabAllocator, MisuseIsToldAndChangesNothing) {
    SlabMachine m = small();
    const CacheId a = own_cache(m, "a", 64), b = own_cache(m, "b", 64);
    const PhysAddr object = must(m.slabs.kmem_cache_alloc(a, {}));
    const auto refusal = [](const Outcome<Done>& done) { return done ? "" : done.error().message; };
    EXPECT_EQ("cache_from_obj: Wrong slab cache. b but object is from a", refusal(m.slabs.kmem_cache_free(b, object)));
    EXPECT_EQ(fmt::format("{:#x} is inside a slab of a, but no object of it", object + 8),
              refusal(m.slabs.kfree(object + 8)));
    EXPECT_TRUE(m.slabs.kmem_cache_free(a, object));
    EXPECT_EQ(fmt::format("{:#x}: that object of a is free already", object),
              refusal(m.slabs.kmem_cache_free(a, object)));
    EXPECT_NE("", refusal(m.slabs.kfree(phys_of(1500)))) << "a free frame";
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, FullSlabsComeBackByTheirFirstFreedObject) {
    // Slabs of a 1024-byte cache hold 8 (order 1, one CPU). Fill three, free one object of the first.
    SlabMachine m = small();
    const CacheId id = own_cache(m, "k", 1024);
    std::vector<PhysAddr> objects;
    for (int i = 0; i < 24; ++i)
        objects.push_back(must(m.slabs.kmem_cache_alloc(id, {})));
    const KmemCache& s = m.state.cache(id);
    EXPECT_EQ(8u, s.layout.oo.objects);
    ASSERT_EQ(3u, s.slabs.size());
    EXPECT_EQ(SlabPlace::unlisted, s.slabs[0].place);
    EXPECT_EQ(SlabPlace::cpu, s.slabs[2].place);
    EXPECT_TRUE(m.slabs.kmem_cache_free(id, objects[0]));
    EXPECT_EQ(SlabPlace::cpu_partial, m.state.cache(id).slabs[0].place);
    EXPECT_TRUE(m.state.cache(id).slabs[0].frozen);
    EXPECT_EQ(std::nullopt, m.check());
    // The CPU's own slab is empty by now: the next object is the one just freed.
    EXPECT_EQ(objects[0], must(m.slabs.kmem_cache_alloc(id, {})));
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::cpu_partial_alloc));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, ANodeKeepsMinPartialEmptySlabs) {
    SlabMachine m = small();
    const CacheId id = own_cache(m, "k", 1024);  // min_partial 5, cpu_partial_slabs 24 * 2 / 8 = 6
    EXPECT_EQ(5u, m.state.cache(id).min_partial);
    EXPECT_EQ(6u, m.state.cache(id).cpu_partial_slabs);
    std::vector<PhysAddr> objects;
    for (int i = 0; i < 8 * 30; ++i)
        objects.push_back(must(m.slabs.kmem_cache_alloc(id, {})));
    for (const PhysAddr o : objects)
        EXPECT_TRUE(m.slabs.kmem_cache_free(id, o));
    const KmemCache& s = m.state.cache(id);
    EXPECT_EQ(0u, s.live);
    EXPECT_EQ(5u, s.nodes[0].partial.slabs);
    EXPECT_GT(s.nodes[0].nr_slabs, 5u) << "the CPU keeps some too";
    EXPECT_LT(s.nodes[0].nr_slabs, 15u);
    EXPECT_EQ(std::nullopt, m.check());
    // Shrinking leaves nothing.
    EXPECT_TRUE(m.slabs.kmem_cache_shrink(id));
    EXPECT_EQ(0u, m.state.cache(id).nodes[0].nr_slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, AnotherCpusFreesGoToTheSlabAndComeBackAsARefill) {
    SlabMachine m = small(2);
    const CacheId id = own_cache(m, "k", 1024);
    std::vector<PhysAddr> objects;
    for (unsigned i = 0; i < m.state.cache(id).layout.oo.objects; ++i)
        objects.push_back(must(m.slabs.kmem_cache_alloc(id, {})));
    EXPECT_TRUE(m.slabs.kmem_cache_free(id, objects[2], 1));
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::free_frozen));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(objects[2], must(m.slabs.kmem_cache_alloc(id, {})));
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::alloc_refill));
    // The other CPU gets a slab of its own.
    EXPECT_NE(pfn_down(objects[0]), pfn_down(must(m.slabs.kmem_cache_alloc(id, {gfp::GFP_KERNEL, no_node, 1}))));
    EXPECT_EQ(2u, m.state.cache(id).nodes[0].nr_slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, SlabsComeFromTheNodeAskedFor) {
    SlabMachine m({{0, ZoneType::normal, {1024, 2048}}, {1, ZoneType::normal, {2048, 3072}}});
    const CacheId id = own_cache(m, "k", 256);
    const PhysAddr near = must(m.slabs.kmem_cache_alloc(id, {}));
    const PhysAddr far = must(m.slabs.kmem_cache_alloc(id, {gfp::GFP_KERNEL, 1, 0}));
    EXPECT_LT(pfn_down(near), 2048u);
    EXPECT_GE(pfn_down(far), 2048u);
    EXPECT_EQ(1u, m.state.cache(id).counted(SlabStat::alloc_node_mismatch));
    // The near slab has gone to its node; a request near the CPU does not care where it is served from.
    EXPECT_EQ(1u, m.state.cache(id).nodes[0].partial.slabs);
    EXPECT_GE(pfn_down(must(m.slabs.kmem_cache_alloc(id, {}))), 2048u);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, CachesAlikeAreMerged) {
    SlabMachine m = small();
    const auto merged = [&](const CacheRequest& r) {
        const auto id = m.slabs.kmem_cache_create(r);
        return id && *id ? m.state.cache(**id).name : "none";
    };
    EXPECT_EQ("one", merged(of_size("one", 200)));
    EXPECT_EQ("one", merged(of_size("two", 196))) << "rounded up to a word it is as large";
    EXPECT_EQ("three", merged(of_size("three", 192))) << "a whole word less";
    EXPECT_EQ("four", merged(of_size("four", 200, slab::reclaim_account))) << "other pages";
    EXPECT_EQ("five", merged(of_size("five", 200, slab::typesafe_by_rcu)));
    CacheRequest constructed = of_size("six", 200);
    constructed.constructor = true;
    EXPECT_EQ("six", merged(constructed));
    // kmalloc-64 may not be merged with; kmalloc-cg-64 only by caches that count as it does.
    EXPECT_EQ("seven", merged(of_size("seven", 64)));
    const CacheId one = m.state.find("two");
    EXPECT_EQ(2u, m.state.cache(one).refcount);
    EXPECT_TRUE(m.slabs.kmem_cache_destroy(one, "two"));
    EXPECT_EQ(1u, m.state.cache(one).refcount);
    EXPECT_EQ(no_cache, m.state.find("two"));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, MergingCanBeForbidden) {
    SlabParams params;
    params.nomerge = true;
    SlabMachine m({{0, ZoneType::normal, four_mib}}, 1, params);
    (void)m.slabs.kmem_cache_create(of_size("one", 200));
    (void)m.slabs.kmem_cache_create(of_size("two", 200));
    EXPECT_NE(m.state.find("one"), m.state.find("two"));
}

TEST(SlabAllocator, DestroyedCachesGiveAllBack) {
    SlabMachine m = small();
    // Warm up the caches that describe caches, so that they need no new slab.
    EXPECT_TRUE(m.slabs.kmem_cache_destroy(own_cache(m, "k", 500), "k"));
    const NrPages before = m.free_pages();
    const std::uint64_t structs = m.cache("kmem_cache").live;
    const CacheId id = own_cache(m, "k", 500);
    const PhysAddr object = must(m.slabs.kmem_cache_alloc(id, {}));
    EXPECT_FALSE(m.slabs.kmem_cache_destroy(id, "k")) << "an object is in use";
    EXPECT_TRUE(m.slabs.kmem_cache_free(id, object));
    EXPECT_TRUE(m.slabs.kmem_cache_destroy(id, "k"));
    EXPECT_EQ(no_cache, m.state.find("k"));
    EXPECT_EQ(before, m.free_pages());
    EXPECT_EQ(structs, m.cache("kmem_cache").live);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, DebuggedCachesKeepAFullListAndNothingOnCpus) {
    SlabParams params;
    params.debug = slab::debug_default;
    SlabMachine m({{0, ZoneType::normal, four_mib}}, 1, params);
    ASSERT_EQ("", m.problem);
    const CacheId id = **m.slabs.kmem_cache_create(of_size("k", 1000));
    std::vector<PhysAddr> objects;
    const unsigned per_slab = m.state.cache(id).layout.oo.objects;
    for (unsigned i = 0; i < per_slab + 1; ++i)
        objects.push_back(must(m.slabs.kmem_cache_alloc(id, {})));
    const KmemCache& s = m.state.cache(id);
    EXPECT_EQ(no_slab, s.cpus[0].slab);
    EXPECT_EQ(1u, s.nodes[0].full.slabs);
    EXPECT_EQ(1u, s.nodes[0].partial.slabs);
    const PhysAddr slab = phys_of(s.slabs[m.slabs.find(objects[0]).place.slab].pfn);
    EXPECT_EQ(s.layout.red_left_pad, (objects[0] - slab) % s.layout.size) << "behind the red zone";
    EXPECT_TRUE(m.slabs.kfree(objects[0]));
    EXPECT_EQ(2u, m.state.cache(id).nodes[0].partial.slabs);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, FreelistsAreShuffledBySeed) {
    const auto first_objects = [](std::uint64_t seed) {
        SlabMachine m = small();
        (void)m.slabs.check();
        m.state.rng = Rng(seed);
        const CacheId id = own_cache(m, "k", 128);
        std::vector<PhysAddr> offsets;
        for (int i = 0; i < 16; ++i)
            offsets.push_back(must(m.slabs.kmem_cache_alloc(id, {})) % page_size);
        return offsets;
    };
    EXPECT_EQ(first_objects(3), first_objects(3));
    EXPECT_NE(first_objects(3), first_objects(4));
    const auto some = first_objects(3);
    EXPECT_FALSE(std::is_sorted(some.begin(), some.end()));
    EXPECT_EQ(16u, std::set<PhysAddr>(some.begin(), some.end()).size());
}

TEST(SlabAllocator, KreallocStaysWhileThereIsRoom) {
    SlabMachine m = small();
    const PhysAddr object = must(m.slabs.kmalloc(100, {}));
    EXPECT_EQ(object, must(m.slabs.krealloc(object, 128, {})));
    const PhysAddr larger = must(m.slabs.krealloc(object, 129, {}));
    EXPECT_NE(object, larger);
    EXPECT_FALSE(m.slabs.find(object).used);
    m.faults.object = [] { return true; };
    const auto failed = m.slabs.krealloc(larger, 5000, {});
    EXPECT_TRUE(failed && !*failed);
    EXPECT_TRUE(m.slabs.find(larger).used) << "the old one stays";
    EXPECT_EQ(zero_size_ptr, must(m.slabs.krealloc(larger, 0, {})));
    EXPECT_EQ(std::nullopt, m.check());
}

struct Log final : EventSink {
    std::vector<std::string> events, lines;
    void event(const Event& e, std::string_view) override { events.emplace_back(name_of(e.kind)); }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
};

TEST(SlabAllocator, TellsWhatHappenedInOrder) {
    SlabMachine m = small();
    Log log;
    const CacheId id = own_cache(m, "k", 4096);
    const PhysAddr object = must(m.slabs.kmem_cache_alloc(id, {}, Tracer(&log)));
    const std::vector<std::string> last(log.events.end() - 5, log.events.end());
    EXPECT_EQ(
        (std::vector<std::string>{"mm_page_alloc", "page_flags", "page_flags", "allocate_slab", "kmem_cache_alloc"}),
        last);
    log.events.clear();
    EXPECT_TRUE(m.slabs.kfree(object, 0, Tracer(&log)));
    EXPECT_EQ(std::vector<std::string>{"kfree"}, log.events);
}

TEST(SlabAllocator, RunsOutWithTheKernelsWords) {
    SlabMachine m({{0, ZoneType::normal, {1024, 1280}}});
    Log log;
    const CacheId id = own_cache(m, "k", 4096);
    unsigned n = 0;
    for (;; ++n) {
        const auto object = m.slabs.kmem_cache_alloc(id, {gfp::GFP_NOWAIT, no_node, 0}, Tracer(&log));
        ASSERT_TRUE(object);
        if (!*object) break;
    }
    EXPECT_EQ(0u, m.free_pages()) << "down to single pages: the smallest slab is one";
    EXPECT_GT(m.state.cache(id).counted(SlabStat::order_fallback), 0u);
    ASSERT_GE(log.lines.size(), 3u);
    EXPECT_EQ("SLUB: Unable to allocate memory on node -1, gfp=0x800(GFP_NOWAIT)", log.lines[log.lines.size() - 3]);
    EXPECT_EQ("  cache: k, object size: 4096, buffer size: 4096, default order: 3, min order: 0",
              log.lines[log.lines.size() - 2]);
    EXPECT_EQ(fmt::format("  node 0: slabs: {}, objs: {}, free: 0", m.state.cache(id).nodes[0].nr_slabs, n),
              log.lines.back());
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(SlabAllocator, SlabinfoCountsAsTheKernelDoes) {
    SlabMachine m = small();
    const CacheId id = own_cache(m, "k", 1024);
    must(m.slabs.kmem_cache_alloc(id, {}));
    const auto rows = slabinfo_rows(m.state);
    EXPECT_EQ("k", rows.front().name);
    EXPECT_EQ("kmem_cache", rows.back().name);
    // The CPU's slab counts as wholly active; only partial lists of nodes are looked at.
    EXPECT_EQ(8u, rows.front().active_objs);
    EXPECT_EQ(8u, rows.front().num_objs);
    EXPECT_EQ(1u, rows.front().num_slabs);
}

}  // namespace
}  // namespace mm
