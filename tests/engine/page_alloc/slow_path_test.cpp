// SPDX-License-Identifier: GPL-3.0-or-later
// What happens when memory is short: kswapd, compaction, reclaim, the OOM killer, the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/page_alloc/compaction.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/mem_info.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::HasSubstr;

constexpr Gfp movable = gfp::GFP_HIGHUSER_MOVABLE;

class Told final : public EventSink {
public:
    void event(const Event& e, std::string_view) override { events.push_back(e); }
    void printk(std::string line) override { log += line + "\n"; }
    const Event* first(EventKind kind) const {
        const auto it = std::find_if(events.begin(), events.end(), [=](const Event& e) { return e.kind == kind; });
        return it == events.end() ? nullptr : &*it;
    }
    std::vector<Event> events;
    std::string log;
};

AllocRequest ask(Order order = 0, Gfp flags = movable) {
    return {flags, order, 0, 0};
}

/// Every page is allocated alone, then every other one is freed.
struct Checkered : SmallMemory {
    explicit Checkered(NrPages frames, Gfp flags = movable) : SmallMemory({{0, ZoneType::normal, {0, frames}}}) {
        for (Pfn p = 0; p < frames; ++p)
            EXPECT_TRUE(allocator.alloc_pages(ask(0, flags)));
        for (Pfn p = 0; p < frames; p += 2)
            EXPECT_TRUE(allocator.free_pages(p, 0));
        normal().compact = {};
    }
    Zone& normal() { return zone(ZoneType::normal); }
};

//      [. M . M . M ...]  1024 of 2048 frames free, none of them together       order 4 wanted
//      the migrate scanner takes pages from the start, the free scanner finds room from the end
TEST(Compaction, MovesPagesUntilABlockIsFree) {
    Checkered m(2048);
    ASSERT_EQ(m.normal().free_area[0].nr_free, 1024u);
    Told told;
    const auto pfn = m.allocator.alloc_pages(ask(4, gfp::GFP_KERNEL | gfp::movable), Tracer(&told));
    ASSERT_TRUE(pfn);
    EXPECT_EQ(*pfn, 0u) << "what the scanner left first";
    EXPECT_GE(m.allocator.moved().size(), 8u);
    for (const PageMove& move : m.allocator.moved()) {
        EXPECT_LT(move.from, 512u) << "from the start of the zone";
        EXPECT_GE(move.to, 1536u) << "to its end";
    }
    EXPECT_EQ(m.stats.vm.compact_success, 1u);
    EXPECT_EQ(m.stats.vm.pgmigrate_success, m.allocator.moved().size());
    EXPECT_EQ(m.normal().free_pages, 1024u - 16);
    ASSERT_TRUE(told.first(EventKind::mm_migrate_pages));
    EXPECT_EQ(told.first(EventKind::mm_migrate_pages)->a, m.allocator.moved()[0].from);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      the same with pages that cannot move: nothing is found, and after that a while nothing is tried
TEST(Compaction, IsDeferredAfterItFailed) {
    Checkered m(2048, gfp::GFP_KERNEL);
    Told told;
    EXPECT_FALSE(m.allocator.alloc_pages(ask(4, gfp::GFP_KERNEL | gfp::retry_mayfail), Tracer(&told)));
    EXPECT_TRUE(m.allocator.moved().empty());
    EXPECT_TRUE(told.first(EventKind::mm_compaction_defer_compaction));
    EXPECT_GT(m.normal().compact.defer_shift, 0u);
    EXPECT_EQ(m.normal().compact.order_failed, 0u);
    EXPECT_TRUE(compaction_deferred(m.normal(), 4));
    compaction_defer_reset(m.normal(), 4, true);
    EXPECT_FALSE(compaction_deferred(m.normal(), 4)) << "below the order that failed";
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Compaction, PagesWithMoreReferencesStay) {
    Checkered m(2048);
    for (Pfn p = 1; p < 2048; p += 2)
        ASSERT_TRUE(m.allocator.get_page(p));
    EXPECT_FALSE(m.allocator.alloc_pages(ask(4)));
    EXPECT_TRUE(m.allocator.moved().empty());
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      8 free pages: no room for what would be moved (order 4: 16 + 2 << 4)
TEST(Compaction, IsSkippedWhereMemoryIsShort) {
    SmallMemory m({{0, ZoneType::normal, {0, 1024}}});
    EXPECT_EQ(compaction_suitable(m.zone(ZoneType::normal), 4, 0, ZoneType::normal, 1024, 11), CompactResult::success);
    std::vector<Pfn> taken;
    for (int i = 0; i < 1024; ++i)
        taken.push_back(*m.allocator.alloc_pages(ask()));
    for (int i = 0; i < 1024; i += 128)
        ASSERT_TRUE(m.allocator.free_pages(taken[static_cast<std::size_t>(i)], 0));
    EXPECT_EQ(compaction_suitable(m.zone(ZoneType::normal), 4, 0, ZoneType::normal, 8, 11), CompactResult::skipped);
    EXPECT_EQ(compaction_suitable(m.zone(ZoneType::normal), 4, 0, ZoneType::normal, 200, 11), CompactResult::going_on);
}

//      full; the reclaimer frees 4 pages at its second call
TEST(Reclaim, IsTriedAgainWhileThereIsHope) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    for (int i = 0; i < 64; ++i)
        ASSERT_TRUE(m.allocator.alloc_pages(ask()));
    int calls = 0;
    MemoryPressure pressure;
    pressure.reclaimable = [](const Zone&) { return NrPages{10}; };
    pressure.reclaim = [&](const AllocRequest&) -> NrPages {
        if (++calls < 2) return 0;
        for (Pfn p = 20; p < 24; ++p)
            EXPECT_TRUE(m.allocator.free_pages(p, 0));
        return 4;
    };
    m.allocator.set_pressure(&pressure);
    Told told;
    EXPECT_TRUE(m.allocator.alloc_pages(ask(), Tracer(&told)));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(m.stats.vm.pgsteal_direct, 4u);
    EXPECT_EQ(m.stats.vm.allocstall[static_cast<std::size_t>(ZoneType::normal)], 2u);
    EXPECT_TRUE(told.first(EventKind::mm_vmscan_direct_reclaim_end));
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

TEST(Reclaim, EndsAfterSixteenTurnsWithoutProgress) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    while (m.allocator.alloc_pages(ask(0, gfp::GFP_NOWAIT)))
        ;
    int calls = 0;
    MemoryPressure pressure;
    pressure.reclaimable = [](const Zone&) { return NrPages{10}; };
    pressure.reclaim = [&](const AllocRequest&) -> NrPages { return ++calls, 0; };
    m.allocator.set_pressure(&pressure);
    EXPECT_FALSE(m.allocator.alloc_pages(ask()));
    EXPECT_EQ(calls, 17);
    EXPECT_FALSE(m.allocator.alloc_pages(ask(0, movable | gfp::noretry)));
    EXPECT_EQ(calls, 18) << "__GFP_NORETRY: once";
    EXPECT_FALSE(m.allocator.alloc_pages(ask(0, gfp::GFP_NOWAIT)));
    EXPECT_EQ(calls, 18) << "who may not wait does not reclaim";
}

//      min watermark 32: the last 32 pages are kept; a victim may have half of them
TEST(OutOfMemory, AVictimMayUseReservesAndAnotherTasksMemoryServes) {
    SmallMemory m({{0, ZoneType::normal, {0, 128}}});
    m.zone(ZoneType::normal).watermark = {32, 40, 48};
    while (m.allocator.alloc_pages(ask(0, gfp::GFP_NOWAIT & ~gfp::kswapd_reclaim)))
        ;
    OomVerdict verdict = OomVerdict::none;
    int calls = 0;
    MemoryPressure pressure;
    pressure.oom = [&](const AllocRequest&) {
        ++calls;
        for (Pfn p = 0; p < 16 && verdict == OomVerdict::other; ++p)
            EXPECT_TRUE(m.allocator.free_pages(p, 0));
        return verdict;
    };
    m.allocator.set_pressure(&pressure);
    EXPECT_FALSE(m.allocator.alloc_pages(ask())) << "nobody to kill";
    verdict = OomVerdict::self;
    EXPECT_TRUE(m.allocator.alloc_pages(ask())) << "from the reserve";
    EXPECT_EQ(calls, 2);
    EXPECT_FALSE(m.allocator.alloc_pages(ask(0, gfp::GFP_NOFS))) << "without __GFP_FS nobody is killed";
    EXPECT_FALSE(m.allocator.alloc_pages(ask(4, gfp::GFP_KERNEL))) << "nor for a costly order";
    EXPECT_EQ(calls, 2);
    verdict = OomVerdict::other;
    EXPECT_TRUE(m.allocator.alloc_pages(ask()));
    EXPECT_EQ(m.stats.vm.oom_kill, 2u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      high watermark 48 of 128 pages: below the low mark kswapd is woken; a node that does not get better is left
//      alone
TEST(Kswapd, IsWokenBelowTheLowWatermarkAndSleepsAgain) {
    SmallMemory m({{0, ZoneType::normal, {0, 128}}});
    m.zone(ZoneType::normal).watermark = {32, 40, 48};
    Told told;
    while (!m.zones.nodes[0].kswapd_woken)
        ASSERT_TRUE(m.allocator.alloc_pages(ask(), Tracer(&told)));
    EXPECT_EQ(m.zone(ZoneType::normal).free_pages, 39u);
    ASSERT_TRUE(told.first(EventKind::mm_vmscan_wakeup_kswapd));
    std::vector<Pfn> old;
    MemoryPressure pressure;
    pressure.reclaim = [&](const AllocRequest&) -> NrPages {
        static Pfn next = 0;
        EXPECT_TRUE(m.allocator.free_pages(next++, 0));
        return 1;
    };
    run_kswapd({m.zones, m.pages, m.stats, m.profile}, m.zones.nodes[0], &pressure, Tracer(&told));
    EXPECT_EQ(m.zone(ZoneType::normal).free_pages, 49u) << "until the high watermark is passed";
    EXPECT_FALSE(m.zones.nodes[0].kswapd_woken);
    EXPECT_EQ(m.stats.vm.pgsteal_kswapd, 10u);
    while (m.allocator.alloc_pages(ask(0, gfp::GFP_NOWAIT)))
        ;
    EXPECT_TRUE(m.zones.nodes[0].kswapd_woken);
    for (int i = 0; i < 16; ++i) {
        m.zones.nodes[0].kswapd_highest_zoneidx = ZoneType::normal;
        run_kswapd({m.zones, m.pages, m.stats, m.profile}, m.zones.nodes[0], nullptr, {});
    }
    EXPECT_FALSE(m.allocator.alloc_pages(ask(0, gfp::GFP_NOWAIT)));
    EXPECT_FALSE(m.zones.nodes[0].kswapd_woken) << "hopeless";
}

//      a steal raises the watermarks; kswapd's run takes that back
TEST(Kswapd, EndsABoost) {
    SmallMemory m({{0, ZoneType::normal, {0, 4096}}});
    Zone& zone = m.zone(ZoneType::normal);
    zone.watermark = {400, 500, 600};
    ASSERT_TRUE(m.allocator.alloc_pages(ask(0, gfp::GFP_KERNEL)));
    if (zone.watermark_boost == 0) zone.watermark_boost = 512;
    m.zones.nodes[0].kswapd_highest_zoneidx = ZoneType::normal;
    run_kswapd({m.zones, m.pages, m.stats, m.profile}, m.zones.nodes[0], nullptr, {});
    EXPECT_EQ(zone.watermark_boost, 0u);
}

TEST(Report, AFailureIsToldInTheKernelsWords) {
    SmallMemory m({{0, ZoneType::normal, {0, 64}}});
    m.zone(ZoneType::normal).watermark = {8, 10, 12};
    ASSERT_TRUE(m.allocator.alloc_pages(ask(5)));
    Told told;
    EXPECT_FALSE(m.allocator.alloc_pages(ask(5, gfp::GFP_KERNEL | gfp::comp), Tracer(&told)));
    EXPECT_THAT(told.log, HasSubstr("mmscope: page allocation failure: order:5, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), "
                                    "nodemask=(null),cpuset=/,mems_allowed=0\nMem-Info:\n"));
    EXPECT_THAT(told.log, HasSubstr("\nNode 0 Normal free:128kB boost:0kB min:32kB low:40kB high:48kB "));
    EXPECT_THAT(told.log, HasSubstr("\nNode 0 Normal: 0*4kB 0*8kB 0*16kB 0*32kB 0*64kB 1*128kB (M) 0*256kB 0*512kB "
                                    "0*1024kB 0*2048kB 0*4096kB = 128kB\n"));
    EXPECT_THAT(told.log, HasSubstr("\n64 pages RAM\n0 pages HighMem/MovableOnly\n0 pages reserved\n"));
    told.log.clear();
    EXPECT_FALSE(m.allocator.alloc_pages(ask(5, gfp::GFP_KERNEL | gfp::nowarn), Tracer(&told)));
    EXPECT_EQ(told.log, "") << "__GFP_NOWARN";
}

TEST(Report, NodeLists) {
    EXPECT_EQ(nodes_text(0b1011), "0-1,3");
    EXPECT_EQ(nodes_text(0), "");
    EXPECT_EQ(nodes_text(std::uint64_t{1} << 63), "63");
}

}  // namespace
}  // namespace mm
