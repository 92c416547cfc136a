// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;

VirtAddr direct(Timeline& timeline, Pfn pfn) {
    return *phys_to_virt(layout_input_of(*timeline.snapshot()), phys_of(pfn));
}

TEST(SetMemoryCommands, PrintAsTheyAreRead) {
    for (const char* text :
         {"set_memory_uc 0xffff888001000000 count 1 cpu 0", "set_memory_wc 0xc1000000 count 16 cpu 1",
          "set_memory_wb 0xffff888001000000 count 1 cpu 0", "set_memory_ro 0xffffc90000000000 count 2 cpu 0",
          "set_memory_rw 0xffffc90000000000 count 2 cpu 0"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    for (const char* text :
         {"set_memory_uc", "set_memory_uc x", "set_memory_np 0x1000", "set_memory_uc 0x1000 order 1"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  Expect: a page's type is in its flags word; the direct map loses a large page, which meminfo and vmstat show; the
//  table's frame is nobody's to free; undo takes it all back.
TEST(SetMemoryCommands, SplitTheDirectMap) {
    for (const char* name : {"numa-2n-2g", "i386-np-4g", "i386-pae-2g"}) {
        SCOPED_TRACE(name);
        const auto timeline = boot(name);
        const Pfn pfn = must(*timeline, "alloc_pages GFP_KERNEL order 0 node 0 cpu 0").pfn;
        const VirtAddr at = direct(*timeline, pfn);
        const Bytes leaf = timeline->system().state().direct_map.tables.walk(at).leaf_size;
        ASSERT_GT(leaf, page_size);
        const std::uint64_t hash = timeline->hash();
        const std::string before = print_meminfo(*timeline->snapshot());
        EXPECT_TRUE(must(*timeline, fmt::format("set_memory_uc {:#x}", at)).area);
        const MachineState& state = timeline->system().state();
        EXPECT_EQ(page_size, state.direct_map.tables.walk(at).leaf_size);
        EXPECT_TRUE(timeline->system().pages().flags(pfn) & bit(PageFlag::uncached));
        EXPECT_NE(before, print_meminfo(*timeline->snapshot()));
        EXPECT_THAT(print_vmstat(*timeline->snapshot()), HasSubstr("direct_map_level2_splits 1\n"));
        ASSERT_EQ(1u, state.pat.tables->size());
        const Pfn table = state.pat.tables->begin()->first;
        EXPECT_THAT(run(*timeline, fmt::format("free_pages {:#x} order 0", table)).error().text(),
                    HasSubstr("a page table of the direct map"));
        EXPECT_EQ(std::nullopt, timeline->system().check());
        EXPECT_FALSE(must(*timeline, fmt::format("set_memory_wc {:#x}", at)).area) << "it has a type";
        must(*timeline, fmt::format("set_memory_wb {:#x}", at));
        must(*timeline, fmt::format("set_memory_wc {:#x}", at));
        EXPECT_TRUE(timeline->system().pages().flags(pfn) & bit(PageFlag::arch_1));
        for (int i = 0; i < 4; ++i)
            ASSERT_TRUE(timeline->undo());
        EXPECT_EQ(hash, timeline->hash());
        EXPECT_EQ(std::nullopt, timeline->system().check());
    }
}

//      vmalloc [ro ro ..]     the same frame in the direct map is read-only, too
TEST(SetMemoryCommands, AnAreasPagesAreReadOnlyInTheDirectMapToo) {
    const auto timeline = boot("pc-512m");
    const VirtAddr area = *must(*timeline, "vmalloc 16384").area;
    const PageTables& tables = timeline->system().state().direct_map.tables;
    const Pfn pfn = timeline->system().state().vmalloc.busy->at(area).pages[0];
    EXPECT_TRUE(must(*timeline, fmt::format("set_memory_ro {:#x} count 2", area)).area);
    const auto writable = [&](VirtAddr at) { return (tables.walk(at).steps.back().entry & pte_rw) != 0; };
    EXPECT_FALSE(writable(area));
    EXPECT_TRUE(writable(area + 2 * page_size));
    EXPECT_FALSE(writable(direct(*timeline, pfn)));
    must(*timeline, fmt::format("set_memory_rw {:#x} count 2", area));
    EXPECT_TRUE(writable(area));
    EXPECT_TRUE(writable(direct(*timeline, pfn)));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

//      a block of 8 pages, the sixth uncached: what goes free has no type, and undo gives it back
TEST(SetMemoryCommands, ATypeGoesWithItsBlock) {
    const auto timeline = boot("pc-512m");
    const Pfn pfn = must(*timeline, "alloc_pages GFP_KERNEL order 3 node 0 cpu 0").pfn;
    must(*timeline, fmt::format("set_memory_uc {:#x}", direct(*timeline, pfn + 5)));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    const std::uint64_t hash = timeline->hash();
    const Position before = timeline->cursor();
    must(*timeline, fmt::format("free_pages {:#x} order 3", pfn));
    EXPECT_FALSE(timeline->system().pages().flags(pfn + 5) & bit(PageFlag::uncached));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    timeline->seek(before);
    EXPECT_TRUE(timeline->system().pages().flags(pfn + 5) & bit(PageFlag::uncached));
    EXPECT_EQ(hash, timeline->hash());
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

//      [ok][ok][broken][ok][ok][uc][ok][ok]     the same where the block has a broken frame, too
TEST(SetMemoryCommands, ATypeGoesWithABlockThatHasABrokenFrame) {
    const auto timeline = boot("pc-512m");
    const Pfn pfn = must(*timeline, "alloc_pages GFP_KERNEL order 3 node 0 cpu 0").pfn;
    must(*timeline, fmt::format("set_memory_uc {:#x}", direct(*timeline, pfn + 5)));
    must(*timeline, fmt::format("memory_failure {:#x}", pfn + 2));
    must(*timeline, fmt::format("free_pages {:#x} order 3", pfn));
    EXPECT_FALSE(timeline->system().pages().flags(pfn + 5) & bit(PageFlag::uncached));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(SetMemoryCommands, AreX86s) {
    const auto timeline = boot("arm64-256m");
    EXPECT_THAT(run(*timeline, "set_memory_uc 0xffff000000000000").error().text(), HasSubstr("x86's"));
}

}  // namespace
}  // namespace mm
