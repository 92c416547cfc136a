// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/timeline.h"
#include "engine/snapshot/describe.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/walk.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::Contains;
using testing::HasSubstr;

TEST(HighmemCommands, PrintAsTheyAreRead) {
    for (const char* text : {"kmap 0x40000", "kunmap 0x40000", "kmap_local 0x40000 cpu 1",
                             "kunmap_local 0xfffb8000 cpu 0", "page_address 0x40000", "kmap_flush_unused"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    EXPECT_EQ("kmap_local 0x5 cpu 0", to_text(*parse_command("kmap_atomic 5")));
    for (const char* text : {"kmap", "kmap x", "kmap 1 cpu 0", "kmap_local 1 order 0", "kmap_flush_unused 1"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  i386 without PAE: PKMAP_BASE 0xff800000, 1024 slots; with PAE 512 slots of a table of its own
//  Expect: a page of highmem has no address, then that of slot 1, where the walk finds it.
TEST(HighmemCommands, APageOfHighmemIsMapped) {
    for (const char* name : {"i386-np-4g", "i386-pae-4g"}) {
        auto timeline = boot(name);
        const Pfn pfn = must(*timeline, "alloc_pages GFP_HIGHUSER order 0").pfn;
        EXPECT_EQ(must(*timeline, fmt::format("page_address {:#x}", pfn)).area, std::nullopt);
        const VirtAddr at = must(*timeline, fmt::format("kmap {:#x}", pfn)).area.value_or(0);
        const HighmemWindow& window = timeline->system().state().highmem.window;
        EXPECT_EQ(window.slots, timeline->system().profile().pae ? 512u : 1024u);
        EXPECT_EQ(at, window.pkmap + page_size);
        const WalkReport seen = walk_report(*timeline->snapshot(), at);
        EXPECT_EQ(seen.phys, phys_of(pfn));
        EXPECT_EQ(seen.area ? seen.area->name : "", "pkmap");
        EXPECT_EQ(must(*timeline, fmt::format("page_address {:#x}", pfn)).area, at);
        const VirtAddr local = must(*timeline, fmt::format("kmap_local {:#x}", pfn)).area.value_or(0);
        EXPECT_EQ(local, 0xfffff000 - 68 * page_size) << "FIX_KMAP_BEGIN";
        EXPECT_EQ(walk_report(*timeline->snapshot(), local).phys, phys_of(pfn));
        EXPECT_THAT(print_pkmap(*timeline->snapshot()), HasSubstr("1 in use, 0 wait for a flush"));
        EXPECT_EQ(timeline->system().check(), std::nullopt);
        must(*timeline, fmt::format("kunmap_local {:#x}", local));
        must(*timeline, fmt::format("kunmap {:#x}", pfn));
        EXPECT_FALSE(run(*timeline, fmt::format("kunmap {:#x}", pfn)));
        must(*timeline, "kmap_flush_unused");
        EXPECT_FALSE(walk_report(*timeline->snapshot(), at).phys);
        EXPECT_EQ(timeline->system().check(), std::nullopt);
    }
}

//  Expect: with 512 pages mapped the next would sleep; one that is unmapped makes room for it.
TEST(HighmemCommands, AllSlotsAreTaken) {
    auto timeline = boot("i386-pae-4g");
    const Pfn first = must(*timeline, "alloc_pages GFP_HIGHUSER order 10").pfn;
    for (Pfn p = first; p < first + 512; ++p)
        ASSERT_TRUE(must(*timeline, fmt::format("kmap {:#x}", p)).area);
    EXPECT_EQ(must(*timeline, fmt::format("kmap {:#x}", first + 512)).area, std::nullopt);
    EXPECT_THAT(describe(timeline->snapshot()->last_event()), HasSubstr("the task sleeps until one is unmapped"));
    must(*timeline, fmt::format("kunmap {:#x}", first + 100));
    EXPECT_TRUE(must(*timeline, fmt::format("kmap {:#x}", first + 512)).area);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//  DMA | Normal: used up | HighMem: free
//  Expect: GFP_KERNEL finds nothing with the kernel's report while GFP_HIGHUSER has gigabytes.
TEST(HighmemCommands, LowmemRunsOutWhileHighmemIsFree) {
    auto timeline = boot("i386-pae-4g");
    NrPages taken = 0;
    while (must(*timeline, "alloc_pages GFP_KERNEL|__GFP_NOWARN order 10").pfn != no_pfn && taken < 300)
        ++taken;
    EXPECT_GT(taken, 100u);
    EXPECT_LT(taken, 230u) << "lowmem ends at 896 MiB";
    const auto failed = must(*timeline, "alloc_pages GFP_KERNEL order 10");
    EXPECT_EQ(failed.pfn, no_pfn);
    while (must(*timeline, "alloc_pages GFP_KERNEL|__GFP_NOWARN order 2").pfn != no_pfn && taken < 9000)
        ++taken;
    EXPECT_EQ(must(*timeline, "alloc_pages GFP_KERNEL order 2").pfn, no_pfn);
    const SnapshotPtr now = timeline->snapshot();
    const auto log = now->history.log_between(0, now->total);
    EXPECT_THAT(log, Contains(HasSubstr("page allocation failure: order:10, mode:0xcc0(GFP_KERNEL)")));
    EXPECT_THAT(log, Contains(HasSubstr("invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=2")));
    EXPECT_THAT(log, Contains(HasSubstr("HighMem free:")));
    const auto high_free = [&] {
        NrPages free = 0;
        for (const Node& node : timeline->system().state().zones.nodes)
            for (const Zone& zone : node.zones)
                if (zone.type == ZoneType::highmem) free += zone.free_pages;
        return free;
    };
    EXPECT_GT(high_free(), 500000u);
    EXPECT_NE(must(*timeline, "alloc_pages GFP_HIGHUSER order 10").pfn, no_pfn);
    EXPECT_THAT(print_meminfo(*timeline->snapshot()), HasSubstr("LowFree:"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//  Expect: on a 64-bit machine kmap() is the direct map.
TEST(HighmemCommands, WithoutHighmemItIsTheDirectMap) {
    auto timeline = boot("pc-512m");
    EXPECT_EQ(must(*timeline, "kmap 0x1000").area, 0xffff888001000000);
    EXPECT_EQ(must(*timeline, "kmap_local 0x1000").area, 0xffff888001000000);
    must(*timeline, "kunmap_local 0xffff888001000000");
    EXPECT_FALSE(run(*timeline, "kmap 0x1000000"));
    EXPECT_THAT(print_pkmap(*timeline->snapshot()), HasSubstr("no highmem"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//  Expect: each moment is the same forwards and backwards.
TEST(HighmemCommands, UndoTakesAMappingBack) {
    auto timeline = boot("i386-np-4g");
    const Pfn pfn = must(*timeline, "alloc_pages GFP_HIGHUSER order 0").pfn;
    const std::uint64_t before = timeline->hash();
    must(*timeline, fmt::format("kmap {:#x}", pfn));
    const std::uint64_t after = timeline->hash();
    EXPECT_NE(before, after);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(before, timeline->hash());
    must(*timeline, fmt::format("kmap {:#x}", pfn));
    EXPECT_EQ(after, timeline->hash());
}

}  // namespace
}  // namespace mm
