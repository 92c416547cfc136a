// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of memblock=debug as values.
#include "engine/firmware/memblock_call.h"

#include <gtest/gtest.h>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

TEST(MemblockCall, ARequestTellsWhoAsksForWhat) {
    const std::string line =
        "memblock_alloc_try_nid_raw: 4096 bytes align=0x1000 nid=1 from=0x0000000001000000 max_addr=0x0000000000000000 "
        "vmemmap_alloc_block_zero.constprop.0+0xc/0x28";
    const auto call = parse_memblock_call(line);
    ASSERT_TRUE(call);
    EXPECT_EQ(*call, (MemblockCall{MemblockCallKind::alloc,
                                   MemblockApi::try_nid_raw,
                                   4096,
                                   4096,
                                   1,
                                   16 * MiB,
                                   0,
                                   {},
                                   "vmemmap_alloc_block_zero",
                                   line}));
}

TEST(MemblockCall, APhysicalRangeHasNoNode) {
    const auto call = parse_memblock_call(
        "memblock_phys_alloc_range: 28672 bytes align=0x1000 from=0x00000000 max_addr=0x00100000 "
        "reserve_real_mode+0x43/0x71");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->api, MemblockApi::phys_range);
    EXPECT_EQ(call->nid, no_node);
    EXPECT_EQ(call->max_addr, MiB);
}

TEST(MemblockCall, ReservationsAndFreeingsHaveARange) {
    const auto reserve = parse_memblock_call("memblock_reserve: [0x000f5ba0-0x000f5baf] smp_scan_config+0x9b/0xeb");
    ASSERT_TRUE(reserve);
    EXPECT_EQ(reserve->kind, MemblockCallKind::reserve);
    EXPECT_EQ(reserve->range, (PhysRange{0xf5ba0, 0xf5bb0}));
    EXPECT_EQ(reserve->caller, "smp_scan_config");
    const auto empty = parse_memblock_call("memblock_phys_free: [0x35076000-0x35075fff] memblock_free+0x11/0x14");
    ASSERT_TRUE(empty);
    EXPECT_TRUE(empty->range.empty());
}

//   memblock_remove(start, ULLONG_MAX): printed before it is cut, the end wraps.
TEST(MemblockCall, ARemovalOfAllFromSomewhereWraps) {
    const auto call =
        parse_memblock_call("memblock_remove: [0x0001000000000000-0x0000fffffffffffe] arm64_memblock_init+0x38/0x260");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->range, (PhysRange{PhysAddr{1} << 48, ~PhysAddr{0}}));
    EXPECT_FALSE(parse_memblock_call("memblock_remove: [0x2000-0x1000] f+0x1/0x2"));
}

//   The allocator's own reservation is the answer to a request; a torn line tells nothing.
TEST(MemblockCall, AnswersAndDamagedLinesAreNone) {
    EXPECT_FALSE(parse_memblock_call("memblock_reserve: [0x1000-0x1fff] memblock_alloc_range_nid+0xb0/0x13d"));
    EXPECT_FALSE(parse_memblock_call("memblock_reserve: [0x2000-0xfff] setup_arch+0x1/0x2"));
    EXPECT_FALSE(parse_memblock_call("memblock_alloc_try_nid: 16 bytes align=0x3 nid=-1 from=0x0 max_addr=0x0 f+1/2"));
    EXPECT_FALSE(parse_memblock_call("memblock_alloc_try_nid: 16 bytes align=0x40 nid=-1 from=0x00"));
    EXPECT_FALSE(parse_memblock_call("memblock_alloc_try_nid: 0 bytes align=0x40 nid=-1 from=0x0 max_addr=0x0 f+1/2"));
    EXPECT_FALSE(parse_memblock_call("memblock_add: [0x1000-0x1fff] e820__memblock_setup+0x65/0x7d"));
}

TEST(MemblockCall, ALogsCallsEndWithMemblocksLife) {
    const auto machine = read_log(
        "Command line: memblock=debug\n"
        "BIOS-e820: [mem 0x0000000000000000-0x000000003fffffff] usable\n"
        "memblock_reserve: [0x1000-0x1fff] first+0x1/0x2\n"
        "memblock_phys_free: [0x1000-0x1fff] second+0x1/0x2\n"
        "Memory: 98324K/262144K available (13248K kernel code)\n"
        "memblock_phys_free: [0x48000000-0x480f1fff] free_initrd_mem+0x34/0x5c\n",
        "test", "test.log");
    ASSERT_TRUE(machine);
    ASSERT_EQ(machine->memblock_calls.size(), 2u);
    EXPECT_EQ(machine->memblock_calls[1].caller, "second");
}

}  // namespace
}  // namespace mm
