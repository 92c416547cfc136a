// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/low_pages.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

constexpr Pfn top = 0x1000, buffer = 0x2000;

DirectMap empty_map(PagingMode mode, unsigned brk_pages) {
    DirectMap map;
    map.tables = PageTables(top, mode);
    map.brk_buffer = buffer;
    map.brk_pages = brk_pages;
    map.min_pfn_mapped = 0x100;
    map.max_pfn_mapped = 0x8000;
    return map;
}

/// The frame of the table of the last level that maps the address; 0 if there is none.
Pfn last_table(const DirectMap& map, VirtAddr virt) {
    const Walk walk = map.tables.walk(virt);
    return walk.steps.back().level == PtLevel::pte ? pfn_down(walk.steps.back().table) : 0;
}

//      brk     [2000][2001]              two frames, then memblock's highest
TEST(LowPages, come_from_brk_and_then_from_below_what_is_mapped) {
    Memblock memblock;
    memblock.add(MiB, 127 * MiB);
    DirectMap map = empty_map(PagingMode::i386, 2);
    const BootMemblock boot(memblock);
    LowPages pages(map, boot);
    EXPECT_EQ(pages.alloc(1, "PTE"), buffer);
    EXPECT_EQ(pages.alloc(2, "PTE"), 0x7ffeu) << "two in a row do not fit any more";
    EXPECT_EQ(pages.alloc(1, "PTE"), buffer + 1);
    EXPECT_EQ(pages.alloc(1, "PTE"), 0x7ffdu);
    EXPECT_EQ(map.brk_tables_used, 2u);
    EXPECT_EQ(memblock.reserved_size(), 3 * page_size);
    pages.set_can_use_brk(false);
    EXPECT_EQ(pages.alloc(1, "PTE"), 0x7ffcu);
}

//      virtual   ff400000  ff800000       4 MiB each without PAE
//      range        [.........]           two tables; one that is there stays
TEST(PopulateRange, makes_the_tables_that_are_missing) {
    Memblock memblock;
    DirectMap map = empty_map(PagingMode::i386, 8);
    const BootMemblock boot(memblock);
    LowPages pages(map, boot);
    map.tables.populate(0xff800000, pages.one_by_one());
    populate_range(map, pages, {0xff500000, 0xff900000});
    EXPECT_EQ(last_table(map, 0xff800000), buffer);
    EXPECT_EQ(last_table(map, 0xff400000), buffer + 1);
    EXPECT_EQ(last_table(map, 0xff000000), 0u);
    EXPECT_EQ(map.brk_tables_used, 2u);
    EXPECT_FALSE(map.tables.check());
}

//      PAE, 2 MiB a table   ff800000  ffa00000  ffc00000  ffe00000
//      there already                    x                    x
//      kmap_atomic()                            [............]         two tables in a row, taken first
//      made                    3rd              4th -> 1st   -> 2nd
TEST(PopulateFixmap, puts_the_tables_of_kmap_atomic_in_a_row) {
    Memblock memblock;
    DirectMap map = empty_map(PagingMode::i386_pae, 8);
    const BootMemblock boot(memblock);
    LowPages pages(map, boot);
    Pfn in_image = 0x3000;
    const auto early = [&](PtLevel) { return in_image++; };
    map.tables.populate(0xffe00000, early);
    map.tables.map(0xffffd000, 0xfee00000, page_size, page_kernel, early);
    map.tables.populate(0xffa00000, early);
    populate_fixmap(map, pages, {0xff9fe000, 0x100000000}, {0xffdbf000, 0xfffbc000});
    EXPECT_EQ(last_table(map, 0xffc00000), buffer);
    EXPECT_EQ(last_table(map, 0xffe00000), buffer + 1);
    EXPECT_EQ(last_table(map, 0xff800000), buffer + 2);
    EXPECT_GE(last_table(map, 0xffa00000), 0x3000u) << "early_ioremap()'s table stays in the image";
    EXPECT_EQ(map.tables.walk(0xffffd000).phys, 0xfee00000u) << "what was mapped moves along";
    EXPECT_EQ(map.brk_tables_used, 4u) << "the one made for ffc00000 and replaced is lost";
    EXPECT_FALSE(map.tables.check());
}

//      0        4M                875M+  without PAE: 4K for the first 4 MiB (MTRRs) and for the rest below a large
//      page
TEST(SplitI386, large_pages_but_at_the_start_and_where_they_would_pass_lowmem) {
    Memblock memblock;
    memblock.add(page_size, 0x3ffdf000);
    const auto pieces = split_mem_range_i386({0, 0x36bfe000}, 4 * MiB, 0x36bfe, memblock);
    const std::vector<MapRange> expected{
        {{0, 4 * MiB}, page_size}, {{4 * MiB, 0x36800000}, 4 * MiB}, {{0x36800000, 0x36bfe000}, page_size}};
    EXPECT_EQ(pieces, expected);
}

TEST(SplitI386, a_small_piece_inside_memory_is_part_of_a_large_page) {
    Memblock memblock;
    memblock.add(MiB, 255 * MiB);
    const auto pieces = split_mem_range_i386({5 * MiB, 7 * MiB}, 2 * MiB, 0x10000, memblock);
    const std::vector<MapRange> expected{{{5 * MiB, 7 * MiB}, 2 * MiB}};
    EXPECT_EQ(pieces, expected);
}

}  // namespace
}  // namespace mm
