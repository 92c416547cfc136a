// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/lowmem.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

constexpr Bytes maxmem = 0x36bfe000;  // 875 MiB: 3G/1G split, 128 MiB for vmalloc

const KernelProfile& without_pae() {
    return profile_for(Arch::i386, {6, 1, 0});
}
const KernelProfile& with_pae() {
    return profile_for(Arch::i386, {6, 1, 0}, {}, true);
}

//      0        875M   1023M                       0       511M
//      |==low====|=high=|                          |==low===|
TEST(LowmemSplit, what_does_not_fit_is_highmem) {
    const auto large = find_low_pfn_range(0x3ffe0, maxmem, without_pae(), "");
    EXPECT_EQ(large.max_low_pfn, 0x36bfeu);
    EXPECT_EQ(large.max_pfn, 0x3ffe0u);
    const auto small = find_low_pfn_range(0x1ffe0, maxmem, without_pae(), "");
    EXPECT_EQ(small.max_low_pfn, 0x1ffe0u);
    EXPECT_EQ(small.max_pfn, 0x1ffe0u);
    EXPECT_TRUE(large.complaints.empty() && small.complaints.empty());
}

//      0        875M   1023M
//      |==low====|......|      highmem=0: the rest is not used
TEST(LowmemSplit, highmem_less_than_there_is_cuts_memory_off) {
    const auto none = find_low_pfn_range(0x3ffe0, maxmem, without_pae(), "quiet highmem=0");
    EXPECT_EQ(none.max_low_pfn, 0x36bfeu);
    EXPECT_EQ(none.max_pfn, 0x36bfeu);
    const auto some = find_low_pfn_range(0x3ffe0, maxmem, without_pae(), "highmem=100M");
    EXPECT_EQ(some.max_pfn, 0x36bfeu + 100 * 256);
}

TEST(LowmemSplit, highmem_more_than_there_is_brings_a_complaint) {
    const auto split = find_low_pfn_range(0x3ffe0, maxmem, without_pae(), "highmem=1G");
    EXPECT_EQ(split.max_low_pfn, 0x36bfeu);
    EXPECT_EQ(split.max_pfn, 0x3ffe0u);
    ASSERT_EQ(split.complaints.size(), 1u);
    EXPECT_EQ(split.complaints.front(), "only 147MB highmem pages available, ignoring highmem size of 1024MB!");
}

//      0   256M  512M
//      |low=|high=|            highmem=256M on a machine that would not need any
TEST(LowmemSplit, highmem_can_be_asked_for_where_all_fits) {
    const auto split = find_low_pfn_range(0x20000, maxmem, without_pae(), "highmem=256M");
    EXPECT_EQ(split.max_low_pfn, 0x10000u);
    EXPECT_EQ(split.max_pfn, 0x20000u);
}

TEST(LowmemSplit, but_64_MiB_of_lowmem_stay) {
    const auto too_little = find_low_pfn_range(0x20000, maxmem, without_pae(), "highmem=449M");
    EXPECT_EQ(too_little.max_low_pfn, 0x20000u);
    ASSERT_EQ(too_little.complaints.size(), 1u);
    EXPECT_EQ(too_little.complaints.front(), "highmem size (449MB) results in <64MB lowmem, ignoring it!");
    const auto all = find_low_pfn_range(0x20000, maxmem, without_pae(), "highmem=512M");
    EXPECT_EQ(all.max_low_pfn, 0x20000u);
    EXPECT_EQ(all.complaints.front(), "highmem size (512MB) is bigger than pages available (512MB)!");
}

TEST(LowmemSplit, only_PAE_reaches_beyond_4_GiB) {
    const auto pae = find_low_pfn_range(0x440000, maxmem, with_pae(), "");
    EXPECT_EQ(pae.max_pfn, 0x440000u);
    const auto no_pae = find_low_pfn_range(0x440000, maxmem, without_pae(), "");
    EXPECT_EQ(no_pae.max_pfn, 0x100000u);
    ASSERT_EQ(no_pae.complaints.size(), 1u);
    EXPECT_EQ(no_pae.complaints.front(), "Warning: only 4GB will be used. Use a HIGHMEM64G enabled kernel!");
}

}  // namespace
}  // namespace mm
