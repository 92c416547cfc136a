// SPDX-License-Identifier: GPL-3.0-or-later
// Small drawn cases of memblock: what merges, what is split, where an allocation lands, who owns a piece.
#include "engine/memblock/memblock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Region = MemblockRegion;

constexpr Nid nowhere = Region::max_numnodes;

Region plain(PhysAddr base, PhysAddr end, Nid nid = nowhere, std::uint32_t flags = memblock_none) {
    return {base, end - base, flags, nid};
}

struct Recorder : EventSink {
    std::vector<std::pair<Event, std::string>> events;
    void event(const Event& e, std::string_view text) override { events.emplace_back(e, text); }
    void printk(std::string) override {}
};

//   add     [16M..32M)            [64M..80M)
//   add              [32M.................64M)
//   Expect  [16M.......................... 80M)
TEST(MemblockAdd, TouchingRegionsMerge) {
    Memblock m;
    m.add(16 * MiB, 16 * MiB);
    m.add(64 * MiB, 16 * MiB);
    m.add(32 * MiB, 32 * MiB);
    EXPECT_THAT(m.memory(), ElementsAre(plain(16 * MiB, 80 * MiB)));
    EXPECT_EQ(m.check(), Broken{});
}

//   node 0  [0....1G)          then all of [0..2G) on node 1
//   Expect  [0....1G):0 [1G..2G):1       existing regions win, nodes keep them apart
TEST(MemblockAdd, OverlapFillsOnlyGapsAndNodesDoNotMerge) {
    Memblock m;
    m.add(0, GiB, {}, 0);
    m.add(0, 2 * GiB, {}, 1);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0, GiB, 0), plain(GiB, 2 * GiB, 1)));
}

TEST(MemblockAdd, SizeIsCappedAtTheEndOfTheAddressSpace) {
    Memblock m;
    m.add(~PhysAddr{0} - 4096, ~Bytes{0});
    ASSERT_EQ(m.memory().size(), 1U);
    EXPECT_EQ(m.end_of_dram(), ~PhysAddr{0});
    m.add(GiB, 0);
    EXPECT_EQ(m.memory().size(), 1U) << "an empty range adds nothing";
    EXPECT_EQ(m.check(), Broken{});
}

//   memory  [0.............16M)
//   remove      [4M..8M)
//   Expect  [0..4M)    [8M..16M)
TEST(MemblockRemove, CutsAHole) {
    Memblock m;
    m.add(0, 16 * MiB);
    m.remove(4 * MiB, 4 * MiB);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0, 4 * MiB), plain(8 * MiB, 16 * MiB)));
    EXPECT_EQ(m.memory_size(), 12 * MiB);
    m.remove(0, ~Bytes{0});
    EXPECT_THAT(m.memory(), IsEmpty());
    EXPECT_EQ(m.end_of_dram(), 0U);
}

TEST(MemblockSetNode, SplitsAndMergesAgain) {
    Memblock m;
    m.add(0, 4 * GiB);
    m.reserve(GiB, 2 * GiB, "x");
    m.set_node(0, 2 * GiB, 0, false);
    m.set_node(0, 2 * GiB, 0, true);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0, 2 * GiB, 0), plain(2 * GiB, 4 * GiB)));
    EXPECT_THAT(m.reserved(), ElementsAre(plain(GiB, 2 * GiB, 0), plain(2 * GiB, 3 * GiB)));
    m.set_node(2 * GiB, 2 * GiB, 0, false);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0, 4 * GiB, 0)));
    EXPECT_EQ(m.check(), Broken{});
}

//   memory  [4K..639K+)        trimmed to pages; the kernel's total keeps the 3 KiB it lost
TEST(MemblockTrim, ShrinksRegionsButNotTheTotal) {
    Memblock m;
    m.add(0x1000, 0x9ec00);
    m.add(0x200100, 0x800);
    m.trim_memory(page_size);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0x1000, 0x9f000)));
    EXPECT_EQ(m.memory_size(), 0x9ec00U);
    EXPECT_EQ(m.check(), Broken{});
}

//   memory     [4K.....................1M)
//   reserved            [64K..128K)
//   top-down 64K  ->                [960K..1M)
//   bottom-up 64K ->                [128K..192K)    60K below 64K is too small, page 0 is never given
TEST(MemblockAlloc, TakesTheHighestOrTheLowestFit) {
    Memblock m;
    m.add(0, MiB);
    m.reserve(64 * KiB, 64 * KiB, "x");
    EXPECT_EQ(m.alloc({.size = 64 * KiB, .owner = "top"}), 960 * KiB);
    m.set_bottom_up(true);
    EXPECT_EQ(m.alloc({.size = 64 * KiB, .owner = "low"}), 128 * KiB);
    EXPECT_EQ(m.alloc({.size = 60 * KiB, .align = page_size}), page_size);
    EXPECT_EQ(m.check(), Broken{});
}

TEST(MemblockAlloc, AlignmentZeroMeansACacheLine) {
    Memblock m;
    m.add(0, MiB);
    EXPECT_EQ(m.alloc({.size = 1, .align = 0}), MiB - 64);
    EXPECT_EQ(m.alloc({.size = 1, .align = 0}), MiB - 128);
}

TEST(MemblockAlloc, NodeIsAWishUnlessExact) {
    Memblock m;
    m.add(0, GiB, {}, 0);
    m.add(GiB, MiB, {}, 1);
    EXPECT_EQ(m.alloc({.size = MiB, .nid = 1}), GiB);
    EXPECT_EQ(m.alloc({.size = MiB, .nid = 1, .exact_nid = true}), 0U);
    EXPECT_EQ(m.alloc({.size = MiB, .nid = 1}), GiB - MiB);
}

TEST(MemblockAlloc, LowerBoundIsDroppedOnlyWithRetry) {
    Memblock m;
    m.add(0, 16 * MiB);
    const MemblockRequest high{.size = MiB, .start = 16 * MiB};
    EXPECT_EQ(m.alloc(high, {}, false), 0U);
    EXPECT_EQ(m.alloc(high), 15 * MiB);
}

TEST(MemblockAlloc, TheLimitBoundsImplicitEndsAndWithRetryExplicitOnesToo) {
    Memblock m;
    m.add(0, 16 * MiB);
    m.set_current_limit(8 * MiB);
    EXPECT_EQ(m.alloc({.size = MiB}), 7 * MiB);
    EXPECT_EQ(m.alloc({.size = MiB, .end = 16 * MiB}, {}, false), 15 * MiB);
    EXPECT_EQ(m.alloc({.size = MiB, .end = 16 * MiB}), 6 * MiB);
}

TEST(MemblockFlags, NomapAndUnpluggableMemoryIsNotHandedOut) {
    Memblock m;
    m.add(0, 4 * MiB);
    m.mark(3 * MiB, MiB, memblock_nomap, true);
    m.mark(2 * MiB, MiB, memblock_hotplug, true);
    EXPECT_EQ(m.free_ranges().back(), plain(2 * MiB, 3 * MiB, nowhere, memblock_hotplug));
    m.set_movable_node(true);
    EXPECT_EQ(m.alloc({.size = MiB}), MiB);
    m.mark(0, 4 * MiB, memblock_nomap | memblock_hotplug, false);
    EXPECT_THAT(m.memory(), ElementsAre(plain(0, 4 * MiB)));
}

TEST(MemblockFree, RangesAreMemoryMinusReserved) {
    Memblock m;
    m.add(0, 8 * MiB, {}, 0);
    m.add(8 * MiB, 8 * MiB, {}, 1);
    m.reserve(6 * MiB, 4 * MiB, "across the nodes");
    EXPECT_THAT(m.free_ranges(), ElementsAre(plain(0, 6 * MiB, 0), plain(10 * MiB, 16 * MiB, 1)));
    EXPECT_THAT(m.free_ranges(1), ElementsAre(plain(10 * MiB, 16 * MiB, 1)));
    EXPECT_TRUE(m.is_region_reserved({9 * MiB, 20 * MiB}));
    EXPECT_FALSE(m.is_region_reserved({10 * MiB, 20 * MiB}));
    EXPECT_TRUE(m.is_region_memory({MiB, 8 * MiB}));
    EXPECT_FALSE(m.is_region_memory({MiB, 9 * MiB})) << "one region must hold it all";
}

//   reserve   [kernel)              [initrd)
//   reserve [early..................)            older claims stay
//   free           [...........)                 cuts
//   Expect  [early)[kernel) ... [early)[initrd)
TEST(MemblockClaims, OlderOwnersStayAndFreeingCuts) {
    Memblock m;
    m.reserve(2 * MiB, 2 * MiB, "kernel");
    m.reserve(8 * MiB, MiB, "initrd");
    m.reserve(MiB, 7 * MiB, "early");
    m.phys_free(3 * MiB, 4 * MiB);
    EXPECT_THAT(m.claims(),
                ElementsAre(MemblockClaim{{MiB, 2 * MiB}, "early"}, MemblockClaim{{2 * MiB, 3 * MiB}, "kernel"},
                            MemblockClaim{{7 * MiB, 8 * MiB}, "early"}, MemblockClaim{{8 * MiB, 9 * MiB}, "initrd"}));
    EXPECT_EQ(m.check(), Broken{});
}

TEST(MemblockEvents, TellWhatChangedAndForWhom) {
    Recorder recorder;
    const Tracer trace(&recorder);
    Memblock m;
    m.add(0, MiB, trace);
    m.alloc({.size = page_size, .align = page_size, .owner = "page tables"}, trace);
    m.alloc({.size = GiB, .owner = "too much"}, trace);
    m.phys_free(MiB - page_size, page_size, trace);
    ASSERT_EQ(recorder.events.size(), 3U);
    EXPECT_EQ(recorder.events[0].first.kind, EventKind::memblock_add);
    EXPECT_EQ(recorder.events[1].first.kind, EventKind::memblock_alloc);
    EXPECT_EQ(recorder.events[1].first.touched, (PhysRange{MiB - page_size, MiB}));
    EXPECT_EQ(recorder.events[1].second, "page tables");
    EXPECT_EQ(recorder.events[2].first.kind, EventKind::memblock_phys_free);
    EXPECT_EQ(recorder.events[2].second, "page tables");
}

TEST(MemblockDump, AnEmptyListShowsTheKernelsPlaceholder) {
    EXPECT_THAT(
        Memblock{}.dump_lines(),
        ElementsAre("MEMBLOCK configuration:", " memory size = 0x0000000000000000 reserved size = 0x0000000000000000",
                    " memory.cnt  = 0x1",
                    " memory[0x0]\t[0x0000000000000000-0xffffffffffffffff], 0x0000000000000000 bytes flags: 0x0",
                    " reserved.cnt  = 0x1",
                    " reserved[0x0]\t[0x0000000000000000-0xffffffffffffffff], 0x0000000000000000 bytes flags: 0x0"));
}

}  // namespace
}  // namespace mm
