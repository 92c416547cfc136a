// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/pcp_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/types/rng.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::ElementsAre;
using testing::Pair;

constexpr Gfp movable = gfp::GFP_HIGHUSER_MOVABLE;

struct OneCpu : SmallMemory {
    explicit OneCpu(NrPages frames, NrPages batch = 4, NrPages high = 12)
        : SmallMemory({{0, ZoneType::normal, {0, frames}}}), state{zones, pages, stats, profile} {
        PerCpuPages lists;
        lists.batch = batch;
        lists.high = high;
        normal().pcp.push_back(lists);
    }
    Zone& normal() { return zone(ZoneType::normal); }
    PerCpuPages& cpu() { return normal().pcp[0]; }
    std::vector<Pfn> list(Order order, MigrateType mt) {
        return list_blocks(cpu().lists[order_to_pindex(order, mt, profile)], pages);
    }
    AllocState state;
};

AllocRequest ask(Order order = 0, Gfp flags = movable) {
    return {flags, order, 0, 0};
}

TEST(PcpIndex, ThreeListsAnOrderThenThoseOfHugePages) {
    const KernelProfile& now = profile_for(Arch::x86_64, {6, 1, 0});
    EXPECT_EQ(nr_pcp_lists(now), 14u);
    EXPECT_EQ(order_to_pindex(3, MigrateType::reclaimable, now), 11u);
    EXPECT_EQ(order_to_pindex(9, MigrateType::unmovable, now), 12u);
    EXPECT_EQ(order_to_pindex(9, MigrateType::reclaimable, now), 12u);
    EXPECT_EQ(order_to_pindex(9, MigrateType::movable, now), 13u);
    EXPECT_EQ(pindex_to_order(13, now), 9u);
    EXPECT_FALSE(pcp_allowed_order(4, now));
    const KernelProfile& old = profile_for(Arch::x86_64, {4, 17, 0});
    EXPECT_EQ(nr_pcp_lists(old), 3u);
    EXPECT_FALSE(pcp_allowed_order(1, old));
    const KernelProfile& between = profile_for(Arch::x86_64, {5, 18, 0});
    EXPECT_EQ(nr_pcp_lists(between), 15u);
    EXPECT_EQ(order_to_pindex(9, MigrateType::reclaimable, between), 14u);
}

//      free_area   [0 .............................. 15]
//      batch 4  => list 0 <-> 1 <-> 2 <-> 3   the request gets 0
TEST(PcpLists, ARefillIsInOrderOfFramesAndTakenFromTheHead) {
    OneCpu m(16);
    EXPECT_EQ(m.allocator.alloc_pages(ask()), 0u);
    EXPECT_THAT(m.list(0, MigrateType::movable), ElementsAre(1, 2, 3));
    EXPECT_EQ(m.cpu().count, 3u);
    EXPECT_EQ(m.normal().free_pages, 12u) << "what waits for the CPU is not free";
    EXPECT_EQ(m.pages.state(2), state_byte(PageState::pcp, MigrateType::movable));
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      order 2: max(4 >> 2, 2) = 2 blocks [0..3] [4..7]
TEST(PcpLists, HigherOrdersAreRefilledWithFewerBlocks) {
    OneCpu m(64);
    EXPECT_EQ(m.allocator.alloc_pages(ask(2)), 0u);
    EXPECT_THAT(m.list(2, MigrateType::movable), ElementsAre(4));
    EXPECT_EQ(m.cpu().count, 4u);
    EXPECT_EQ(m.allocator.alloc_pages(ask(4)), 16u) << "order 4 knows no list";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(PcpLists, AFreedPageIsTheNextOneTaken) {
    OneCpu m(64);
    const Pfn a = *m.allocator.alloc_pages(ask()), b = *m.allocator.alloc_pages(ask());
    ASSERT_TRUE(m.allocator.free_pages(a, 0));
    EXPECT_EQ(m.list(0, MigrateType::movable).front(), a);
    EXPECT_FALSE(m.allocator.free_pages(a, 0)) << "it is free already";
    EXPECT_EQ(m.allocator.alloc_pages(ask()), a);
    EXPECT_NE(a, b);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      high 12, batch 4: at 12 pages 4 go; frees only => next time 8, limited to high - batch = 8
TEST(PcpLists, FreesWithoutAllocationsDrainMoreAndMore) {
    OneCpu m(128);
    std::vector<Pfn> taken;
    for (int i = 0; i < 60; ++i)
        taken.push_back(*m.allocator.alloc_pages(ask()));
    m.cpu().free_factor = 0;
    const NrPages before = m.cpu().count;
    std::vector<NrPages> drained;
    NrPages expected = before;
    for (const Pfn p : taken) {
        ASSERT_TRUE(m.allocator.free_pages(p, 0));
        ++expected;
        if (m.cpu().count != expected) drained.push_back(expected - m.cpu().count);
        expected = m.cpu().count;
        ASSERT_LT(m.cpu().count, 12u);
        ASSERT_EQ(m.allocator.check(), std::nullopt);
    }
    ASSERT_GE(drained.size(), 3u);
    EXPECT_EQ(drained[0], 4u);
    EXPECT_EQ(drained[1], 8u);
    EXPECT_EQ(drained[2], 8u);
    (void)m.allocator.alloc_pages(ask());
    EXPECT_EQ(m.cpu().free_factor, 0u) << "an allocation halves it";
}

//      lists    unmovable 0: a b     movable 0: c d e      drain 4, starting with movable's list
//      order    movable's tail first, the list emptied, then round to the next that holds something
TEST(PcpLists, ADrainGoesRoundTheListsFromTheOneAsked) {
    OneCpu m(64, 1, 100);
    for (Pfn p = 0; p < 10; ++p)
        ASSERT_EQ(m.allocator.alloc_pages(ask()), p);
    PcpLists lists(m.state, m.normal(), 0);
    const auto put = [&](Pfn p, MigrateType stored) {
        m.pages.set_freed(p, 0);
        lists.put(p, 0, stored);
    };
    put(0, MigrateType::unmovable);
    put(2, MigrateType::unmovable);
    put(4, MigrateType::highatomic);
    put(6, MigrateType::movable);
    put(8, MigrateType::movable);
    EXPECT_THAT(m.list(0, MigrateType::movable), ElementsAre(8, 6, 4));
    std::vector<std::pair<Pfn, MigrateType>> freed;
    lists.drain(4, 1, nullptr, [&](Pfn p, Order, MigrateType mt) { freed.emplace_back(p, mt); });
    EXPECT_THAT(freed, ElementsAre(Pair(4, MigrateType::highatomic), Pair(6, MigrateType::movable),
                                   Pair(8, MigrateType::movable), Pair(0, MigrateType::unmovable)));
    EXPECT_THAT(m.list(0, MigrateType::unmovable), ElementsAre(2));
    EXPECT_EQ(m.cpu().count, 1u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      The CPU's counter keeps up to stat_threshold to itself; watermarks see the rest only.
TEST(PcpLists, WatermarksDoNotSeeWhatACpuHasNotTold) {
    OneCpu m(64, 4, 12);
    m.normal().stat_threshold = 5;
    (void)m.allocator.alloc_pages(ask());
    EXPECT_EQ(m.normal().free_pages, 60u);
    EXPECT_EQ(m.normal().free_pages_seen(), 64);
    (void)m.allocator.alloc_pages(ask(4, gfp::GFP_KERNEL));
    EXPECT_EQ(m.normal().free_pages_seen(), 44) << "more than the threshold: all is told";
}

//      movable list of order 1, four blocks; rotating never loses or doubles one
TEST(BuddyLists, CompactionMovesParts) {
    SmallMemory m({{0, ZoneType::normal, {0, 32}}});
    std::vector<Pfn> got;
    for (int i = 0; i < 16; ++i)
        got.push_back(*m.allocator.alloc_pages(ask(1)));
    for (const Pfn p : {4u, 12u, 20u, 28u})
        ASSERT_TRUE(m.allocator.free_pages(p, 1));
    BuddyLists lists({m.zones, m.pages, m.stats, m.profile}, m.zone(ZoneType::normal));
    const auto now = [&] { return list_blocks(m.zone(ZoneType::normal).free_area[1].free_list[1], m.pages); };
    EXPECT_THAT(now(), ElementsAre(28, 20, 12, 4));
    lists.move_freelist_head(12, 1, MigrateType::movable);
    EXPECT_THAT(now(), ElementsAre(12, 4, 28, 20));
    lists.move_freelist_tail(4, 1, MigrateType::movable);
    EXPECT_THAT(now(), ElementsAre(28, 20, 12, 4));
    lists.move_freelist_head(4, 1, MigrateType::movable);
    EXPECT_THAT(now(), ElementsAre(4, 28, 20, 12)) << "the last one, too";
    lists.move_freelist_tail(12, 1, MigrateType::movable);
    EXPECT_THAT(now(), ElementsAre(4, 28, 20, 12)) << "nothing is behind the last one";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(PcpLists, RandomRequestsKeepTheBooks) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(seed);
        Rng rng(seed);
        OneCpu m(2048, 7, 60);
        m.normal().stat_threshold = 10;
        std::vector<std::pair<Pfn, Order>> live;
        const std::array types{gfp::GFP_KERNEL, movable, gfp::GFP_KERNEL | gfp::reclaimable};
        for (int i = 0; i < 4000; ++i) {
            if (live.empty() || rng.below(100) < 52) {
                const auto order = static_cast<Order>(rng.below(8) == 0 ? rng.below(10) : rng.below(4));
                const auto p = m.allocator.alloc_pages(ask(order, types[rng.below(3)]));
                for (const PageMove& move : m.allocator.moved())  // by compaction
                    *std::find(live.begin(), live.end(), std::pair<Pfn, Order>{move.from, 0}) = {move.to, 0};
                if (p) live.emplace_back(*p, order);
            } else {
                const std::size_t at = rng.below(live.size());
                ASSERT_TRUE(m.allocator.free_pages(live[at].first, live[at].second));
                live[at] = live.back();
                live.pop_back();
            }
            if (i % 16 == 0) {
                ASSERT_EQ(m.allocator.check(), std::nullopt) << "step " << i;
            }
        }
    }
}

}  // namespace
}  // namespace mm
