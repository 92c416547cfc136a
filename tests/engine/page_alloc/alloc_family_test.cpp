// SPDX-License-Identifier: GPL-3.0-or-later
// The relatives of alloc_pages() and __free_pages(): exact, bulk, references, compound pages, policies, drains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mmzone/pageset_sizes.h"
#include "engine/page_alloc/mempolicy.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::ElementsAre;

constexpr Gfp movable = gfp::GFP_HIGHUSER_MOVABLE;

class Events final : public EventSink {
public:
    void event(const Event& e, std::string_view) override { all.push_back(e); }
    void printk(std::string) override {}
    unsigned count(EventKind kind) const {
        return static_cast<unsigned>(
            std::count_if(all.begin(), all.end(), [=](const Event& e) { return e.kind == kind; }));
    }
    std::vector<Event> all;
};

struct Machine64 : SmallMemory {
    explicit Machine64(unsigned cpus = 1, NrPages frames = 64) : SmallMemory({{0, ZoneType::normal, {0, frames}}}) {
        if (cpus == 0) return;
        PerCpuPages lists;
        lists.batch = 4;
        lists.high = 12;
        normal().pcp.assign(cpus, lists);
    }
    Zone& normal() { return zone(ZoneType::normal); }
};

AllocRequest ask(Order order = 0, Gfp flags = movable, Nid nid = 0) {
    return {flags, order, nid, 0};
}

//      [0 ........... 7] order 3       5 pages asked for: 0 1 2 3 4 stay, 5 6 7 go straight to the buddy's tail
TEST(AllocExact, TheBlockIsSplitAndItsTailFreed) {
    Machine64 m(0);
    const auto pfn = m.allocator.alloc_pages_exact(ask(), 5 * page_size - 100);
    ASSERT_TRUE(pfn);
    ASSERT_EQ(*pfn, 0u);
    for (Pfn p = 0; p < 5; ++p)
        EXPECT_EQ(m.pages.order(p), 0u) << "page " << p << " stands alone";
    EXPECT_TRUE(m.pages.free_head(5));
    EXPECT_EQ(m.pages.order(6), 1u) << "6 and 7 have merged";
    EXPECT_EQ(m.normal().free_pages, 59u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    ASSERT_TRUE(m.allocator.free_pages_exact(**pfn, 5 * page_size));
    EXPECT_EQ(m.normal().free_area[6].nr_free, 1u) << "all is whole again";
}

TEST(AllocExact, NothingAndTooMuchAreRefused) {
    Machine64 m(0);
    EXPECT_FALSE(m.allocator.alloc_pages_exact(ask(), 0));
    EXPECT_FALSE(m.allocator.alloc_pages_exact(ask(), page_size << 11));
}

//      list empty, batch 4: refilled as often as needed; 6 pages leave 2 on the list
TEST(AllocBulk, PagesComeFromTheCpusListAndAreCountedOnce) {
    Machine64 m;
    const auto got = m.allocator.alloc_pages_bulk(ask(), 6);
    EXPECT_THAT(got, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_EQ(m.normal().pcp[0].count, 2u);
    EXPECT_EQ(m.stats.vm.pgalloc[static_cast<std::size_t>(ZoneType::normal)], 6u);
    EXPECT_EQ(m.normal().numa_stat[static_cast<std::size_t>(NumaStat::hit)], 6u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(AllocBulk, WithTooLittleMemoryOneAtLeast) {
    Machine64 m(1, 8);
    EXPECT_EQ(m.allocator.alloc_pages_bulk(ask(), 100).size(), 1u) << "the watermark asks for 100";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      order 2 [0 1 2 3], get_page => 2 references
//      __free_pages(0, 2): page 0 stays with one, [2,3] and [1] go
TEST(References, AFreeWithReferencesLeftKeepsTheFirstPageOnly) {
    Machine64 m(0);
    ASSERT_EQ(m.allocator.alloc_pages(ask(2)), 0u);
    ASSERT_TRUE(m.allocator.get_page(0));
    ASSERT_TRUE(m.allocator.free_pages(0, 2));
    EXPECT_EQ(m.pages.order(0), 0u);
    EXPECT_EQ(m.pages.refcount(0), 1);
    EXPECT_TRUE(m.pages.free_head(1));
    EXPECT_EQ(m.normal().free_pages, 63u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    ASSERT_TRUE(m.allocator.put_page(0));
    EXPECT_EQ(m.normal().free_area[6].nr_free, 1u);
}

//      compound [0 h][1 t][2 t][3 t]: a tail's references are the head's; the last one frees all
TEST(References, ACompoundPageIsOneThing) {
    Machine64 m(0);
    ASSERT_EQ(m.allocator.alloc_pages(ask(2, movable | gfp::comp)), 0u);
    EXPECT_EQ(compound_page_of(m.pages, 3).head, 0u);
    EXPECT_EQ(compound_page_of(m.pages, 3).order, 2u);
    EXPECT_EQ(compound_page_of(m.pages, 0).destructor(), "COMPOUND_PAGE_DTOR");
    EXPECT_EQ(compound_page_of(m.pages, 4).head, no_pfn);
    ASSERT_TRUE(m.allocator.get_page(3));
    EXPECT_EQ(m.pages.refcount(0), 2);
    ASSERT_TRUE(m.allocator.free_pages(0, 2));
    EXPECT_EQ(compound_page_of(m.pages, 1).head, 0u) << "still there";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    ASSERT_TRUE(m.allocator.put_page(2));
    EXPECT_EQ(m.normal().free_area[6].nr_free, 1u);
    EXPECT_FALSE(m.allocator.put_page(2)) << "free already";
}

TEST(References, PutPageMayNotLoseTheRestOfABlock) {
    Machine64 m(0);
    ASSERT_EQ(m.allocator.alloc_pages(ask(1)), 0u);
    const auto lost = m.allocator.put_page(0);
    ASSERT_FALSE(lost);
    EXPECT_NE(lost.error().text().find("lose"), std::string::npos);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      one page asked for: 4 blocks leave the free lists, one is handed out; events in the kernel's order
TEST(PcpEvents, ARefillTellsOfEachBlock) {
    Machine64 m;
    Events events;
    ASSERT_TRUE(m.allocator.alloc_pages(ask(), Tracer(&events)));
    EXPECT_EQ(events.count(EventKind::mm_page_alloc_zone_locked), 4u);
    EXPECT_EQ(events.all.back().kind, EventKind::mm_page_alloc);
    for (const Event& e : events.all) {
        const bool locked = e.kind == EventKind::mm_page_alloc_zone_locked;
        EXPECT_EQ(e.b, locked ? 1u : e.b) << "percpu_refill";
    }
    events.all.clear();
    ASSERT_TRUE(m.allocator.alloc_pages(ask(), Tracer(&events)));
    EXPECT_EQ(events.all.size(), 1u) << "from the list: no lock";
}

//      two CPUs with 3 pages each on their lists
TEST(Drain, EmptiesOneCpusListsOrAll) {
    Machine64 m(2);
    ASSERT_TRUE(m.allocator.alloc_pages({movable, 0, 0, 0}));
    ASSERT_TRUE(m.allocator.alloc_pages({movable, 0, 0, 1}));
    EXPECT_EQ(m.normal().pcp[0].count + m.normal().pcp[1].count, 6u);
    Events events;
    m.allocator.drain_pages(1, Tracer(&events));
    EXPECT_EQ(events.count(EventKind::mm_page_pcpu_drain), 3u);
    EXPECT_EQ(m.normal().pcp[0].count, 3u);
    EXPECT_EQ(m.normal().pcp[1].count, 0u);
    m.allocator.drain_all_pages();
    EXPECT_EQ(m.normal().free_pages, 62u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Vmstat, FoldingMakesTheCounterExact) {
    Machine64 m;
    m.normal().stat_threshold = 100;
    ASSERT_TRUE(m.allocator.alloc_pages(ask()));
    EXPECT_EQ(m.normal().free_pages, 60u);
    EXPECT_EQ(m.normal().free_pages_seen(), 64) << "the CPU keeps -4 to itself";
    m.allocator.fold_vmstat(0);
    EXPECT_EQ(m.normal().free_pages_seen(), 60);
}

TEST(Pagesets, EachPossibleCpuGetsListsOfTheZonesSizes) {
    Machine64 m(0, 2048);
    setup_per_cpu_pageset(m.zones, m.profile, 3);
    ASSERT_EQ(m.normal().pcp.size(), 3u);
    EXPECT_EQ(m.normal().pcp[2].high, m.normal().pageset_high);
    EXPECT_EQ(m.normal().pcp[2].batch, m.normal().pageset_batch);
    m.normal().watermark = {400, 500, 600};
    set_pagesets(m.zones, m.profile);
    EXPECT_EQ(m.normal().pcp[1].high, 500u) << "follows the low watermark";
    EXPECT_TRUE(m.zone(ZoneType::dma).pcp.empty()) << "no memory, no lists";
}

//      node 0 [0 .. 63]   node 1 [64 .. 127]   node 2 [128 .. 191]
struct ThreeNodes : SmallMemory {
    ThreeNodes()
        : SmallMemory(
              {{0, ZoneType::normal, {0, 64}}, {1, ZoneType::normal, {64, 128}}, {2, ZoneType::normal, {128, 192}}}) {}
    Nid node_of(const MemPolicy& policy, Gfp flags = movable) {
        const AllocRequest request = with_policy(ask(0, flags), policy, zones, il_prev);
        const auto pfn = allocator.alloc_pages(request);
        if (!pfn) return no_node;
        if (policy.mode == PolicyMode::interleave) count_interleave(zones, request, *pfn);
        return zones.frames_of(*pfn)->zone.nid;
    }
    Nid il_prev = no_node;
};

TEST(Policy, PreferredBindAndInterleave) {
    ThreeNodes m;
    EXPECT_EQ(m.node_of({}), 0);
    EXPECT_EQ(m.node_of({PolicyMode::preferred, 0b100}), 2);
    EXPECT_EQ(m.node_of({PolicyMode::bind, 0b110}), 1) << "the nearest of those bound to";
    EXPECT_EQ(m.node_of({PolicyMode::interleave, 0b101}), 0);
    EXPECT_EQ(m.node_of({PolicyMode::interleave, 0b101}), 2);
    EXPECT_EQ(m.node_of({PolicyMode::interleave, 0b101}), 0);
    EXPECT_EQ(m.zone(ZoneType::normal, 0).numa_stat[static_cast<std::size_t>(NumaStat::interleave)], 2u);
}

TEST(Policy, BoundRequestsFailRatherThanLeaveTheirNodes) {
    ThreeNodes m;
    for (int i = 0; i < 64; ++i)
        ASSERT_EQ(m.node_of({PolicyMode::bind, 0b010}), 1);
    EXPECT_EQ(m.node_of({PolicyMode::bind, 0b010}), no_node);
    EXPECT_EQ(m.node_of({PolicyMode::preferred, 0b010}), 2) << "a preference is left";
    EXPECT_EQ(m.zone(ZoneType::normal, 1).numa_stat[static_cast<std::size_t>(NumaStat::foreign)], 1u);
    EXPECT_EQ(m.zone(ZoneType::normal, 2).numa_stat[static_cast<std::size_t>(NumaStat::miss)], 1u);
}

}  // namespace
}  // namespace mm
