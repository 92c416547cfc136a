// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::HasSubstr;

struct TwoZones : SmallMemory {
    TwoZones() : SmallMemory({{0, ZoneType::dma32, {0, 1024}}, {0, ZoneType::normal, {1024, 4096}}}) {}
    std::vector<WhyFact> look(Order order, AllocFlags flags, Gfp gfp = gfp::GFP_KERNEL) {
        const AllocContext context = prepare_alloc(zones, {gfp, order, 0, 0}, profile);
        return look_at_attempt(zones, context, flags, profile, std::nullopt);
    }
};

const why::ZoneTried& tried(const std::vector<WhyFact>& facts, std::size_t i) {
    return std::get<why::ZoneTried>(facts.at(i));
}

//      Normal  3072 free, low 4000                 refused
//      DMA32   1024 free - 512 highatomic - 3 > 100 + boost 50 + reserve 300       allowed: 509 > 450
TEST(LookAtAttempt, TellsTheNumbersOfEachZone) {
    TwoZones m;
    m.zone(ZoneType::normal).watermark = {3000, 4000, 5000};
    Zone& low = m.zone(ZoneType::dma32);
    low.watermark = {80, 100, 120};
    low.watermark_boost = 50;
    low.nr_reserved_highatomic = 512;
    low.lowmem_reserve[static_cast<std::size_t>(ZoneType::normal)] = 300;
    const auto facts = m.look(2, alloc::wmark_low);
    ASSERT_EQ(facts.size(), 2u);
    EXPECT_EQ(tried(facts, 0).zone, (ZoneRef{0, ZoneType::normal}));
    EXPECT_EQ(tried(facts, 0).verdict, ZoneVisit::Verdict::refused);
    EXPECT_EQ(text_of(facts[0]),
              "zone 0:Normal passed over: 3072 free - 3 (the rest of the block) <= 4000 (low 4000) + 0 "
              "(lowmem_reserve)");
    const why::ZoneTried& dma32 = tried(facts, 1);
    EXPECT_EQ(dma32.verdict, ZoneVisit::Verdict::allowed);
    EXPECT_EQ(dma32.mark.check.free, 509);
    EXPECT_EQ(dma32.mark.check.min, 150);
    EXPECT_EQ(dma32.mark.highatomic, 512u);
    EXPECT_EQ(dma32.mark.check.lowmem_reserve, 300u);
    EXPECT_THAT(text_of(facts[1]), HasSubstr("1024 free - 3 (the rest of the block) - 512 (highatomic reserve) > 150 "
                                             "(low 100 + boost 50) + 300 (lowmem_reserve)"));
}

//      GFP_ATOMIC at the min mark: 3000 - half - a quarter of what is left = 1125; no deduction of the reserve
TEST(LookAtAttempt, ReservesLowerTheMark) {
    TwoZones m;
    m.zone(ZoneType::normal).watermark = {3000, 4000, 5000};
    m.zone(ZoneType::normal).nr_reserved_highatomic = 1024;
    const auto facts = m.look(0, alloc::wmark_min | alloc::min_reserve | alloc::non_block, gfp::GFP_ATOMIC);
    EXPECT_EQ(tried(facts, 0).mark.check.min, 1125);
    EXPECT_EQ(tried(facts, 0).mark.highatomic, 0u);
    EXPECT_THAT(text_of(facts[0]), HasSubstr("3072 free > 1125 (min 3000, lowered by 1875)"));
}

//      no zone has room without fragmenting: the whole list again, with it
TEST(LookAtAttempt, NofragmentIsGivenUpOnce) {
    TwoZones m;
    for (const ZoneType type : {ZoneType::dma32, ZoneType::normal})
        m.zone(type).watermark = {9000, 9000, 9000};
    const auto facts = m.look(0, alloc::wmark_low | alloc::nofragment);
    ASSERT_EQ(facts.size(), 5u);
    EXPECT_TRUE(std::holds_alternative<why::MayFragment>(facts[2]));
    EXPECT_EQ(tried(facts, 3).flags & alloc::nofragment, 0u);
}

//      order 9 refused only because no such block is there: [x free ...] every pageblock has one page taken
TEST(LookAtAttempt, SaysThatNoBlockIsLargeEnough) {
    TwoZones m;
    std::vector<Pfn> taken;
    for (Pfn p = 0; p < 4096; p += 512)
        taken.push_back(p);
    while (const auto pfn = m.allocator.alloc_pages({gfp::GFP_KERNEL, 9, 0, 0}))
        taken.push_back(*pfn);
    for (const Pfn pfn : taken)
        if (m.pages.order(pfn) == 9 && state_of(m.pages.state(pfn)) == PageState::allocated) {
            ASSERT_TRUE(m.allocator.split_page(pfn));
            for (Pfn p = pfn + 1; p < pfn + 512; ++p)
                ASSERT_TRUE(m.allocator.free_pages(p, 0));
        }
    const auto facts = m.look(9, alloc::wmark_min);
    EXPECT_EQ(tried(facts, 0).verdict, ZoneVisit::Verdict::refused);
    EXPECT_THAT(text_of(facts[0]), HasSubstr("and no free block is large enough"));
    const why::Compaction c = look_at_compaction(m.zone(ZoneType::normal), 9, ZoneType::normal, m.profile.max_order);
    EXPECT_GT(c.fragmentation_index, 500);
    EXPECT_THAT(text_of(c), HasSubstr("it is fragmentation"));
}

//      Movable pageblock 0: [U . . . 255 movable ... | 256 free, order 8]      an unmovable page is asked for
//      256 free + alike 0 ... >= 256: claimed
TEST(LookAtSteal, CountsWhatCameAlongAndWhatIsAlike) {
    TwoZones m;
    for (std::size_t i = 0; i < m.zones.pageblock_type.size(); ++i)
        m.zones.pageblock_type.set(i, static_cast<std::uint8_t>(MigrateType::movable));
    Zone& zone = m.zone(ZoneType::normal);
    while (zone.free_pages > 256)  // all but half a pageblock, as movable memory
        ASSERT_TRUE(m.allocator.alloc_pages({gfp::GFP_HIGHUSER_MOVABLE | gfp::thisnode, 8, 0, 0}));
    const BeforeSteal before{m.zones.pageblock_type, zone.watermark_boost};
    BuddyLists lists({m.zones, m.pages, m.stats, m.profile}, zone);
    const Pfn pfn = lists.rmqueue(0, MigrateType::unmovable, 0);
    ASSERT_NE(pfn, no_pfn);
    ASSERT_TRUE(lists.notes().stolen);
    const why::Steal s = look_at_steal(m.zones, m.pages, {0, ZoneType::normal}, 0, MigrateType::unmovable,
                                       lists.notes(), before, std::nullopt);
    EXPECT_EQ(s.from, MigrateType::movable);
    EXPECT_EQ(s.was, MigrateType::movable);
    EXPECT_TRUE(s.whole);
    EXPECT_EQ(s.free, 256u);
    EXPECT_EQ(s.alike, 0u);
    EXPECT_EQ(s.claims, 1u);
    EXPECT_EQ(m.zones.pageblock(pfn), MigrateType::unmovable);
    EXPECT_THAT(text_of(s), HasSubstr("256 free pages come along, 0 of its pages are alike: 256 >= 256 (half of it), "
                                      "Movable becomes Unmovable"));
}

TEST(AllocFlagsText, NamesAreTheKernels) {
    EXPECT_EQ(alloc_flags_text(0x801), "ALLOC_WMARK_LOW|ALLOC_KSWAPD");
    EXPECT_EQ(alloc_flags_text(0x840), "ALLOC_WMARK_MIN|ALLOC_CPUSET|ALLOC_KSWAPD");
    EXPECT_EQ(alloc_flags_text(0x804), "ALLOC_NO_WATERMARKS|ALLOC_KSWAPD");
    EXPECT_EQ(alloc_flags_text(0x1000), "ALLOC_WMARK_MIN|0x1000");
}

}  // namespace
}  // namespace mm
