// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/walk.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;
using testing::StartsWith;

TEST(VmallocCommands, PrintAsTheyAreRead) {
    for (const char* text :
         {"vmalloc 8192 GFP_KERNEL cpu 0", "vmalloc 1 GFP_KERNEL|__GFP_ZERO node 1 cpu 2 caller n_tty_open+0x16/0x90",
          "vfree 0xffffc90000000000 cpu 0", "vmap 0x1000 count 4 cpu 0", "vunmap 0xffffc90000000000 cpu 1",
          "ioremap 0xfed00000 1024 cpu 0", "iounmap 0xffffc90000000000 cpu 0", "vm_unmap_aliases cpu 0"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    EXPECT_EQ("vmalloc 8 GFP_KERNEL|__GFP_ZERO cpu 0", to_text(*parse_command("vzalloc 8")));
    for (const char* text : {"vmalloc", "vmalloc x", "vfree", "ioremap 0x1000", "vmap 1 count x", "vunmap 1 order 0"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  Expect: the first area lies at VMALLOC_START, its pages are not the user's to free, and all comes back.
TEST(VmallocCommands, AnAreaIsMadeOfPagesAndDescriptors) {
    auto timeline = boot("pc-512m");
    const CommandResult area = must(*timeline, "vmalloc 10000 GFP_KERNEL caller here+0x1/0x2");
    EXPECT_EQ(area.area, 0xffffc90000000000);
    ASSERT_NE(area.pfn, no_pfn);
    EXPECT_EQ(print_vmallocinfo(*timeline->snapshot()),
              "0xffffc90000000000-0xffffc90000004000   16384 here+0x1/0x2 pages=3 vmalloc N0=3\n");
    EXPECT_THAT(print_meminfo(*timeline->snapshot()), HasSubstr("VmallocUsed:          12 kB\n"));
    const auto refused = run(*timeline, fmt::format("free_pages {:#x} order 0", area.pfn));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), HasSubstr("is mapped at 0xffffc90000000000 by vmalloc(): vfree() frees it"));
    const System& system = timeline->system();
    const auto in_use = [&](std::string_view cache) {
        const SlabState& slabs = system.state().slab;
        return slabs.cache(slabs.find(cache)).live;
    };
    EXPECT_EQ(in_use("vmap_area"), 3u)
        << "the area, free addresses below it and above it: the CPU's spare one went there";
    const std::uint64_t structs = in_use("kmalloc-64");
    EXPECT_EQ(must(*timeline, "ioremap 0xfed00000 1024").area, 0xffffc90000004000);
    EXPECT_EQ(in_use("kmalloc-64"), structs + 1);
    EXPECT_EQ(in_use("vmap_area"), 5u) << "the second area begins where free addresses do: the CPU keeps its spare one";
    EXPECT_EQ(system.check(), std::nullopt);
    must(*timeline, "iounmap 0xffffc90000004000");
    must(*timeline, "vfree 0xffffc90000000000");
    EXPECT_FALSE(run(*timeline, "vfree 0xffffc90000000000"));
    must(*timeline, "vm_unmap_aliases");
    EXPECT_EQ(in_use("kmalloc-64"), structs - 1);
    EXPECT_EQ(system.state().vmalloc.free->size(), 1u);
    EXPECT_EQ(system.check(), std::nullopt);
}

//  i386: lowmem | 8 MiB | 120 MiB of vmalloc | ...
//  Expect: the window runs out while memory does not, with the kernel's words.
TEST(VmallocCommands, TheWindowOfA32BitMachineRunsOut) {
    auto timeline = boot("i386-np-4g");
    std::size_t made = 0;
    while (made < 100 && must(*timeline, "vmalloc 16777216 GFP_KERNEL").area)
        ++made;
    EXPECT_GE(made, 5u);
    EXPECT_LE(made, 7u);
    const SnapshotPtr now = timeline->snapshot();
    EXPECT_GT(now->state.zones.sum(&Zone::free_pages), 100000u);
    const auto log = now->history.log_between(0, now->total);
    EXPECT_THAT(log, testing::Contains(
                         HasSubstr("vmap allocation for size 16781312 failed: use vmalloc=<size> to increase size")));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    EXPECT_THAT(print_vmallocinfo(*now), HasSubstr("16781312 pages=4096 vmalloc vpages\n"));
}

//  x86_64: PGD -> PUD (since boot) -> PMD -> PTE        i386: PGD -> PTE        PAE: PGD -> PMD (since boot) -> PTE
//  arm64: the image ends in a PTE table that has room behind it
//  Expect: a walk goes through tables that are the page allocator's, and DirectMap4k counts none of it.
TEST(VmallocCommands, AWalkFindsWhatAnAreaHas) {
    for (const auto& [name, tables] : {std::pair("pc-512m", 2u), std::pair("arm64-256m", 0u),
                                       std::pair("i386-np-4g", 1u), std::pair("i386-pae-4g", 1u)}) {
        SCOPED_TRACE(name);
        auto timeline = boot(name);
        const auto direct_4k = [&] {
            const std::string text = print_meminfo(*timeline->snapshot());
            return text.substr(text.find("DirectMap4k"), 30);
        };
        const std::string before = direct_4k();
        const CommandResult area = must(*timeline, "vmalloc 8192 GFP_KERNEL");
        ASSERT_TRUE(area.area);
        EXPECT_EQ(walk_report(*timeline->snapshot(), *area.area).phys, phys_of(area.pfn));
        const auto& made = *timeline->system().state().vmalloc.tables;
        EXPECT_EQ(made.size(), tables);
        if (tables != 0) {
            EXPECT_FALSE(run(*timeline, fmt::format("free_pages {:#x} order 0", made.begin()->first)));
        }
        EXPECT_EQ(direct_4k(), before);
        EXPECT_EQ(timeline->system().check(), std::nullopt);
        must(*timeline, fmt::format("vfree {:#x}", *area.area));
        EXPECT_FALSE(walk_report(*timeline->snapshot(), *area.area).phys);
        EXPECT_EQ(made.size(), tables) << "tables stay";
        EXPECT_EQ(timeline->system().check(), std::nullopt);
    }
}

//  Expect: each moment is the same forwards and backwards, and undo takes an area back.
TEST(VmallocCommands, EveryMomentIsTheSameForwardsAndBackwards) {
    auto timeline = boot("pc-512m");
    std::vector<std::uint64_t> hashes;
    std::vector<Position> ends;
    for (const char* text : {"vmalloc 3000000", "vmalloc 5000", "ioremap 0xfd000000 65536", "vfree 0xffffc90000000000",
                             "vm_unmap_aliases", "vmalloc 70000"}) {
        must(*timeline, text);
        hashes.push_back(timeline->hash());
        ends.push_back(timeline->total());
    }
    for (std::size_t i = hashes.size(); i-- > 0;) {
        timeline->seek(ends[i]);
        EXPECT_EQ(timeline->hash(), hashes[i]) << i;
    }
    timeline->seek(timeline->total());
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), hashes[4]);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//  arm64: the image lies inside the window
TEST(VmallocCommands, TheKernelImageOfArm64IsAnArea) {
    auto timeline = boot("arm64-256m");
    const CommandResult area = must(*timeline, "vmalloc 4096");
    ASSERT_TRUE(area.area);
    EXPECT_THAT(print_vmallocinfo(*timeline->snapshot()), HasSubstr(" paging_init vmap\n"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

}  // namespace
}  // namespace mm
