// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/e820/setup.h"
#include "tests/engine/e820/recorder.h"

namespace mm {
namespace {

constexpr auto ram = E820Type::ram, reserved = E820Type::reserved;
constexpr auto write_back = MtrrType::write_back, uncachable = MtrrType::uncachable;

/// The mask of a register that covers size bytes on a machine with 36 address bits.
MtrrVariable reg(PhysAddr base, Bytes size, MtrrType type) {
    return {true, base, 0x1000000000 - size, type};
}

MtrrState state_of(std::vector<MtrrVariable> registers) {
    MtrrState mtrr;
    mtrr.known = mtrr.fixed_enabled = mtrr.variable_enabled = true;
    mtrr.variable = std::move(registers);
    mtrr.variable.push_back({});
    return mtrr;
}

E820Table ram_up_to(PhysAddr end) {
    E820Table table;
    table.memory_setup({{0, 0xa0000, ram}, {0x100000, end - 0x100000, ram}}, 0, 0);
    return table;
}

//  MTRR  |write-back.............|            0 - 4G
//  RAM   |...............................|    0 - 4G+512M
// Expect the last 512 MiB to go.
TEST(MtrrTrim, RamAboveTheLastWriteBackRangeIsGivenUp) {
    auto table = ram_up_to(4 * GiB + 512 * MiB);
    Recorder log;
    EXPECT_TRUE(mtrr_trim_uncached_memory(table, state_of({reg(0, 4 * GiB, write_back)}), pfn_down(4 * GiB + 512 * MiB),
                                          "", log.tracer()));
    EXPECT_EQ(log.lines,
              (std::vector<std::string>{"e820: update [mem 0x100000000-0x11fffffff] usable ==> reserved",
                                        "WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing 512MB of RAM.",
                                        "update e820 for mtrr", "modified physical RAM map:",
                                        "modified: [mem 0x0000000000000000-0x000000000009ffff] usable",
                                        "modified: [mem 0x0000000000100000-0x00000000ffffffff] usable",
                                        "modified: [mem 0x0000000100000000-0x000000011fffffff] reserved"}));
    EXPECT_EQ(table.end_of_ram_pfn(Pfn{1} << 34), pfn_down(4 * GiB));
}

//  MTRR  |write-back...|UC|      |write-back|
//  RAM   |..................................|
// Expect the hole that UC makes, and the one between the ranges, to go.
TEST(MtrrTrim, HolesBetweenAndUncachableRangesAreTakenOut) {
    auto table = ram_up_to(5 * GiB);
    Recorder log;
    const auto mtrr = state_of(
        {reg(0, 2 * GiB, write_back), reg(2 * GiB - 256 * MiB, 256 * MiB, uncachable), reg(4 * GiB, GiB, write_back)});
    EXPECT_TRUE(mtrr_trim_uncached_memory(table, mtrr, pfn_down(5 * GiB), "", log.tracer()));
    EXPECT_EQ(log.lines.at(0), "e820: update [mem 0x70000000-0xffffffff] usable ==> reserved");
    EXPECT_EQ(log.lines.at(1), "WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing 2304MB of RAM.");
    EXPECT_EQ(table.type_at(2 * GiB - 256 * MiB), reserved);
    EXPECT_EQ(table.type_at(4 * GiB), ram);
}

TEST(MtrrTrim, CoveredRamStays) {
    auto table = ram_up_to(2 * GiB);
    const auto before = table;
    Recorder log;
    EXPECT_FALSE(
        mtrr_trim_uncached_memory(table, state_of({reg(0, 4 * GiB, write_back)}), pfn_down(2 * GiB), "", log.tracer()));
    EXPECT_EQ(table, before);
    EXPECT_TRUE(log.lines.empty());
}

TEST(MtrrTrim, LeavesVirtualMachinesMixedTypesAndTheUsersWishAlone) {
    auto table = ram_up_to(2 * GiB);
    const auto before = table;
    const Pfn end = pfn_down(2 * GiB);
    Recorder blank;
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, state_of({}), end, "", blank.tracer()));
    EXPECT_EQ(blank.lines, (std::vector<std::string>{"CPU MTRRs all blank - virtualized system."}));
    Recorder silent;
    const auto half = state_of({reg(0, GiB, write_back)});
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, half, end, "disable_mtrr_trim", silent.tracer()));
    const auto mixed = state_of({reg(0, GiB, write_back), reg(GiB, GiB, MtrrType::write_combining)});
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, mixed, end, "", silent.tracer()));
    auto cached = half, unknown = half;
    cached.default_type = write_back;
    unknown.known = false;
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, cached, end, "", silent.tracer()));
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, unknown, end, "", silent.tracer()));
    EXPECT_TRUE(silent.lines.empty());
    EXPECT_EQ(table, before);
}

TEST(MtrrTrim, AmdsTom2CoversWhatLiesAboveFourGib) {
    auto table = ram_up_to(6 * GiB);
    auto mtrr = state_of({reg(0, 4 * GiB, write_back)});
    mtrr.tom2 = 6 * GiB;
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, mtrr, pfn_down(6 * GiB), "", {}));
    mtrr.tom2 = 5 * GiB;
    EXPECT_TRUE(mtrr_trim_uncached_memory(table, mtrr, pfn_down(6 * GiB), "", {}));
    EXPECT_EQ(table.end_of_ram_pfn(Pfn{1} << 34), pfn_down(5 * GiB));
}

TEST(MtrrTrim, AnUncachableRangeBelowOneMibIsTheFixedRangesBusiness) {
    auto table = ram_up_to(GiB);
    Recorder log;
    const auto mtrr = state_of({reg(0, GiB, write_back), reg(0xa0000, 0x20000, uncachable)});
    EXPECT_FALSE(mtrr_trim_uncached_memory(table, mtrr, pfn_down(GiB), "", log.tracer()));
    EXPECT_EQ(log.lines, (std::vector<std::string>{"WARNING: BIOS bug: VAR MTRR 1 contains strange UC entry under 1M, "
                                                   "check with your system vendor!"}));
}

}  // namespace
}  // namespace mm
