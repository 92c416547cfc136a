// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/int15.h"

#include <gtest/gtest.h>

#include "tests/engine/e820/recorder.h"

namespace mm {
namespace {

constexpr auto ram = E820Type::ram, reserved = E820Type::reserved;

Machine machine_with(std::vector<E820Entry> map, MapSource source = MapSource::bios_e820) {
    Machine m;
    m.map = std::move(map);
    m.source = source;
    return m;
}

TEST(Int15, E820GivesOneEntryACallUntilEbxIsZero) {
    const auto m = machine_with({{0, 0x9fc00, ram}, {0x100000, 64 * MiB, ram}, {0xfffc0000, 0x40000, reserved}});
    Recorder log;
    const auto probe = detect_memory(m, log.tracer());
    ASSERT_EQ(probe.e820.size(), 3u);
    EXPECT_EQ(probe.e820[0].in.eax, 0xe820u);
    EXPECT_EQ(probe.e820[0].in.edx, smap_signature);
    EXPECT_EQ(probe.e820[0].in.ecx, 20u);
    EXPECT_EQ(probe.e820[0].in.ebx, 0u);
    EXPECT_EQ(probe.e820[1].in.ebx, probe.e820[0].out.ebx);
    EXPECT_EQ(probe.e820[1].out.eax, smap_signature);
    EXPECT_EQ(probe.e820[2].out.ebx, 0u);
    EXPECT_TRUE(probe.e820[2].stored);
    EXPECT_EQ(probe.boot_table, m.map);
    EXPECT_EQ(probe.source, MapSource::bios_e820);
    EXPECT_EQ(log.kinds, (std::vector<EventKind>{EventKind::int15_e820, EventKind::int15_e820, EventKind::int15_e820,
                                                 EventKind::int15_e801, EventKind::int15_88}));
    EXPECT_TRUE(log.lines.empty());
}

TEST(Int15, E801And88CountTheRamFromOneMib) {
    const auto probe = detect_memory(machine_with({{0, 0x9fc00, ram}, {0x100000, 511 * MiB, ram}}), {});
    EXPECT_EQ(probe.e801.at(0).out.ecx, 15u * 1024);
    EXPECT_EQ(probe.e801.at(0).out.edx, 496u * 16);
    EXPECT_EQ(probe.alt_mem_k, 511u * 1024);
    EXPECT_EQ(probe.ext_mem_k, 63u * 1024);
    const auto small = detect_memory(machine_with({{0, 0x9fc00, ram}, {0x100000, 7 * MiB, ram}}), {});
    EXPECT_EQ(small.alt_mem_k, 7u * 1024);
    EXPECT_EQ(small.ext_mem_k, 7u * 1024);
}

TEST(Int15, After128EntriesTheKernelStopsAsking) {
    std::vector<E820Entry> map;
    for (unsigned i = 0; i < 200; ++i)
        map.push_back({PhysAddr{i} * MiB, 0x1000, ram});
    const auto probe = detect_memory(machine_with(map), {});
    EXPECT_EQ(probe.e820.size(), e820_max_entries_zeropage);
    EXPECT_EQ(probe.boot_table.size(), e820_max_entries_zeropage);
}

TEST(Int15, ABiosWithoutE820IsAskedTheOlderQuestions) {
    const std::vector<E820Entry> map{{0, 0x9f000, ram}, {0x100000, 20000 * KiB, ram}};
    const auto e801 = detect_memory(machine_with(map, MapSource::bios_e801), {});
    EXPECT_TRUE(e801.e820.at(0).out.carry);
    EXPECT_FALSE(e801.e820.at(0).stored);
    EXPECT_TRUE(e801.boot_table.empty());
    EXPECT_EQ(e801.source, MapSource::bios_e801);
    EXPECT_EQ(e801.alt_mem_k, 20000u / 64 * 64) << "above 16 MiB it counts in steps of 64 KiB";
    const auto e88 = detect_memory(machine_with(map, MapSource::bios_88), {});
    EXPECT_TRUE(e88.e801.at(0).out.carry);
    EXPECT_EQ(e88.source, MapSource::bios_88);
    EXPECT_EQ(e88.ext_mem_k, 20000u);
}

TEST(Int15, OneEntryOrAnOverflowingOneSendsTheKernelToE801) {
    EXPECT_EQ(detect_memory(machine_with({{0x100000, 64 * MiB, ram}}), {}).source, MapSource::bios_e801);
    const auto probe = detect_memory(machine_with({{0, 0x9f000, ram}, {0x1000, ~std::uint64_t{0}, ram}}), {});
    EXPECT_EQ(probe.boot_table.size(), 2u);
    EXPECT_EQ(probe.source, MapSource::bios_e801);
    EXPECT_EQ(detect_memory(machine_with({}), {}).source, MapSource::bios_e801);
}

TEST(Int15, WithEfiNoBiosIsAsked) {
    auto m = machine_with({{0, 0xa0000, ram}, {0x100000, GiB, ram}});
    m.efi = true;
    Recorder log;
    const auto probe = detect_memory(m, log.tracer());
    EXPECT_TRUE(probe.e820.empty() && probe.e801.empty() && probe.e88.empty());
    EXPECT_EQ(probe.boot_table, m.map);
    EXPECT_TRUE(log.kinds.empty());
}

}  // namespace
}  // namespace mm
