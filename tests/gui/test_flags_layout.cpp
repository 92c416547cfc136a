// SPDX-License-Identifier: GPL-3.0-or-later
// page->flags on three architectures: which bits are node and zone, and the word they make.
#include <gtest/gtest.h>

#include "engine/mmzone/page_flags.h"
#include "gui/models/flags_layout.h"

namespace mm::gui {
namespace {

using What = FlagsField::What;

FlagsLayout of(Arch arch) {
    return flagsLayout(profile_for(arch, {6, 1, 0}));
}

TEST(FlagsLayoutTest, X8664HasNodeAndZoneAtTheTopOf64Bits) {
    const FlagsLayout layout = of(Arch::x86_64);
    EXPECT_EQ(layout.bits, 64u);
    EXPECT_EQ(layout.bitsOf(What::node).toStdString(), "bits 54\u201363");
    EXPECT_EQ(layout.bitsOf(What::zone).toStdString(), "bits 51\u201353");
    EXPECT_EQ(layout.bitsOf(What::lastCpupid).toStdString(), "bits 30\u201350");
    const std::uint64_t word = layout.word(bit(PageFlag::reserved), 3, 2);
    EXPECT_EQ(word, flags_word(bit(PageFlag::reserved), 3, 2)) << "as the engine packs it";
}

TEST(FlagsLayoutTest, I386HasTwoZoneBitsAndNoNode) {
    const FlagsLayout layout = of(Arch::i386);
    EXPECT_EQ(layout.bits, 32u);
    EXPECT_EQ(layout.field(What::node), nullptr);
    EXPECT_EQ(layout.bitsOf(What::zone).toStdString(), "bits 30\u201331");
    EXPECT_EQ(layout.word(1, 0, 2), 0x80000001u);
}

TEST(FlagsLayoutTest, Arm64HasSixteenNodes) {
    const FlagsLayout layout = of(Arch::arm64);
    EXPECT_EQ(layout.bitsOf(What::node).toStdString(), "bits 60\u201363");
    EXPECT_EQ(layout.bitsOf(What::zone).toStdString(), "bits 58\u201359");
}

TEST(FlagsLayoutTest, EveryBitBelongsToOneField) {
    for (const Arch arch : {Arch::x86_64, Arch::i386, Arch::arm64}) {
        const FlagsLayout layout = of(arch);
        unsigned bits = 0;
        for (const FlagsField& field : layout.fields)
            bits += field.width;
        EXPECT_EQ(bits, layout.bits);
        for (unsigned b = 0; b < layout.bits; ++b)
            EXPECT_NE(layout.at(b), nullptr) << b;
    }
}

TEST(FlagsLayoutTest, ZonesOfAKernelAreCountedWithoutThoseItLacks) {
    const KernelProfile& i386 = profile_for(Arch::i386, {6, 1, 0});
    EXPECT_EQ(zoneNumber(i386, ZoneType::dma), 0u);
    EXPECT_EQ(zoneNumber(i386, ZoneType::normal), 1u);
    EXPECT_EQ(zoneNumber(i386, ZoneType::highmem), 2u);
    EXPECT_EQ(zoneNumber(profile_for(Arch::x86_64, {6, 1, 0}), ZoneType::normal), 2u);
}

}  // namespace
}  // namespace mm::gui
