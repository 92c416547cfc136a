// SPDX-License-Identifier: GPL-3.0-or-later
// Where 32-bit x86 divides user and kernel: more lowmem with 2G/2G and 1G/3G.
//
//      3G/1G   |= 875M low =|.. high ..............|        2G/2G   |===== 1899M low =====|.. high ..|
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/profile/address_space.h"
#include "engine/sim/open_capture.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using ::testing::HasSubstr;

SnapshotPtr boot_split(VirtAddr page_offset, bool pae) {
    auto m = std::make_shared<Machine>(
        *test::machine_of({{0, 0x9fc00, E820Type::ram}, {MiB, 4 * GiB - 513 * MiB, E820Type::ram}}));
    m->arch = Arch::i386;
    m->pae = pae;
    m->image.page_offset = page_offset;
    const auto timeline = test::boot(m);
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << *broken;
    SnapshotPtr s = timeline->snapshot();
    EXPECT_TRUE(s->booted) << s->state.panic;
    return s;
}

Bytes lowmem(VirtAddr page_offset, bool pae = false) {
    return phys_of(boot_split(page_offset, pae)->state.max_low_pfn);
}

TEST(Split, LowmemGrowsWithTheKernelsPart) {
    for (const bool pae : {false, true}) {
        const Bytes usual = lowmem(0xc0000000, pae);
        EXPECT_GT(usual, 850 * MiB);
        EXPECT_LT(usual, 896 * MiB);
        EXPECT_EQ(lowmem(0, pae), usual) << "3G/1G where nothing is known";
        EXPECT_EQ(lowmem(0x80000000, pae), usual + GiB);
        EXPECT_EQ(lowmem(0x40000000, pae), usual + 2 * GiB);
    }
    EXPECT_EQ(lowmem(0xb0000000), lowmem(0xc0000000) + 256 * MiB);
}

//   physical 1900M: highmem, and not mapped, with 3G/1G; 0xc0000000 + 0x6c... with 2G/2G
TEST(Split, TheDirectMapBeginsThere) {
    const SnapshotPtr s = boot_split(0x80000000, true);
    const Walk walk = s->state.direct_map.tables.walk(0x80000000 + 1800 * MiB);
    ASSERT_TRUE(walk.phys);
    EXPECT_EQ(*walk.phys, 1800 * MiB);
    EXPECT_FALSE(boot_split(0xc0000000, true)->state.direct_map.tables.walk(0x80000000 + 16 * MiB).phys);
    EXPECT_THAT(print_dmesg(*s), HasSubstr("MB LOWMEM available."));
}

TEST(Split, OnlySomeAreConfigurable) {
    EXPECT_TRUE(is_i386_split(0x78000000, false));
    EXPECT_FALSE(is_i386_split(0x78000000, true)) << "PAE divides at whole GiB";
    EXPECT_FALSE(is_i386_split(0x90000000, false));
}

}  // namespace
}  // namespace mm
