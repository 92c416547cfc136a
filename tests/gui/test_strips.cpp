// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gui/models/strips.h"
#include "tests/support/zones.h"

namespace mm::gui {
namespace {

const Strip& strip(const Strips& all, std::string_view id) {
    for (const Strip& s : all.strips)
        if (id == s.id) return s;
    ADD_FAILURE() << "no strip " << id;
    return all.strips.front();
}
std::string inkName(const Strips& all, const Piece& piece) {
    return all.inks.at(piece.ink).name.toStdString();
}

Snapshot smallMachine() {
    Snapshot s;
    s.state.e820.range_add(0, 0x9fc00, E820Type::ram);
    s.state.e820.range_add(0x9fc00, 0x400, E820Type::reserved);
    s.state.e820.range_add(MiB, 63 * MiB, E820Type::ram);
    s.state.memblock.add(0, 0x9f000);
    s.state.memblock.add(MiB, 63 * MiB);
    s.state.memblock.reserve(16 * MiB, 8 * MiB, "kernel image");
    s.state.memblock.reserve(24 * MiB, 4 * MiB, "initrd");
    return s;
}

TEST(Strips, SayWhatWillFillThem) {
    const Strips all = makeStrips(Snapshot{});
    ASSERT_EQ(all.strips.size(), 8u);
    for (const Strip& s : all.strips) {
        EXPECT_TRUE(s.pieces.empty()) << s.id;
        EXPECT_FALSE(s.empty.isEmpty()) << s.id;
    }
    EXPECT_EQ(strip(all, "memory").empty.toStdString(), "filled by e820__memblock_setup");
}

TEST(Strips, ShowEntriesWithTheirTypeAndCountThem) {
    const Strips all = makeStrips(smallMachine());
    const auto& pieces = strip(all, "e820").pieces;
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(inkName(all, pieces[0]), "usable");
    EXPECT_EQ(inkName(all, pieces[1]), "reserved");
    EXPECT_EQ(pieces[0].ink, pieces[2].ink);
    EXPECT_EQ(all.inks[pieces[0].ink].total, 0x9fc00 + 63 * MiB);
}

TEST(Strips, ShowReservationsByOwnerThoughRegionsMerge) {
    const Strips all = makeStrips(smallMachine());
    const auto& pieces = strip(all, "reserved").pieces;
    ASSERT_EQ(pieces.size(), 2u);
    EXPECT_EQ(inkName(all, pieces[0]), "kernel image");
    EXPECT_EQ(inkName(all, pieces[1]), "initrd");
    EXPECT_EQ(pieces[1].range, (PhysRange{24 * MiB, 28 * MiB}));
}

TEST(Strips, CutZonesToTheMemoryInThem) {
    //      memory   [0 - 636K)   hole   [1M ------------------- 64M)
    //      zones    [DMA ................ 16M)[DMA32 ......... 64M)
    Snapshot s = smallMachine();
    Node node;
    node.zones[0] = test::zone_at(ZoneType::dma, 1, 4095, 3998);
    node.zones[1] = test::zone_at(ZoneType::dma32, 4096, 12288, 12288);
    s.state.zones.nodes.push_back(node);
    const Strips all = makeStrips(s);
    const auto& pieces = strip(all, "zones").pieces;
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(pieces[0].range, (PhysRange{page_size, 0x9f000}));
    EXPECT_EQ(pieces[1].range, (PhysRange{MiB, 16 * MiB}));
    EXPECT_EQ(inkName(all, pieces[1]), "DMA");
    EXPECT_EQ(inkName(all, pieces[2]), "DMA32");
}

TEST(Strips, FindTheInnermostResource) {
    Snapshot s;
    s.state.iomem = {{{0, 64 * MiB}, "System RAM", 0}, {{16 * MiB, 20 * MiB}, "Kernel code", 1}};
    const Strips all = makeStrips(s);
    const Strip& iomem = strip(all, "iomem");
    EXPECT_EQ(inkName(all, *pieceAt(iomem, 17 * MiB)), "Kernel code");
    EXPECT_EQ(inkName(all, *pieceAt(iomem, 21 * MiB)), "System RAM");
    EXPECT_EQ(pieceAt(iomem, 65 * MiB), nullptr);
}

TEST(Strips, CutOffEntriesThatWrap) {
    Snapshot s;
    s.state.e820.range_add(~PhysAddr{0} - page_size, 1 * MiB, E820Type::reserved);
    const Strips all = makeStrips(s);
    ASSERT_EQ(strip(all, "e820").pieces.size(), 1u);
    EXPECT_EQ(strip(all, "e820").pieces[0].range.end, ~PhysAddr{0});
}

TEST(Strips, OfArm64AreInTheWordsOfItsOwnKernel) {
    Snapshot s;
    s.profile = &profile_for(Arch::arm64, {6, 1, 0});
    const Strips all = makeStrips(s);
    EXPECT_EQ(all.strips.size(), 7u) << "there is no e820 table";
    for (const Strip& strip : all.strips) {
        const std::string words = std::string(strip.source) + strip.empty.toStdString();
        EXPECT_EQ(words.find("x86"), std::string::npos) << words;
        EXPECT_EQ(words.find("e820"), std::string::npos) << words;
    }
    EXPECT_EQ(strip(all, "memory").empty.toStdString(), "filled by early_init_dt_scan_memory");
}

//      was   [aaaa][bb]        is   [aaaa][bbbb]      Expect: both of the second piece, nothing of the first
TEST(StripsDifference, OnlyPiecesThatTheOtherHasNotDiffer) {
    Strips was;
    was.inks = {{InkKind::owner, 0, "a", 0}, {InkKind::owner, 1, "b", 0}};
    was.strips.push_back({"reserved", "", "", {}, {{{0, 4096}, 0, 0}, {{4096, 8192}, 1, 0}}});
    Strips is = was;
    EXPECT_TRUE(differingPieces(was, is, 0).empty());
    is.strips[0].pieces[1].range.end = 16384;
    EXPECT_EQ(differingPieces(was, is, 0), (std::vector<PhysRange>{{4096, 8192}, {4096, 16384}}));
    EXPECT_EQ(differingPieces({}, is, 0).size(), 2u) << "all is new where there was no such strip";
}

}  // namespace
}  // namespace mm::gui
