// SPDX-License-Identifier: GPL-3.0-or-later
// Paging modes: index fields, folding, entries in each mode's own bits, and tables built and walked in them.
#include "engine/pgtable/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/pgtable/page_tables.h"

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PagingMode all_modes[] = {PagingMode::x86_64, PagingMode::x86_64_la57, PagingMode::i386, PagingMode::i386_pae,
                                    PagingMode::arm64};

PageTables::AllocTable frames(Pfn next) {
    return [next](PtLevel) mutable { return next++; };
}

TEST(Paging, LevelsDivideTheAddressWithoutGap) {
    for (const PagingMode mode : all_modes) {
        const Paging& p = paging_of(mode);
        SCOPED_TRACE(p.name);
        unsigned low = page_shift;
        for (auto l = p.levels.rbegin(); l != p.levels.rend(); ++l) {
            EXPECT_EQ(l->shift, low);
            low += l->bits;
            EXPECT_LE(l->entries() * p.entry_size, page_size);
        }
        EXPECT_EQ(low, p.virtual_bits);
    }
}

TEST(Paging, FoldedLevelsAreNamed) {
    const auto folded = [](PagingMode mode) {
        std::string names;
        for (const FoldedLevel& l : folding(paging_of(mode)))
            if (l.is_folded) names += std::string(name_of(l.level)) + " ";
        return names;
    };
    EXPECT_EQ(folded(PagingMode::x86_64), "P4D ");
    EXPECT_EQ(folded(PagingMode::x86_64_la57), "");
    EXPECT_EQ(folded(PagingMode::i386), "P4D PUD PMD ");
    EXPECT_EQ(folded(PagingMode::i386_pae), "P4D PUD ");
    EXPECT_EQ(folded(PagingMode::arm64), "P4D ");
}

TEST(Paging, EntriesKeepAddressAndFlagsInEveryMode) {
    for (const PagingMode mode : all_modes) {
        const Paging& p = paging_of(mode);
        SCOPED_TRACE(p.name);
        for (const PagingLevel& l : p.levels) {
            if (l.level != PtLevel::pte) {
                const PtEntry table = p.table_entry(0x1234000, l.level);
                EXPECT_TRUE(p.present(table));
                EXPECT_FALSE(p.is_leaf(table, l.level));
                EXPECT_EQ(p.phys_in(table, l.level), 0x1234000U);
            }
            if (!l.leaf_allowed) continue;
            const PtEntry leaf = p.leaf_entry(3 * l.span() + 5, l.level, p.page_kernel_flags());
            EXPECT_TRUE(p.is_leaf(leaf, l.level));
            EXPECT_EQ(p.phys_in(leaf, l.level), 3 * l.span());
            EXPECT_EQ(leaf >> (p.entry_size * 8 - 1) >> 1, 0U) << "no more bits than the entry has";
        }
    }
}

TEST(Paging, Pse36HoldsAddressesAboveFourGigabytes) {
    const Paging& p = paging_of(PagingMode::i386);
    const PtEntry leaf = p.leaf_entry(5 * GiB + 4 * MiB, PtLevel::pgd, p.page_kernel_flags());
    EXPECT_EQ(leaf, 0x404021e3U) << "bit 32 of the address is bit 13 of the entry";
    EXPECT_EQ(p.phys_in(leaf, PtLevel::pgd), 5 * GiB + 4 * MiB);
}

TEST(Paging, FlagsHaveTheManualsNames) {
    const Paging& x86 = paging_of(PagingMode::x86_64);
    EXPECT_THAT(flag_names(x86, 0x80000000000001e3, PtLevel::pmd), ElementsAre("P", "RW", "A", "D", "G", "NX", "PSE"));
    EXPECT_THAT(flag_names(x86, 0x1067, PtLevel::pud), ElementsAre("P", "RW", "US", "A", "D"));
    EXPECT_THAT(flag_names(x86, 0x81, PtLevel::pte), ElementsAre("P", "PAT"));
    EXPECT_THAT(flag_names(x86, 0x62, PtLevel::pte), IsEmpty());
    const Paging& arm = paging_of(PagingMode::arm64);
    EXPECT_THAT(flag_names(arm, arm.leaf_entry(GiB, PtLevel::pud, arm64_page_kernel), PtLevel::pud),
                ElementsAre("BLOCK", "AttrIndx 0", "SH inner", "AF", "DBM", "PXN", "UXN"));
    EXPECT_THAT(flag_names(arm, 0x41000003, PtLevel::pmd), ElementsAre("TABLE"));
}

TEST(Paging, AddressesTheCpuRefuses) {
    const auto refused = [](PagingMode mode, VirtAddr virt) { return !paging_of(mode).refusal(virt).empty(); };
    EXPECT_FALSE(refused(PagingMode::x86_64, 0x00007fffffffffff));
    EXPECT_TRUE(refused(PagingMode::x86_64, 0x0000800000000000));
    EXPECT_FALSE(refused(PagingMode::x86_64, 0xffff800000000000));
    EXPECT_TRUE(refused(PagingMode::x86_64, 0xff11000000000000));
    EXPECT_FALSE(refused(PagingMode::x86_64_la57, 0xff11000000000000));
    EXPECT_TRUE(refused(PagingMode::i386, 0x100000000));
    EXPECT_FALSE(refused(PagingMode::arm64, 0xffff000000000000));
    EXPECT_TRUE(refused(PagingMode::arm64, 0x0000000000001000)) << "TTBR0";
    EXPECT_TRUE(refused(PagingMode::arm64, 0x0001000000000000));
}

//   i386   PGD[768] = 4M leaf     PGD[769] -> PTE[3]
TEST(PagingModes, TwoLevelTablesOfFourByteEntries) {
    PageTables t(7, PagingMode::i386);
    const PtEntry flags = t.paging().page_kernel_flags();
    t.map(0xc0000000, 0, 4 * MiB, flags, frames(100));
    t.map(0xc0403000, 0x403000, page_size, flags, frames(200));
    const Walk large = t.walk(0xc0123456), small = t.walk(0xc0403abc);
    EXPECT_EQ(large.phys, PhysAddr{0x123456});
    EXPECT_EQ(large.leaf_size, 4 * MiB);
    ASSERT_EQ(small.steps.size(), 2U);
    EXPECT_EQ(small.steps[0].index, 769U);
    EXPECT_EQ(small.steps[0].entry_at, 7 * page_size + 769 * 4);
    EXPECT_EQ(small.steps[0].entry, 200 * page_size | page_table_flags);
    EXPECT_EQ(small.phys, PhysAddr{0x403abc});
    EXPECT_EQ(t.mapped_ranges().size(), 2U);
    EXPECT_EQ(t.check(), Broken{});
}

TEST(PagingModes, PaeHasFourEntriesAtTheTop) {
    PageTables t(7, PagingMode::i386_pae);
    t.map_missing(0xc0000000, {0, 896 * MiB}, 2 * MiB, page_kernel, frames(100));
    const Walk w = t.walk(0xf7ffffff);
    ASSERT_EQ(w.steps.size(), 2U);
    EXPECT_EQ(w.steps[0].index, 3U);
    EXPECT_EQ(w.steps[0].entry, 100 * page_size | pte_present) << "a PDPT entry has no protection";
    EXPECT_EQ(w.phys, PhysAddr{0x37ffffff});
    EXPECT_EQ(t.tables().size(), 2U);
    EXPECT_EQ(t.check(), Broken{});
}

TEST(PagingModes, Arm64BlocksAndTheUpperHalf) {
    PageTables t(7, PagingMode::arm64);
    const VirtAddr base = 0xffff000000000000;
    t.map_missing(base, {GiB, 3 * GiB}, GiB, arm64_page_kernel, frames(100));
    t.map(base + GiB, 5 * MiB, page_size, arm64_page_kernel, frames(200));
    EXPECT_EQ(t.walk(base + 5).leaf_size, GiB);
    EXPECT_EQ(t.walk(base + 5).phys, GiB + 5);
    EXPECT_EQ(t.walk(base + GiB).phys, 5 * MiB) << "the block was split";
    EXPECT_EQ(t.walk(base + GiB + page_size).phys, 2 * GiB + page_size);
    EXPECT_EQ(t.mapped_ranges().front().virt.start, base);
    EXPECT_EQ(t.check(), Broken{});
}

//   [4K table of 512 pages]  then one 2M leaf over it: the table is no longer a part of the tables
TEST(PagingModes, ALargeLeafReplacesATable) {
    PageTables t(7, PagingMode::x86_64);
    t.map_missing(0xffff888000000000, {0, 2 * MiB}, page_size, page_kernel, frames(100));
    EXPECT_EQ(t.tables().size(), 4U);
    t.map(0xffff888000000000, 0, 2 * MiB, page_kernel, frames(200));
    EXPECT_EQ(t.tables().size(), 3U);
    EXPECT_EQ(t.walk(0xffff888000001234).leaf_size, 2 * MiB);
    EXPECT_EQ(t.check(), Broken{});
}

}  // namespace
}  // namespace mm
