// SPDX-License-Identifier: GPL-3.0-or-later
// Memory plugged into a booted machine, and pulled out again.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::must;
using test::run;
using testing::HasSubstr;

constexpr NrPages block_pages = 128 * MiB / page_size;

//  0x0 [ 512 MiB: DMA, DMA32 ]   0x100000000 [ 256 MiB: blocks 32, 33 ]
//  Expect: offline it changes little; online there is a Normal zone, where the next pages come from.
TEST(HotAddCommands, AMachineGetsAZoneThatItDidNotHave) {
    const auto timeline = test::boot("pc-512m");
    const MachineState& state = timeline->system().state();
    const Position start = timeline->cursor();
    const NrPages total = state.totalram_pages;
    must(*timeline, "memory_add 0x100000000 size 0x10000000 node 0");
    EXPECT_EQ(state.totalram_pages, total);
    EXPECT_EQ(state.max_pfn, 34 * block_pages);
    EXPECT_TRUE(std::any_of(state.iomem.begin(), state.iomem.end(), [](const IomemEntry& entry) {
        return entry.range == PhysRange{4 * GiB, 4 * GiB + 256 * MiB} && entry.name == "System RAM";
    }));
    EXPECT_FALSE(state.zones.zone(0, ZoneType::normal)->populated());
    EXPECT_EQ(std::nullopt, timeline->system().check());
    must(*timeline, "memory_online 32");
    const Zone& normal = *state.zones.zone(0, ZoneType::normal);
    EXPECT_EQ(normal.managed, block_pages);
    EXPECT_EQ(normal.start_pfn, 32 * block_pages);
    EXPECT_FALSE(normal.pcp.empty());
    EXPECT_GT(normal.watermark[0], 0u);
    EXPECT_EQ(state.totalram_pages, total + block_pages);
    ASSERT_FALSE(state.zones.node(0)->fallback.empty());
    EXPECT_EQ(state.zones.node(0)->fallback.front(), (ZoneRef{0, ZoneType::normal}));
    EXPECT_GE(must(*timeline, "alloc_pages GFP_KERNEL order 0 node 0 cpu 0").pfn, 32 * block_pages);
    must(*timeline, "memory_online_movable 33");
    EXPECT_EQ(state.zones.frames_of(33 * block_pages)->zone.type, ZoneType::movable);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    timeline->seek(start);
    EXPECT_EQ(state.totalram_pages, total);
    EXPECT_EQ(timeline->system().pages().end_pfn() / block_pages, 4u);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    timeline->seek(timeline->total());
    EXPECT_EQ(state.totalram_pages, total + 2 * block_pages);
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

//  DMA32 [ ... 0x1ffe0]   block 4 at 512 MiB: below 4 GiB, and beyond what the zone spans
//  Expect: the kernel puts it into Normal.
TEST(HotAddCommands, AZoneIsChosenByWhatItSpans) {
    const auto timeline = test::boot("pc-512m");
    const MachineState& state = timeline->system().state();
    must(*timeline, "memory_add 0x20000000 size 0x8000000");
    must(*timeline, "memory_online 4");
    EXPECT_EQ(state.zones.frames_of(4 * block_pages)->zone.type, ZoneType::normal);
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

//  Expect: pages of a process that went there come away, and then the module can be pulled out.
TEST(HotAddCommands, AModuleIsPulledOutUnderAProcess) {
    const auto timeline = test::boot("pc-512m");
    const MachineState& state = timeline->system().state();
    must(*timeline, "memory_add 0x100000000 size 0x8000000");
    must(*timeline, "memory_online_movable 32");
    must(*timeline, "spawn /bin/sh");
    const VirtAddr at = *must(*timeline, "mmap 1 20000000 rw-").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 20000000 write", at));
    const auto anonymous = [&](Pfn from) {
        NrPages pages = 0;
        state.processes.mappings.each(
            [&](Pfn p, const PageMapping& m) { pages += p >= from && m.kind == MappingKind::anon; });
        return pages;
    };
    const NrPages before = anonymous(0);
    EXPECT_GT(anonymous(32 * block_pages), 4000u);
    EXPECT_THAT(run(*timeline, "memory_remove 0x100000000 size 0x8000000").error().text(), HasSubstr("is onlined"));
    const CommandResult gone = must(*timeline, "memory_offline 32");
    EXPECT_EQ(gone.pfn, 32 * block_pages);
    EXPECT_EQ(anonymous(32 * block_pages), 0u);
    EXPECT_EQ(anonymous(0), before);
    EXPECT_GT(gone.moved.size(), 4000u);
    EXPECT_TRUE(state.zones.zone(0, ZoneType::movable)->pcp.empty());
    must(*timeline, "memory_remove 0x100000000 size 0x8000000");
    EXPECT_EQ(std::nullopt, timeline->system().check());
    must(*timeline, fmt::format("touch 1 {:#x} 20000000 write", at));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(HotAddCommands, OnArm64TheDirectMapIsMadeOfSinglePages) {
    const auto timeline = test::boot("arm64-efi-1g");
    const MachineState& state = timeline->system().state();
    const NrPages free = state.zones.sum(&Zone::free_pages);
    const std::size_t memory = state.memblock.memory().size();
    must(*timeline, "memory_add 0x200000000 size 0x8000000");
    EXPECT_GE(state.hotplug.tables->size(), 64u) << "a PTE table for each 2 MiB";
    EXPECT_LT(state.zones.sum(&Zone::free_pages), free - 512 - 64);
    EXPECT_EQ(state.memblock.memory().size(), memory + 1) << "arm64 keeps memblock";
    must(*timeline, "memory_online 64");
    EXPECT_EQ(std::nullopt, timeline->system().check());
    must(*timeline, "memory_offline 64");
    must(*timeline, "memory_remove 0x200000000 size 0x8000000");
    EXPECT_TRUE(state.hotplug.tables->empty());
    EXPECT_EQ(state.memblock.memory().size(), memory);
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(HotAddCommands, PrintAsTheyAreRead) {
    for (const char* text : {"memory_offline 3 cpu 0", "memory_online 3 cpu 1", "memory_online_kernel 7 cpu 0",
                             "memory_online_movable 32 cpu 2", "memory_add 0x100000000 size 134217728 node 1 cpu 0",
                             "memory_remove 0x100000000 size 134217728 cpu 3"})
        EXPECT_EQ(text, to_text(*parse_command(text)));
    for (const char* text : {"memory_add", "memory_add 1 count 2", "memory_online_movable", "memory_online 0x1000000"})
        EXPECT_FALSE(parse_command(text)) << text;
    const auto timeline = test::boot("i386-pae-2g");
    for (const char* text : {"memory_add 0x100000000 size 0x8000000", "memory_offline 8", "memory_online 8"})
        EXPECT_THAT(run(*timeline, text).error().text(), HasSubstr("i386 has none"));
}

//  Expect: what describes the memory is not its caller's to free.
TEST(HotAddCommands, NobodyFreesItsStructPages) {
    const auto timeline = test::boot("pc-512m");
    must(*timeline, "memory_add 0x100000000 size 0x8000000");
    const HotplugState& hotplug = timeline->system().state().hotplug;
    const AddedSection& section = hotplug.added->at(0).sections.at(0);
    EXPECT_THAT(run(*timeline, fmt::format("free_pages {:#x} order 9", section.memmap[0])).error().text(),
                HasSubstr("memory_remove frees it"));
    EXPECT_THAT(run(*timeline, fmt::format("kfree {:#x}", section.usage)).error().text(),
                HasSubstr("describes memory that was added"));
    ASSERT_FALSE(hotplug.tables->empty());
    EXPECT_THAT(run(*timeline, fmt::format("free_page {:#x}", hotplug.tables->begin()->first)).error().text(),
                HasSubstr("page table of memory that was added"));
}

//  Expect: an answer at once, whatever is asked for.
TEST(HotAddCommands, MoreThanStructPagesFitForIsNotBegun) {
    for (const char* machine : {"pc-512m", "arm64-efi-1g"}) {
        const auto timeline = test::boot(machine);
        EXPECT_EQ(must(*timeline, "memory_add 0x100000000 size 0xe0000000000").pfn, no_pfn);
        EXPECT_TRUE(timeline->system().state().hotplug.added->empty());
        for (const char* text :
             {"memory_add 0xfffffffff8000000 size 0x8000000", "memory_add 0x100000000 size 0xffffffff00000000",
              "memory_add 0x100000000 size 0xfffffffffffffff8", "memory_add 0x100000000 size 0"})
            EXPECT_FALSE(run(*timeline, text)) << text;
        EXPECT_EQ(std::nullopt, timeline->system().check());
    }
}

//  module [2M leaf ──► table of 4K leaves ]     Expect: the table goes with it, and the module can come again
TEST(HotAddCommands, TablesOfSplitLeavesGoWithTheModule) {
    const auto timeline = test::boot("pc-512m");
    const MachineState& state = timeline->system().state();
    must(*timeline, "memory_add 0x100000000 size 0x8000000");
    must(*timeline, "memory_online_movable 32");
    const Pfn pfn = must(*timeline, "alloc_pages GFP_HIGHUSER_MOVABLE order 0").pfn;
    ASSERT_GE(pfn, 32 * block_pages);
    const VirtAddr at = 0xffff888000000000 + phys_of(pfn);
    must(*timeline, fmt::format("set_memory_uc {:#x}", at));
    ASSERT_EQ(state.pat.tables->size(), 1u);
    ASSERT_EQ(std::nullopt, timeline->system().check());
    must(*timeline, fmt::format("set_memory_wb {:#x}", at));
    must(*timeline, fmt::format("free_page {:#x}", pfn));
    must(*timeline, "memory_offline 32");
    must(*timeline, "memory_remove 0x100000000 size 0x8000000");
    EXPECT_TRUE(state.pat.tables->empty());
    must(*timeline, "memory_add 0x100000000 size 0x8000000");
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

}  // namespace
}  // namespace mm
