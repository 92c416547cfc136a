// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/gfp.h"

#include <gtest/gtest.h>

#include "engine/types/rng.h"

namespace mm {
namespace {

TEST(Gfp, TextUsesTheKernelsNamesAndOrder) {
    EXPECT_EQ(gfp_text(gfp::GFP_KERNEL), "GFP_KERNEL");
    EXPECT_EQ(gfp_text(gfp::GFP_KERNEL | gfp::comp | gfp::zero), "GFP_KERNEL|__GFP_COMP|__GFP_ZERO");
    EXPECT_EQ(gfp_text(gfp::GFP_KERNEL | gfp::account), "GFP_KERNEL_ACCOUNT");
    EXPECT_EQ(gfp_text(gfp::GFP_ATOMIC | gfp::nowarn), "GFP_ATOMIC|__GFP_NOWARN");
    EXPECT_EQ(gfp_text(gfp::GFP_HIGHUSER_MOVABLE), "GFP_HIGHUSER_MOVABLE");
    EXPECT_EQ(gfp_text(0), "none");
}

TEST(Gfp, ParsesWhatItPrintsAndShortNames) {
    EXPECT_EQ(parse_gfp("GFP_KERNEL|__GFP_COMP"), gfp::GFP_KERNEL | gfp::comp);
    EXPECT_EQ(parse_gfp("KERNEL | COMP"), gfp::GFP_KERNEL | gfp::comp);
    EXPECT_EQ(parse_gfp("GFP_COMP"), gfp::comp);
    EXPECT_EQ(parse_gfp("0xcc0"), gfp::GFP_KERNEL);
    EXPECT_EQ(parse_gfp("none"), 0u);
    EXPECT_EQ(parse_gfp("GFP_NONSENSE"), std::nullopt);
    EXPECT_EQ(parse_gfp(""), std::nullopt);
    EXPECT_EQ(parse_gfp("GFP_KERNEL|"), std::nullopt);
    EXPECT_EQ(parse_gfp("0xzz"), std::nullopt);
}

TEST(Gfp, EveryCombinationRoundTrips) {
    Rng rng(11);
    for (int i = 0; i < 2000; ++i) {
        const Gfp flags = static_cast<Gfp>(rng.next()) & (rng.chance(500) ? 0x7fffffu : 0xffffffffu);
        ASSERT_EQ(parse_gfp(gfp_text(flags)), flags) << gfp_text(flags);
    }
}

TEST(Gfp, AKernelWithoutAZoneServesItsRequestsFromNormal) {
    const KernelProfile& i386 = profile_for(Arch::i386, {6, 1, 0});
    EXPECT_EQ(gfp_zone(gfp::GFP_KERNEL | gfp::dma32, i386), ZoneType::normal) << "no ZONE_DMA32 on 32 bits";
    EXPECT_EQ(gfp_zone(gfp::GFP_KERNEL | gfp::dma, i386), ZoneType::dma);
    EXPECT_EQ(gfp_zone(gfp::GFP_KERNEL | gfp::dma32, profile_for(Arch::x86_64, {6, 1, 0})), ZoneType::dma32);
}

//      GFP_ZONE_BAD: at most one of DMA, DMA32, HIGHMEM; MOVABLE with any of them
TEST(Gfp, ZoneModifiersThatExcludeEachOther) {
    unsigned bad = 0;
    for (Gfp bits = 0; bits < 16; ++bits)
        if (!zone_modifiers_allowed(bits)) bad |= 1u << bits;
    EXPECT_EQ(bad, 1u << 3 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 11 | 1u << 13 | 1u << 14 | 1u << 15);
}

TEST(Gfp, ZoneAndMigrateType) {
    EXPECT_EQ(gfp_zone(gfp::GFP_KERNEL), ZoneType::normal);
    EXPECT_EQ(gfp_zone(gfp::GFP_DMA), ZoneType::dma);
    EXPECT_EQ(gfp_zone(gfp::GFP_KERNEL | gfp::GFP_DMA32), ZoneType::dma32);
    EXPECT_EQ(gfp_zone(gfp::GFP_HIGHUSER), ZoneType::highmem);
    EXPECT_EQ(gfp_zone(gfp::GFP_HIGHUSER_MOVABLE), ZoneType::movable);
    EXPECT_EQ(gfp_zone(gfp::movable), ZoneType::normal);
    EXPECT_EQ(gfp_migratetype(gfp::GFP_KERNEL), MigrateType::unmovable);
    EXPECT_EQ(gfp_migratetype(gfp::GFP_HIGHUSER_MOVABLE), MigrateType::movable);
    EXPECT_EQ(gfp_migratetype(gfp::GFP_KERNEL | gfp::reclaimable), MigrateType::reclaimable);
}

}  // namespace
}  // namespace mm
