// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns, and which lines of a real log are derived, given or neither.
#include "engine/observe/line_kinds.h"

#include <gtest/gtest.h>

#include "engine/observe/line_pattern.h"

namespace mm {
namespace {

TEST(LinePattern, WildcardsTakeWhatTheySay) {
    EXPECT_TRUE(begins_like("Zone ranges:", "Zone ranges:"));
    EXPECT_TRUE(begins_like("Zone ranges: and more", "Zone ranges:"));
    EXPECT_FALSE(begins_like("Zone range", "Zone ranges:"));
    EXPECT_TRUE(begins_like("727MB HIGHMEM available.", "%MB HIGHMEM"));
    EXPECT_FALSE(begins_like("MB HIGHMEM available.", "%MB HIGHMEM")) << "at least one digit";
    EXPECT_TRUE(begins_like("  DMA      [mem 0x1000", "  DMA$[mem"));
    EXPECT_FALSE(begins_like("  DMA[mem 0x1000", "  DMA$[mem")) << "at least one blank";
    EXPECT_TRUE(begins_like("  00000-9FFFF write-back", "  ^-^ "));
    EXPECT_FALSE(begins_like("  9ffff-00000 write-back", "  ^-^ ")) << "upper case";
    EXPECT_TRUE(begins_like("", ""));
    EXPECT_TRUE(begins_like("anything", ""));
}

// "*" takes as little as possible, and more where what follows does not fit:
//      a*b: % pages   on   "ab: x b: 12 pages"
TEST(LinePattern, AStarTriesFurther) {
    EXPECT_TRUE(begins_like("ab: x b: 12 pages", "a*b: % pages"));
    EXPECT_FALSE(begins_like("ab: x b: y pages", "a*b: % pages"));
    EXPECT_TRUE(begins_like("TCP established hash table entries: 4096", "*hash table entries: "));
    EXPECT_FALSE(begins_like("hash tables", "*hash table entries: "));
    EXPECT_FALSE(begins_like("aaaaaaaaaaaaaaaaaaaaaaaa", "*a*a*a*b"));
}

TEST(LineKinds, LinesFallIntoTheirCategories) {
    const std::pair<std::string_view, Category> lines[] = {
        {"e820: update [mem 0x00000000-0x00000fff] usable ==> reserved", Category::e820},
        {"last_pfn = 0x1ffe0 max_arch_pfn = 0x400000000", Category::e820},
        {"init_memory_mapping: [mem 0x00000000-0x000fffff]", Category::mapping},
        {"memblock_reserve: [0x1-0x2] memblock_alloc_range_nid+0xb0/0x13d", Category::memblock},
        {" memory[0x0]\t[0x0000000000001000-0x000000000009efff]", Category::memblock},
        {"NODE_DATA(0) allocated [mem 0x1ffb5000-0x1ffdffff]", Category::numa},
        {"  DMA32    [mem 0x0000000001000000-0x000000001ffdffff]", Category::zones},
        {"  Normal   empty", Category::zones},
        {"  node   0: [mem 0x0000000000001000-0x000000000009efff]", Category::zones},
        {"  DMA32 zone: 1984 pages used for memmap", Category::present},
        {"On node 0, zone DMA: 1 pages in unavailable ranges", Category::present},
        {"Built 1 zonelists, mobility grouping on.  Total pages: 128768", Category::zonelists},
        {"mminit::pageflags_layout_widths Section 0", Category::mminit},
        {"Memory: 338620K/2096632K available (14343K kernel code)", Category::memory},
        {"Dentry cache hash table entries: 65536 (order: 7, 524288 bytes, linear)", Category::hashes},
        {"[mem 0x20000000-0xfeffbfff] available for PCI devices", Category::holes},
        {"SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=1, Nodes=1", Category::slub},
        {"BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable", Category::given},
        {"memblock_reserve: [0x1000000-0x43fffff] setup_arch+0x1/0x2", Category::given},
        {"memblock_alloc_try_nid: 64 bytes align=0x40 nid=-1", Category::given},
        {"  0 base 0000C0000000 mask 3FFFC0000000 uncachable", Category::given},
        {"x86/fpu: x87 FPU will use FXSAVE", Category::other},
        {"", Category::other},
    };
    for (const auto& [line, category] : lines)
        EXPECT_EQ(name_of(kind_of(line).category), name_of(category)) << line;
    EXPECT_EQ(kind_of("last_pfn = 0x1").function, "e820_end_pfn");
    EXPECT_FALSE(kind_of("BIOS-e820: [mem 0x0-0xfff] usable").derived());
}

}  // namespace
}  // namespace mm
