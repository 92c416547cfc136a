// SPDX-License-Identifier: GPL-3.0-or-later
// Where the CMA area lies, and that its pageblocks are lent to movable pages.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::must;
using test::run;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SnapshotPtr boot_with(const std::string& command_line, Bytes ram = GiB) {
    const auto timeline = test::boot(test::arm64_machine_of({{0, {GiB, GiB + ram}}}, command_line));
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << *broken;
    SnapshotPtr s = timeline->snapshot();
    EXPECT_TRUE(s->booted) << s->state.panic;
    return s;
}

std::vector<PhysRange> areas(const std::string& command_line, Bytes ram = GiB) {
    return boot_with(command_line, ram)->state.cma_areas;
}

//   1G [image)                                  [64M CMA)[vmemmap, tables ...) 2G
TEST(Cma, TheConfiguredSizeLiesAsHighAsItCanBelowWhatWasTaken) {
    const auto found = areas("");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].size(), 64 * MiB);
    EXPECT_EQ(found[0].start % (2 * MiB), 0u) << "whole pageblocks";
    EXPECT_GT(found[0].end, 2 * GiB - 64 * MiB);
}

//   1G .... 2G .... 4G[CMA) .... 9G: bottom-up above 4 GiB, but only where all devices reach
TEST(Cma, StaysWhereAllDevicesReachOnALargeMachine) {
    const auto found = areas("cma=256M", 8 * GiB);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_LE(found[0].end, 4 * GiB);
    EXPECT_GT(found[0].start, 3 * GiB);
}

TEST(Cma, AboveFourGiBItLiesAtTheBottom) {
    const auto timeline =
        test::boot(test::arm64_machine_of({{0, {5 * GiB, 8 * GiB}}}, "cma=256M"));  // no zone ends at 4 GiB
    EXPECT_FALSE(timeline->system().check());
    const auto& found = timeline->system().state().cma_areas;
    ASSERT_EQ(found.size(), 1u);
    EXPECT_LT(found[0].start, 5 * GiB + 64 * MiB) << "just behind the kernel image";
}

TEST(Cma, APlaceOrAWindowIsKept) {
    EXPECT_THAT(areas("cma=64M@0x60000000"), ElementsAre(PhysRange{0x60000000, 0x64000000}));
    EXPECT_THAT(areas("cma=32M@0x50000000-0x58000000"), ElementsAre(PhysRange{0x56000000, 0x58000000}));
    EXPECT_THAT(areas("cma=3M@0x50000000-0x58000000"), ElementsAre(PhysRange{0x57c00000, 0x58000000}));
    EXPECT_THAT(areas("cma=0"), IsEmpty());
}

TEST(Cma, WhatCannotBeIsSaid) {
    const auto log_of = [](const char* line) { return print_dmesg(*boot_with(line)); };
    EXPECT_THAT(log_of("cma=64M@0x40000000"), HasSubstr("cma: Failed to reserve 64 MiB")) << "the image is there";
    EXPECT_THAT(log_of("cma=3G"), HasSubstr("cma: Size (0x00000000c0000000) of region at 0x0000000000000000 exceeds "
                                            "limit (0x0000000080000000)"));
    EXPECT_THAT(log_of("cma=2M@0x50100000-0x50300000"),
                HasSubstr("cma: Region at 0x0000000050100000 must be aligned to 0x0000000000200000 bytes"));
}

//   pageblocks of the area are CMA's, free, and counted in their zone and in MemTotal
TEST(Cma, ItsPageblocksAreLent) {
    const SnapshotPtr s = boot_with("cma=64M");
    const PhysRange area = s->state.cma_areas.at(0);
    for (Pfn pfn = pfn_down(area.start); pfn < pfn_down(area.end); pfn += pageblock_pages)
        EXPECT_EQ(s->state.zones.pageblock_type[pfn / pageblock_pages], static_cast<std::uint8_t>(MigrateType::cma));
    const Zone* zone = s->state.zones.zone_of(pfn_down(area.start));
    ASSERT_TRUE(zone);
    EXPECT_EQ(zone->cma, 64 * MiB / page_size);
    const auto cma = static_cast<std::size_t>(MigrateType::cma);
    NrPages free = 0;
    for (Order order = 0; order < s->profile->max_order; ++order)
        free += zone->free_area[order].free_list[cma].blocks << order;
    EXPECT_EQ(free, 64 * MiB / page_size);
    EXPECT_THAT(print_dmesg(*s), HasSubstr("65536K cma-reserved"));
}

//  Expect: 32 MiB of the area at one stretch, moved back when time goes back; nobody else may free a part of it.
TEST(Cma, HandsOutWhatMovablePagesHadOnLoan) {
    const auto timeline = test::boot(test::arm64_machine_of({{0, {GiB, 2 * GiB}}}, ""));
    const PhysRange area = timeline->system().state().cma_areas.at(0);
    must(*timeline, "spawn /bin/sh");
    const Position before = timeline->cursor();
    const CommandResult got = must(*timeline, "cma_alloc 8192 align 9");
    EXPECT_EQ(got.pfn, pfn_up(area.start));
    EXPECT_THAT(print_vmstat(*timeline->snapshot()), HasSubstr("cma_alloc_success 1\n"));
    EXPECT_THAT(print_meminfo(*timeline->snapshot()),
                HasSubstr("CmaTotal:          65536 kB\nCmaFree:           32768 kB\nHugePages_Total"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_THAT(run(*timeline, fmt::format("free_pages {:#x} order 0", got.pfn)).error().text(),
                HasSubstr("cma_release gives them back"));
    EXPECT_EQ(must(*timeline, "cma_alloc 8193").pfn, no_pfn) << "less than half is left";
    must(*timeline, fmt::format("cma_release {:#x} count 8192", got.pfn));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_EQ(must(*timeline, "cma_alloc 16384").pfn, got.pfn) << "all of it";
    timeline->seek(before);
    EXPECT_TRUE(timeline->system().state().cma.taken.empty());
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(Cma, GivenFramesOnAMachineWithoutAnArea) {
    const auto timeline = test::boot("pc-512m");
    EXPECT_THAT(run(*timeline, "cma_alloc 16").error().text(), HasSubstr("there is no CMA area"));
    EXPECT_EQ(must(*timeline, "alloc_contig_range 0x8000 count 3000").pfn, 0x8000u);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_EQ(must(*timeline, "alloc_contig_range 0x8100 count 1").pfn, no_pfn) << "it is the caller's already";
    must(*timeline, "free_contig_range 0x8000 count 3000");
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_FALSE(run(*timeline, "alloc_contig_range 0xfffffff count 1"));
    for (const char* text : {"alloc_contig_range 0x8000 count 3000 cpu 0", "free_contig_range 0x8000 count 3000 cpu 0",
                             "cma_alloc 16 align 3 cpu 0", "cma_release 0x8000 count 16 cpu 0"})
        EXPECT_EQ(text, to_text(*parse_command(text)));
    EXPECT_FALSE(parse_command("cma_alloc"));
    EXPECT_FALSE(parse_command("cma_alloc 1 align 40"));
}

}  // namespace
}  // namespace mm
