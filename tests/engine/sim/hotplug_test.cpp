// SPDX-License-Identifier: GPL-3.0-or-later
// Memory blocks that leave a running machine and come back.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::must;
using test::run;
using testing::HasSubstr;

constexpr NrPages block_pages = 128 * MiB / page_size;

struct Sizes {
    NrPages present = 0, managed = 0, spanned = 0, total = 0;
    std::array<NrPages, 3> watermark{};
    friend bool operator==(const Sizes&, const Sizes&) = default;
};
Sizes sizes_of(const Timeline& timeline, ZoneType type, Nid nid = 0) {
    const MachineState& state = timeline.system().state();
    const Zone& zone = *state.zones.zone(nid, type);
    return {zone.present, zone.managed, zone.spanned, state.totalram_pages, zone.watermark};
}

//  DMA32  [0: the kernel][1][2][3: memmap ...]     block 2 leaves: Expect: 128 MiB less of everything, and all of it
//  back
TEST(Hotplug, ABlockLeavesAndComesBack) {
    const auto timeline = test::boot("pc-512m");
    must(*timeline, "spawn /bin/sh");
    const Sizes before = sizes_of(*timeline, ZoneType::dma32);
    const Position start = timeline->cursor();
    EXPECT_EQ(must(*timeline, "memory_offline 2").pfn, 2 * block_pages);
    const Sizes without = sizes_of(*timeline, ZoneType::dma32);
    EXPECT_EQ(without.present, before.present - block_pages);
    EXPECT_EQ(without.managed, before.managed - block_pages);
    EXPECT_EQ(without.total, before.total - block_pages);
    EXPECT_EQ(without.spanned, before.spanned) << "a hole in the middle";
    EXPECT_LT(without.watermark[0], before.watermark[0]);
    const PageColumns& pages = timeline->system().pages();
    for (const Pfn p : {2 * block_pages, 3 * block_pages - 1})
        EXPECT_EQ(PageState::none, state_of(pages.state(p)));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_THAT(run(*timeline, "memory_offline 2").error().text(), HasSubstr("it is offline"));
    EXPECT_FALSE(run(*timeline, fmt::format("memory_failure {:#x}", 2 * block_pages)));
    must(*timeline, "memory_online 2");
    Sizes again = sizes_of(*timeline, ZoneType::dma32);
    EXPECT_GE(again.watermark[0], before.watermark[0]) << "what the boot freed after they were set counts now";
    again.watermark = before.watermark;
    EXPECT_EQ(before, again);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_FALSE(run(*timeline, "memory_online 2"));
    timeline->seek(start);
    EXPECT_EQ(before, sizes_of(*timeline, ZoneType::dma32));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(Hotplug, APageThatCannotMoveKeepsItsBlock) {
    const auto timeline = test::boot("pc-512m");
    must(*timeline, "alloc_contig_range 0x8123 count 1");
    const NrPages free = timeline->system().state().zones.sum(&Zone::free_pages);
    EXPECT_EQ(must(*timeline, "memory_offline 1").pfn, no_pfn);
    EXPECT_THAT(run(*timeline, "memory_offline 3").error().text(), HasSubstr("a hole, or is of two zones"));
    EXPECT_EQ(free, timeline->system().state().zones.sum(&Zone::free_pages));
    EXPECT_EQ(0u, timeline->system().state().zones.zone(0, ZoneType::dma32)->nr_isolate_pageblock);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_THAT(run(*timeline, "memory_offline 900").error().text(), HasSubstr("there is no memory"));
    EXPECT_FALSE(parse_command("memory_offline"));
}

//  node 0 [ ........ ]   node 1 [ .. pages of a process .. ]    Expect: they go to node 0, and the process keeps them
TEST(Hotplug, PagesMoveToOtherNodes) {
    const auto timeline = test::boot("numa-2n-2g");
    const MachineState& state = timeline->system().state();
    const auto cpu =
        std::find(state.zones.cpu_node.begin(), state.zones.cpu_node.end(), 1) - state.zones.cpu_node.begin();
    must(*timeline, fmt::format("spawn /bin/sh text 65536 data 8192 bss 4096 cpu {}", cpu));
    const VirtAddr at = *must(*timeline, fmt::format("mmap 1 600000000 rw- cpu {}", cpu)).process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 600000000 write cpu {}", at, cpu));
    const auto frames = [&] {
        std::vector<Pfn> out;
        state.processes.mappings.each([&](Pfn p, const PageMapping& m) {
            if (m.kind == MappingKind::anon) out.push_back(p);
        });
        return out;
    };
    const std::vector<Pfn> before = frames();
    // A block of node 1 with some of them and nothing of the kernel's.
    Pfn block = 1 * GiB / page_size / block_pages;
    CommandResult gone;
    for (; block < 2 * GiB / page_size / block_pages && gone.moved.empty(); ++block)
        if (const auto done = run(*timeline, fmt::format("memory_offline {}", block)); done && done->pfn != no_pfn)
            gone = *done;
    --block;
    ASSERT_EQ(std::nullopt, timeline->system().check());
    ASSERT_GT(gone.moved.size(), 0u);
    for (const PageMove& move : gone.moved)
        EXPECT_EQ(0, state.zones.zone_of(move.to)->nid);
    EXPECT_EQ(before.size(), frames().size());
    for (const Pfn p : frames())
        EXPECT_NE(block, p / block_pages);
    must(*timeline, fmt::format("touch 1 {:#x} 600000000 write", at));
    must(*timeline, fmt::format("memory_online {}", block));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

}  // namespace
}  // namespace mm
