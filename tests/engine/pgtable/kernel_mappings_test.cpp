// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>

#include "engine/pgtable/page_tables.h"

namespace mm {
namespace {

constexpr VirtAddr at = 0xffffc90000000000;

//  PGD 1 -> PUD 2 -> PMD 3 -> PTE 4
//  Expect: tables are missing from the top down, each until it is added; entries are set side by side and cleared.
TEST(KernelMappings, TablesAreMadeOneByOne) {
    PageTables t(Pfn{1}, PagingMode::x86_64);
    Pfn next = 2;
    for (const PtLevel level : {PtLevel::pud, PtLevel::pmd, PtLevel::pte}) {
        EXPECT_EQ(t.missing_table(at), level);
        t.add_table(at, next++);
    }
    EXPECT_EQ(t.missing_table(at), std::nullopt);
    EXPECT_EQ(t.missing_table(at + 2 * MiB), PtLevel::pte);
    EXPECT_EQ(t.missing_table(at + 2 * MiB, PtLevel::pmd), std::nullopt);
    const std::array<Pfn, 3> frames{0x100, 0x50, 0x70};
    t.set_ptes(at + page_size, frames, page_kernel);
    EXPECT_EQ(t.walk(at + 2 * page_size).phys, 0x50000u);
    EXPECT_FALSE(t.walk(at).phys);
    EXPECT_EQ(t.mapped_bytes({at, at + GiB}), 3 * page_size);
    EXPECT_EQ(t.mapped_bytes({at, at + 3 * page_size}), 2 * page_size);
    t.unmap({at, at + 3 * page_size});
    EXPECT_EQ(t.mapped_bytes({at, at + GiB}), page_size);
    EXPECT_TRUE(t.walk(at + 3 * page_size).phys);
    EXPECT_EQ(t.tables().size(), 4u);
    EXPECT_EQ(t.check(), std::nullopt);
}

//  Expect: an entry that is cut off takes its tables along, the highest first.
TEST(KernelMappings, TablesAreCutOff) {
    PageTables t(Pfn{1}, PagingMode::x86_64);
    for (Pfn p = 2; p < 5; ++p)
        t.add_table(at, p);
    t.add_table(at + 2 * MiB, 5);
    EXPECT_EQ(t.cut_off(at, PtLevel::pud), (std::vector<Pfn>{3, 4, 5}));
    EXPECT_EQ(t.missing_table(at), PtLevel::pmd);
    EXPECT_EQ(t.tables().size(), 2u);
    EXPECT_EQ(t.check(), std::nullopt);
}

//  Expect: entries of four bytes, two levels.
TEST(KernelMappings, WithoutPaeThereIsOneLevelBelowTheTop) {
    PageTables t(Pfn{1}, PagingMode::i386);
    EXPECT_EQ(t.missing_table(0xf8000000), PtLevel::pte);
    t.add_table(0xf8000000, 2);
    const std::array<Pfn, 2> frames{7, 9};
    t.set_ptes(0xf83fe000, frames, t.paging().page_kernel_flags());
    EXPECT_EQ(t.walk(0xf83ff000).phys, 0x9000u);
    EXPECT_EQ(t.mapped_bytes({0xf8000000, 0xf8400000}), 2 * page_size);
    t.unmap({0xf83ff000, 0xf8400000});
    EXPECT_EQ(t.mapped_bytes({0xf8000000, 0xf8400000}), page_size);
}

}  // namespace
}  // namespace mm
