// SPDX-License-Identifier: GPL-3.0-or-later
// Page tables entry by entry: what mapping makes, what walking finds, what a copy shares.
#include "engine/pgtable/page_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/types/rng.h"

namespace mm {
namespace {

constexpr VirtAddr base = 0xffff888000000000;

struct Pages {
    Pfn next = 100;
    std::vector<PtLevel> levels;
    PageTables::AllocTable alloc() {
        return [this](PtLevel level) {
            levels.push_back(level);
            return next++;
        };
    }
};

//   PGD[273] -> PUD[0] -> PMD[1] -> PTE[3] = frame 0x203
TEST(PageTables, MappingAPageMakesTheTablesOnTheWay) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64);
    t.map(base + 0x203000, 0x203000, page_size, page_kernel, pages.alloc());
    EXPECT_THAT(pages.levels, ::testing::ElementsAre(PtLevel::pud, PtLevel::pmd, PtLevel::pte));
    const Walk w = t.walk(base + 0x203abc);
    ASSERT_EQ(w.steps.size(), 4U);
    EXPECT_EQ(w.steps[0].index, 273U);
    EXPECT_EQ(w.steps[0].entry, phys_of(100) | page_table_flags);
    EXPECT_EQ(w.steps[2].index, 1U);
    EXPECT_EQ(w.steps[3].index, 3U);
    EXPECT_EQ(w.steps[3].entry, 0x8000000000203163U);
    EXPECT_EQ(w.phys, PhysAddr{0x203abc});
    EXPECT_EQ(w.leaf_size, page_size);
    EXPECT_EQ(t.check(), Broken{});
}

TEST(PageTables, AWalkEndsAtTheFirstEntryThatIsNotPresent) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64_la57);
    t.map(0, 0, GiB, page_kernel, pages.alloc());
    EXPECT_THAT(pages.levels, ::testing::ElementsAre(PtLevel::p4d, PtLevel::pud));
    EXPECT_EQ(t.walk(5).phys, PhysAddr{5});
    EXPECT_EQ(t.walk(5).leaf_size, GiB);
    const Walk w = t.walk(GiB);
    EXPECT_EQ(w.steps.size(), 3U);
    EXPECT_FALSE(w.phys);
    EXPECT_EQ(w.leaf_size, 0U);
    EXPECT_TRUE(PageTables{}.walk(0).steps.empty());
}

TEST(PageTables, ALargeLeafInTheWayIsSplitIntoEqualSmallOnes) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64);
    t.map(base, GiB, GiB, page_kernel, pages.alloc());
    t.map(base + 5 * page_size, 0x42000, page_size, pte_present, pages.alloc());
    EXPECT_EQ(t.walk(base + 5 * page_size).phys, PhysAddr{0x42000});
    EXPECT_EQ(t.walk(base + 6 * page_size).phys, GiB + 6 * page_size);
    EXPECT_EQ(t.walk(base + 6 * page_size).steps.back().entry & ~pte_pfn_mask, page_kernel);
    EXPECT_EQ(t.walk(base + 2 * MiB).leaf_size, 2 * MiB);
    EXPECT_EQ(t.walk(base + GiB - 1).phys, 2 * GiB - 1);
    EXPECT_EQ(t.check(), Broken{});
}

//   mapped  [4K 4K 4K ...] [2M]        one range a leaf size, flags and continuous address
TEST(PageTables, EqualNeighboursAreOneRange) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64);
    t.map_missing(base, {0, 4 * MiB}, 2 * MiB, page_kernel, pages.alloc());
    t.map_missing(base + 4 * MiB, {4 * MiB, 4 * MiB + 3 * page_size}, page_size, page_kernel, pages.alloc());
    t.map(base + 4 * MiB, 4 * MiB, page_size, page_kernel & ~pte_rw, pages.alloc());
    const auto ranges = t.mapped_ranges();
    ASSERT_EQ(ranges.size(), 3U);
    EXPECT_EQ(ranges[0], (MappedRange{{base, base + 4 * MiB}, 0, 2 * MiB, page_kernel_large}));
    EXPECT_EQ(ranges[1].virt.size(), page_size);
    EXPECT_EQ(ranges[2], (MappedRange{{base + 4 * MiB + page_size, base + 4 * MiB + 3 * page_size},
                                      4 * MiB + page_size,
                                      page_size,
                                      page_kernel}));
}

//   first    [4K................)           in [0, 1M)
//   then  [0 .. 4M) with 2M leaves: the first 2 MiB have a table and stay small, the rest is large
TEST(PageTables, MapMissingKeepsWhatIsThere) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64);
    EXPECT_EQ(t.map_missing(base, {0, MiB}, page_size, page_kernel & ~pte_rw, pages.alloc()), MiB);
    EXPECT_EQ(t.map_missing(base, {0, 4 * MiB}, 2 * MiB, page_kernel, pages.alloc()), 4 * MiB);
    EXPECT_EQ(t.walk(base).steps.back().entry, page_kernel & ~pte_rw);
    EXPECT_EQ(t.walk(base + MiB).steps.back().entry, MiB | page_kernel);
    EXPECT_EQ(t.walk(base + 2 * MiB).leaf_size, 2 * MiB);
    EXPECT_EQ(pages.levels.size(), 3U) << "no table is made for a large leaf";
    EXPECT_EQ(t.map_missing(base + 4 * MiB, {4 * MiB, 5 * MiB}, 2 * MiB, page_kernel, pages.alloc()), 6 * MiB)
        << "a large leaf reaches over the end";
    EXPECT_EQ(t.check(), Broken{});
}

TEST(PageTables, ACopySharesPagesUntilOneIsWritten) {
    Pages pages;
    PageTables t(7, PagingMode::x86_64);
    t.map(base, 0, page_size, page_kernel, pages.alloc());
    const PageTables copy = t;
    EXPECT_EQ(copy, t);
    EXPECT_EQ(copy.table(102), t.table(102));
    t.map(base + page_size, page_size, page_size, page_kernel, pages.alloc());
    EXPECT_NE(copy.table(102), t.table(102)) << "the written page is its own now";
    EXPECT_EQ(copy.table(101), t.table(101)) << "the others are still shared";
    EXPECT_FALSE(copy.walk(base + page_size).phys);
    EXPECT_FALSE(copy == t);
    EXPECT_EQ(copy.check(), Broken{});
}

TEST(PageTables, RandomMappingsAreFoundAgain) {
    const std::uint64_t seed = 20;
    SCOPED_TRACE(seed);
    Rng rng(seed);
    Pages pages;
    pages.next = 1 << 20;
    PageTables t(7, PagingMode::x86_64_la57);
    std::map<VirtAddr, PhysAddr> small;
    for (int i = 0; i < 2000; ++i) {
        const VirtAddr virt = (rng.next() % (std::uint64_t{1} << 56)) & ~(page_size - 1);
        const PhysAddr phys = (rng.next() % (std::uint64_t{1} << 46)) & ~(page_size - 1);
        t.map(virt, phys, page_size, page_kernel, pages.alloc());
        small[virt] = phys;
    }
    for (const auto& [virt, phys] : small)
        ASSERT_EQ(t.walk(virt + 1).phys, phys + 1);
    ASSERT_EQ(t.check(), Broken{});
    Bytes mapped = 0;
    for (const auto& r : t.mapped_ranges())
        mapped += r.virt.size();
    EXPECT_EQ(mapped, small.size() * page_size);
}

}  // namespace
}  // namespace mm
