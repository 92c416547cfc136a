// SPDX-License-Identifier: GPL-3.0-or-later
// Boot code's calls with and without a real log's script: what is served when, what is printed, who owns it.
#include "engine/memblock/boot_memblock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Log : EventSink {
    std::vector<std::string> lines;
    void event(const Event&, std::string_view) override {}
    void printk(std::string line) override { lines.push_back(std::move(line)); }
};

MemblockCall request(std::string caller, Bytes size, MemblockApi api = MemblockApi::try_nid) {
    MemblockCall call;
    call.api = api;
    call.size = size;
    call.align = 64;
    call.caller = caller;
    call.line = "asks: " + caller;
    return call;
}

MemblockCall reservation(std::string caller, PhysRange range) {
    MemblockCall call;
    call.kind = MemblockCallKind::reserve;
    call.range = range;
    call.caller = caller;
    call.line = "reserves: " + caller;
    return call;
}

class BootMemblockTest : public ::testing::Test {
protected:
    BootMemblockTest() { m_memblock.add(MiB, 15 * MiB); }
    BootMemblock boot() { return BootMemblock(m_memblock, Tracer(&m_log), build, m_script, m_served); }
    std::string owner_at(PhysAddr addr) {
        for (const auto& claim : m_memblock.claims())
            if (claim.range.contains(addr)) return claim.owner;
        return "";
    }

    const KernelBuild& build = kernel_build_for("Linux version 6.1.0-56-amd64 (x)", Arch::x86_64);
    Memblock m_memblock;
    Log m_log;
    std::vector<MemblockCall> m_script;
    std::size_t m_served = 0;
};

//   memory  [1M ...... 8M ...... 16M)   ->   [1M ...... 8M)
TEST_F(BootMemblockTest, RemovingAllFromSomewhereIsPrintedUncut) {
    boot().remove_from(8 * MiB, "reserve_regions");
    ASSERT_EQ(m_memblock.memory().size(), 1u);
    EXPECT_EQ(m_memblock.memory()[0].range(), (PhysRange{MiB, 8 * MiB}));
    EXPECT_THAT(m_log.lines, ElementsAre("memblock_remove: [0x0000000000800000-0x00000000007ffffe] reserve_regions"));
}

TEST_F(BootMemblockTest, WithoutDebugNothingIsPrinted) {
    const BootMemblock quiet(m_memblock, Tracer(&m_log));
    EXPECT_EQ(quiet.alloc({.size = 4096, .caller = "a"}), 16 * MiB - 4096);
    EXPECT_THAT(m_log.lines, IsEmpty());
}

//   no script: the stage's own request, in the kernel's words
TEST_F(BootMemblockTest, ARequestAndItsAnswerArePrinted) {
    boot().alloc({.size = 73, .nid = 0, .caller = "acpi_parse_hpet|other"});
    boot().reserve({0x1000, 0x2000}, "table", "smp_scan_config");
    EXPECT_THAT(m_log.lines, ElementsAre("memblock_alloc_try_nid: 73 bytes align=0x40 nid=0 from=0x0000000000000000 "
                                         "max_addr=0x0000000000000000 acpi_parse_hpet",
                                         "memblock_reserve: [0x0000000000ffff80-0x0000000000ffffc8] "
                                         "memblock_alloc_range_nid+0xb0/0x13d",
                                         "memblock_reserve: [0x0000000000001000-0x0000000000001fff] smp_scan_config"));
}

//   script   a 4096   stranger [2M..3M)   stranger 8192   a 64
//   calls    a        a                                              -> the strangers before the second a
TEST_F(BootMemblockTest, TheScriptsCallsComeInItsOrderWithItsSizes) {
    m_script = {request("a", 4096), reservation("stranger", {2 * MiB, 3 * MiB}), request("stranger", 8192),
                request("a", 64)};
    EXPECT_EQ(boot().alloc({.size = 1, .owner = "first", .caller = "a"}), 16 * MiB - 4096);
    EXPECT_EQ(m_served, 1u);
    EXPECT_EQ(boot().alloc({.size = 1, .owner = "second", .caller = "b|a"}), 16 * MiB - 4096 - 8192 - 64);
    EXPECT_EQ(m_served, 4u);
    EXPECT_EQ(owner_at(16 * MiB - 1), "first");
    EXPECT_EQ(owner_at(2 * MiB), "stranger");
    EXPECT_EQ(owner_at(16 * MiB - 4096 - 1), "stranger");
    EXPECT_EQ(owner_at(16 * MiB - 4096 - 8192 - 1), "second");
    EXPECT_EQ(m_log.lines.size(), 7u);  // four calls, three answers
    EXPECT_EQ(m_log.lines[4],
              "memblock_reserve: [0x0000000000ffd000-0x0000000000ffefff] "
              "memblock_alloc_range_nid+0xb0/0x13d");
    EXPECT_EQ(m_memblock.check(), Broken{});
}

//   An unlogged request, and one the script does not have, leave it alone.
TEST_F(BootMemblockTest, WhatTheScriptDoesNotKnowIsServedAsItStands) {
    m_script = {request("a", 4096)};
    EXPECT_EQ(boot().alloc({.size = 64, .caller = "a", .api = MemblockApi::unlogged}), 16 * MiB - 64);
    EXPECT_EQ(boot().alloc({.size = 64, .caller = "a", .api = MemblockApi::phys_range}), 16 * MiB - 128);
    EXPECT_EQ(boot().alloc({.size = 64, .caller = "b"}), 16 * MiB - 192);
    EXPECT_EQ(m_served, 0u);
}

//   script   c frees [2M..3M)      the stage: "d" frees the same range; and at the end the rest
TEST_F(BootMemblockTest, AFreeingIsKnownByItsRangeTooAndTheRestIsServedAtTheEnd) {
    m_script = {reservation("c", {2 * MiB, 3 * MiB}), reservation("c", {2 * MiB, 3 * MiB}), request("late", 128)};
    m_script[1].kind = MemblockCallKind::phys_free;
    boot().phys_free({2 * MiB, 3 * MiB}, "d");
    EXPECT_THAT(m_memblock.reserved(), IsEmpty());
    boot().serve_rest();
    boot().serve_rest();
    EXPECT_EQ(m_memblock.reserved_size(), 128u);
    EXPECT_EQ(owner_at(16 * MiB - 128), "late");
}

TEST(KernelBuild, OfTheBannersReleaseElseOfItsFlavour) {
    const auto& pae = kernel_build_for("Linux version 6.1.0-50-686-pae (x)", Arch::i386);
    EXPECT_EQ(pae.address(0x98000), "0x0000000000098000");
    EXPECT_EQ(pae.symbol("e820__memblock_setup"), "e820__memblock_setup+0x6a/0x88");
    const auto& newer = kernel_build_for("Linux version 6.1.0-99-686 (x)", Arch::i386);
    EXPECT_EQ(newer.range({0x1000, 0x2000}), "[0x00001000-0x00001fff]");
    EXPECT_EQ(kernel_build_for("", Arch::arm64).release, "6.1.0-56-arm64");
}

}  // namespace
}  // namespace mm
