// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/types/rng.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::ElementsAre;

constexpr Gfp unmovable = gfp::GFP_KERNEL, movable = gfp::GFP_HIGHUSER_MOVABLE;

AllocRequest ask(Order order, Gfp flags = movable, Nid nid = 0) {
    AllocRequest r;
    r.gfp = flags;
    r.order = order;
    r.nid = nid;
    return r;
}

struct Recorder : EventSink {
    std::vector<Event> events;
    std::function<void()> at_each;
    void event(const Event& e, std::string_view) override {
        events.push_back(e);
        if (at_each) at_each();
    }
    void printk(std::string) override {}
    std::vector<EventKind> kinds() const {
        std::vector<EventKind> out;
        for (const Event& e : events)
            out.push_back(e.kind);
        return out;
    }
};

//      [0 .......................... 15]   order 4, alone
//  =>  [0,1] taken   [2,3] order 1   [4..7] order 2   [8..15] order 3
TEST(Buddy, SplitsTheSmallestBlockThatFits) {
    SmallMemory m({{0, ZoneType::normal, {0, 16}}});
    EXPECT_THAT(m.free_blocks(ZoneType::normal), ElementsAre(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    EXPECT_EQ(m.allocator.alloc_pages(ask(1)), 0u);
    EXPECT_THAT(m.free_blocks(ZoneType::normal), ElementsAre(0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0));
    EXPECT_EQ(m.zone(ZoneType::normal).free_pages, 14u);
    EXPECT_EQ(m.pages.order(0), 1u);
    EXPECT_EQ(m.pages.refcount(0), 1);
    EXPECT_EQ(m.pages.refcount(1), 0);
    EXPECT_EQ(m.stats.splits, 3u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(0)), 2u) << "from the order 1 block, not from a larger one";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      frees of 0, 2, 3, 1 in this order: 2 and 3 meet, then 0 and 1, then both, then the rest
TEST(Buddy, MergesUpwardsWhenTheBuddyIsFree) {
    SmallMemory m({{0, ZoneType::normal, {0, 16}}});
    for (Pfn p = 0; p < 4; ++p)
        EXPECT_EQ(m.allocator.alloc_pages(ask(0)), p);
    for (Pfn p : {0u, 2u, 3u})
        ASSERT_TRUE(m.allocator.free_pages(p, 0));
    EXPECT_THAT(m.free_blocks(ZoneType::normal), ElementsAre(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0));
    ASSERT_TRUE(m.allocator.free_pages(1, 0));
    EXPECT_THAT(m.free_blocks(ZoneType::normal), ElementsAre(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    EXPECT_EQ(m.stats.merges, 1u + 4u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      A frame whose buddy is taken but whose parent's buddy is free will soon be part of something larger: to the
//      tail.
TEST(Buddy, AFreeThatIsLikelyToMergeGoesToTheTail) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    std::vector<Pfn> got;
    for (int i = 0; i < 12; ++i)
        got.push_back(*m.allocator.alloc_pages(ask(0)));
    ASSERT_TRUE(m.allocator.free_pages(8, 0));  // 10 and 11 taken: head
    ASSERT_TRUE(m.allocator.free_pages(4, 0));  // 6 and 7 taken: head
    const FreeList& list = m.zone(ZoneType::normal).free_area[0].free_list[1];
    EXPECT_THAT(list_blocks(list, m.pages), ElementsAre(4, 8));
    ASSERT_TRUE(m.allocator.free_pages(2, 0));
    ASSERT_TRUE(m.allocator.free_pages(3, 0));  // [2,3] free, order 1
    EXPECT_THAT(list_blocks(list, m.pages), ElementsAre(4, 8));
    ASSERT_TRUE(m.allocator.free_pages(0, 0));  // buddy 1 taken, [2,3] free: tail
    EXPECT_THAT(list_blocks(list, m.pages), ElementsAre(4, 8, 0));
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      node 0 [DMA 0..1023]   node 0 [Normal 1024..2047]: order 10 buddies 0 and 1024 would be order 11 anyway; order 9
//      of different zones meet at 512|1024 below
TEST(Buddy, NeverMergesAcrossZones) {
    SmallMemory m({{0, ZoneType::dma, {0, 512}}, {0, ZoneType::normal, {512, 1024}}});
    EXPECT_THAT(m.free_blocks(ZoneType::dma), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    EXPECT_THAT(m.free_blocks(ZoneType::normal), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Buddy, WrongFreesAreToldInWordsAndChangeNothing) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    const Pfn p = *m.allocator.alloc_pages(ask(2));
    const auto before = m.pages.freeze().hash();
    const auto message = [&](Pfn pfn, Order order) {
        const auto r = m.allocator.free_pages(pfn, order);
        return r ? "" : r.error().message;
    };
    EXPECT_EQ(message(p, 1), "frame 0x0 is not the head of an allocated block of order 1: that block has order 2");
    EXPECT_EQ(message(p + 1, 0),
              "frame 0x1 is not the head of an allocated block of order 0: it lies inside another block");
    EXPECT_EQ(message(32, 0), "frame 0x20 is not the head of an allocated block of order 0: it is free already");
    EXPECT_EQ(message(99, 0), "frame 0x63 is not the head of an allocated block of order 0: memory ends at 0x40");
    EXPECT_EQ(m.pages.freeze().hash(), before);
    EXPECT_TRUE(m.allocator.free_pages(p, 2));
    EXPECT_EQ(message(p, 2), "frame 0x0 is not the head of an allocated block of order 2: it is free already");
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Buddy, ACompoundPageHasAHeadAndTailsThatPointToIt) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    const Pfn p = *m.allocator.alloc_pages(ask(3, unmovable | gfp::comp));
    EXPECT_EQ(m.pages.flags(p), bit(PageFlag::head));
    for (Pfn t = p + 1; t < p + 8; ++t)
        EXPECT_EQ(m.pages.link(t).next, p);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    EXPECT_FALSE(m.allocator.split_page(p)) << "compound pages are not split";
    ASSERT_TRUE(m.allocator.free_pages(p, 3));
    EXPECT_EQ(m.pages.flags(p), 0u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Buddy, SplitPageMakesSinglePagesThatAreFreedOneByOne) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    const Pfn p = *m.allocator.alloc_pages(ask(2));
    ASSERT_TRUE(m.allocator.split_page(p));
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    EXPECT_FALSE(m.allocator.free_pages(p, 2));
    for (Pfn i = p; i < p + 4; ++i) {
        EXPECT_EQ(m.pages.refcount(i), 1);
        ASSERT_TRUE(m.allocator.free_pages(i, 0));
    }
    EXPECT_EQ(m.zone(ZoneType::normal).free_pages, 64u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      Normal is empty: DMA32 serves, and keeps its lowmem_reserve from requests that could go higher.
TEST(Buddy, WalksTheZonelistDownAndMindsReserves) {
    SmallMemory m({{0, ZoneType::dma32, {0, 64}}, {0, ZoneType::normal, {64, 80}}});
    m.zone(ZoneType::dma32).lowmem_reserve[static_cast<std::size_t>(ZoneType::normal)] = 33;
    EXPECT_EQ(m.allocator.alloc_pages(ask(3, unmovable)), 64u);
    // Expect order 3 again from DMA32: 8 frames left in Normal, but 8 - 7 > 0 holds, so one more fits there.
    EXPECT_EQ(m.allocator.alloc_pages(ask(3, unmovable)), 72u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(4, unmovable)), 0u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(4, unmovable)), std::nullopt) << "48 - 15 is not above the reserve of 33";
    EXPECT_EQ(m.allocator.alloc_pages(ask(4, unmovable | gfp::dma32)), 16u) << "who cannot go higher has no reserve";
    EXPECT_EQ(m.stats.failures, 1u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Buddy, AtomicRequestsReachDeeperThanOthers) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    m.zone(ZoneType::normal).watermark = {32, 40, 48};
    int normal = 0, atomic = 0;
    while (m.allocator.alloc_pages(ask(0, unmovable)))
        ++normal;
    while (m.allocator.alloc_pages(ask(0, gfp::GFP_ATOMIC)))
        ++atomic;
    EXPECT_EQ(normal, 32) << "down to the min watermark";
    EXPECT_EQ(atomic, 20) << "down to min - min/2 - min/8 = 12";
    EXPECT_TRUE(m.allocator.alloc_pages(ask(0, unmovable | gfp::memalloc))) << "no watermark at all";
}

//      Every pageblock is movable at first. Expect an unmovable request to take the largest movable block, to turn its
//      pageblock unmovable and to leave the rest on unmovable lists.
TEST(Buddy, FallbackClaimsWholePageblocks) {
    SmallMemory m({{0, ZoneType::dma32, {0, 2048}}});
    Recorder seen;
    EXPECT_EQ(m.allocator.alloc_pages(ask(0, unmovable), Tracer(&seen)), 0u);
    EXPECT_EQ(m.zones.pageblock(0), MigrateType::unmovable);
    EXPECT_EQ(m.zones.pageblock(512), MigrateType::unmovable);
    EXPECT_EQ(m.zones.pageblock(1024), MigrateType::movable);
    EXPECT_EQ(m.zone(ZoneType::dma32).free_area[9].free_list[0].blocks, 1u);
    EXPECT_THAT(seen.kinds(), ElementsAre(EventKind::set_pageblock_migratetype, EventKind::set_pageblock_migratetype,
                                          EventKind::mm_page_alloc_extfrag, EventKind::expand,
                                          EventKind::mm_page_alloc_zone_locked, EventKind::mm_page_alloc));
    EXPECT_EQ(seen.events[2].a, 10u);
    EXPECT_EQ(seen.events[2].b, 1u << 8 | 0u) << "movable robbed by unmovable";
    EXPECT_EQ(seen.events[3].a, 10u);
    EXPECT_EQ(seen.events[3].b, 0u);
    EXPECT_EQ(m.stats.claimed_blocks, 2u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      One pageblock, half of it in movable use. Expect an unmovable order 0 to take the free half along, and the
//      pageblock to change sides because half of it is free.
TEST(Buddy, FallbackTakesTheRestOfThePageblockAlong) {
    SmallMemory m({{0, ZoneType::dma32, {0, 512}}});
    EXPECT_EQ(m.allocator.alloc_pages(ask(8)), 0u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(0, unmovable)), 256u);
    EXPECT_EQ(m.zones.pageblock(0), MigrateType::unmovable);
    for (Order o = 0; o < 8; ++o)
        EXPECT_EQ(m.zone(ZoneType::dma32).free_area[o].free_list[0].blocks, 1u);
    ASSERT_TRUE(m.allocator.free_pages(0, 8));
    EXPECT_EQ(m.zone(ZoneType::dma32).free_area[8].free_list[0].blocks, 1u) << "freed to the pageblock's new type";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      A small movable request may not steal a pageblock: it splits the smallest block of the other type.
TEST(Buddy, AMovableFallbackTakesTheSmallestBlockOnly) {
    SmallMemory m({{0, ZoneType::dma32, {0, 512}}});
    m.zones.pageblock_type.set(0, static_cast<std::uint8_t>(MigrateType::unmovable));
    const Pfn all = *m.allocator.alloc_pages(ask(9));
    ASSERT_TRUE(m.allocator.free_pages(all, 9));
    m.zones.pageblock_type.set(0, static_cast<std::uint8_t>(MigrateType::unmovable));
    const Pfn big = *m.allocator.alloc_pages(ask(8, unmovable));
    std::vector<Pfn> taken;
    while (m.zone(ZoneType::dma32).free_pages > 12)
        taken.push_back(*m.allocator.alloc_pages(ask(0, unmovable)));
    // Left: 12 frames, [508..511] and [500..507]: orders 2 and 3, unmovable lists.
    const Pfn p = *m.allocator.alloc_pages(ask(1));
    EXPECT_EQ(m.pages.order(p), 1u);
    EXPECT_EQ(m.zone(ZoneType::dma32).free_area[3].nr_free, 1u) << "the order 3 block is whole";
    EXPECT_EQ(m.zones.pageblock(0), MigrateType::unmovable);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
    (void)big;
}

TEST(Buddy, FailuresAreAnEventAndACount) {
    SmallMemory m({{0, ZoneType::normal, {0, 16}}});
    Recorder seen;
    EXPECT_EQ(m.allocator.alloc_pages(ask(5), Tracer(&seen)), std::nullopt);
    EXPECT_EQ(m.allocator.alloc_pages(ask(40), Tracer(&seen)), std::nullopt);
    EXPECT_EQ(m.allocator.alloc_pages(ask(0, movable, 7), Tracer(&seen)), std::nullopt) << "no such node";
    const auto kinds = seen.kinds();
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), EventKind::mm_page_alloc_failed), 3);
    EXPECT_EQ(m.stats.failures, 3u);
}

TEST(Buddy, TheStateIsConsistentAtEveryEvent) {
    SmallMemory m({{0, ZoneType::dma, {0, 1024}}, {0, ZoneType::normal, {1024, 4096}}});
    Recorder seen;
    seen.at_each = [&] { ASSERT_EQ(m.allocator.check(), std::nullopt); };
    std::vector<std::pair<Pfn, Order>> live;
    Rng rng(99);
    for (int i = 0; i < 3000; ++i) {
        if (live.empty() || rng.chance(550)) {
            const auto order = static_cast<Order>(rng.below(rng.chance(50) ? 11 : 4));
            const Gfp kind = rng.chance(600) ? movable : rng.chance(500) ? unmovable : unmovable | gfp::reclaimable;
            const auto p = m.allocator.alloc_pages(ask(order, kind), Tracer(&seen));
            for (const PageMove& move : m.allocator.moved())  // by compaction
                *std::find(live.begin(), live.end(), std::pair<Pfn, Order>{move.from, 0}) = {move.to, 0};
            if (p) live.push_back({*p, order});
        } else {
            const std::size_t at = rng.below(live.size());
            ASSERT_TRUE(m.allocator.free_pages(live[at].first, live[at].second, Tracer(&seen)));
            live[at] = live.back();
            live.pop_back();
        }
    }
    EXPECT_GT(m.stats.fallbacks, 0u);
}

//      remote node: with Normal of node 0 used up, GFP_KERNEL goes to node 1, __GFP_THISNODE fails.
TEST(Buddy, GoesToAnotherNodeUnlessForbidden) {
    SmallMemory m({{0, ZoneType::normal, {0, 1024}}, {1, ZoneType::normal, {1024, 2048}}});
    EXPECT_EQ(m.allocator.alloc_pages(ask(10, unmovable)), 0u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(3, unmovable | gfp::thisnode)), std::nullopt);
    EXPECT_EQ(m.allocator.alloc_pages(ask(3, unmovable)), 1024u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(3, unmovable, 1)), 1032u);
}

//      16 frames free as 8 + 4 + 4x1 (all but two blocks below order 3)
TEST(Buddy, FragmentationFigures) {
    Zone z;
    z.free_area[3].nr_free = 1;
    z.free_area[2].nr_free = 1;
    z.free_area[0].nr_free = 4;
    EXPECT_EQ(unusable_free_index(z, 0, 11), 0u);
    EXPECT_EQ(unusable_free_index(z, 3, 11), 500u);
    EXPECT_EQ(unusable_free_index(z, 4, 11), 1000u);
    EXPECT_EQ(fragmentation_index(z, 3, 11), -1000);
    EXPECT_EQ(fragmentation_index(z, 4, 11), 1000 - (1000 + 1000) / 6);
    EXPECT_EQ(unusable_free_index(Zone{}, 0, 11), 1000u);
    EXPECT_EQ(fragmentation_index(Zone{}, 0, 11), 0);
}

}  // namespace
}  // namespace mm
