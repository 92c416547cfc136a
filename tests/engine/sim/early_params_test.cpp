// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line changes before memory is given to the buddy: mirrored and movable memory, tests of memory, how
// per-CPU areas are made, and what becomes of EFI's boot services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr E820Entry low{0, 0x9fc00, E820Type::ram};
const std::string attributes = "   |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC",
                  mirrored = "   |  |MR|  |  |  |  |  |  |   |WB|WT|WC|UC";

std::shared_ptr<Machine> machine(const std::vector<E820Entry>& map, const std::string& line) {
    return std::make_shared<Machine>(*test::machine_of(map, line));
}

SnapshotPtr boot(const std::shared_ptr<Machine>& of) {
    const auto timeline = test::boot(of);
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << *broken;
    SnapshotPtr s = timeline->snapshot();
    EXPECT_TRUE(s->booted) << s->state.panic;
    return s;
}

const Zone& zone(const SnapshotPtr& s, ZoneType type) {
    return s->state.zones.nodes.at(0).zones[static_cast<std::size_t>(type)];
}

//   0         1G              4G         5G                6G
//   [ plain ..)               [ mirrored )[ plain ..........)
//   kernel: below 4 GiB and mirrored memory; ZONE_MOVABLE: the rest
TEST(KernelcoreMirror, WhatIsNotMirroredIsMovable) {
    const std::vector<E820Entry> map{low, {MiB, GiB - MiB, E820Type::ram}, {4 * GiB, 2 * GiB, E820Type::ram}};
    auto m = machine(map, "kernelcore=mirror");
    m->efi = true;
    m->efi_map = {{"Conventional", attributes, {MiB, GiB}},
                  {"Conventional", mirrored, {4 * GiB, 5 * GiB}},
                  {"Conventional", attributes, {5 * GiB, 6 * GiB}}};
    const SnapshotPtr s = boot(m);
    const std::string log = print_dmesg(*s);
    EXPECT_THAT(log, HasSubstr("efi: Memory: 1024M/3071M mirrored memory"));
    EXPECT_THAT(log, HasSubstr("This configuration results in unmirrored kernel memory."));
    EXPECT_EQ(zone(s, ZoneType::movable).present, GiB / page_size);
    EXPECT_EQ(zone(s, ZoneType::movable).start_pfn, pfn_down(5 * GiB));
    EXPECT_EQ(zone(s, ZoneType::normal).present, GiB / page_size);
    // memblock's own allocations prefer mirrored memory.
    const auto& claims = s->state.memblock.claims();
    const auto node_data =
        std::find_if(claims.begin(), claims.end(), [](const auto& c) { return c.owner == "NODE_DATA(0)"; });
    ASSERT_NE(node_data, claims.end());
    EXPECT_TRUE((PhysRange{4 * GiB, 5 * GiB}).contains(node_data->range));
    // Without the word the marks mean nothing.
    m->command_line = "";
    const SnapshotPtr plain = boot(m);
    EXPECT_EQ(zone(plain, ZoneType::movable).present, 0u);
    EXPECT_THAT(print_dmesg(*plain), HasSubstr("efi: Memory: 1024M/3071M mirrored memory"));
}

//   0          1G                     4G         5G
//   [ node 0 ..)                      [ node 1: hot-pluggable )
TEST(MovableNode, TheKernelStaysOutOfWhatCanBePulled) {
    const std::vector<E820Entry> map{low, {MiB, GiB - MiB, E820Type::ram}, {4 * GiB, GiB, E820Type::ram}};
    auto m = machine(map, "movable_node log_buf_len=1M");
    m->srat_cpus = {{0, 0, 0}};
    m->srat_memory = {{0, 0, {0, GiB}, false, false}, {1, 1, {4 * GiB, 5 * GiB}, true, false}};
    const SnapshotPtr s = boot(m);
    for (const MemblockClaim& claim : s->state.memblock.claims()) {
        if (claim.owner == "log buffer") {
            EXPECT_LT(claim.range.end, 32 * MiB) << "from the bottom up until SRAT is read";
        }
        EXPECT_FALSE(claim.range.overlaps({4 * GiB, 5 * GiB})) << claim.owner;
    }
    ASSERT_EQ(s->state.zones.nodes.size(), 2u);
    EXPECT_EQ(s->state.zones.nodes[1].zones[static_cast<std::size_t>(ZoneType::movable)].present, GiB / page_size);
}

TEST(EarlyMemtest, ABadWordIsNobodysMemory) {
    auto m = machine({low, {MiB, 255 * MiB, E820Type::ram}}, "memtest=2");
    m->bad_memory = {{~std::uint64_t{0}, {200 * MiB, 200 * MiB + 8}}};
    const auto timeline = test::boot(m);
    EXPECT_FALSE(timeline->system().check());
    const std::string log = print_dmesg(*timeline->snapshot());
    EXPECT_THAT(log, HasSubstr("early_memtest: # of tests: 2"));
    EXPECT_THAT(log, HasSubstr("  ffffffffffffffff bad mem addr 0x000000000c800000 - 0x000000000c800008 reserved"));
    EXPECT_EQ(state_of(timeline->system().pages().state(pfn_down(200 * MiB))), PageState::reserved);
    EXPECT_EQ(state_of(timeline->system().pages().state(pfn_down(200 * MiB) - 1)), PageState::free);
}

TEST(PercpuByPages, OnTheCommandLine) {
    auto m = machine({low, {MiB, 255 * MiB, E820Type::ram}}, "percpu_alloc=page");
    m->possible_cpus = 2;
    const SnapshotPtr s = boot(m);
    EXPECT_THAT(print_dmesg(*s), HasSubstr("percpu: 60 4K pages/cpu s217088 r8192 d20480"));
    ASSERT_EQ(s->state.percpu_units.size(), 2u);
    for (const PhysRange& unit : s->state.percpu_units)
        EXPECT_EQ(unit.size(), page_size);
    // The units stand side by side in vmalloc.
    const Walk walk = s->state.direct_map.tables.walk(0xffffc90000000000 + 60 * page_size);
    ASSERT_TRUE(walk.phys);
    EXPECT_EQ(*walk.phys, s->state.percpu_units[1].start);
    // Each PGD entry of vmalloc has a table below it; the first one since then.
    for (VirtAddr entry = 1; entry < 64; ++entry)
        EXPECT_EQ(s->state.direct_map.tables.missing_table(0xffffc90000000000 + entry * 512 * GiB), PtLevel::pmd);
}

//   16M      32M                    64M     68M
//   [image)   [ every second MiB .. )[  4M   )[ every second MiB ...)    the 4 MiB are vmemmap's: no unit of 2 MiB fits
TEST(PercpuByPages, WhereNoPieceIsFree) {
    std::string line = "memmap=1M$68M";
    for (unsigned at = 33; at < 256; at += 2)
        if (at != 65 && at != 67) line += " memmap=1M$" + std::to_string(at) + "M";
    auto m = machine({low, {MiB, 255 * MiB, E820Type::ram}}, line);
    m->ramdisk = PhysRange{MiB, 15 * MiB};
    const SnapshotPtr s = boot(m);
    EXPECT_THAT(print_dmesg(*s), HasSubstr("setup_percpu: auto allocator failed (-12), falling back to page size"));
    EXPECT_THAT(print_dmesg(*s), HasSubstr("percpu: 60 4K pages/cpu"));
}

//   EFI   [64M boot data 72M)   [80M boot code 84M)
TEST(EfiBootServices, AreFreeOnceTheyAreOver) {
    const auto with = [](const std::string& line) {
        auto m = machine({low, {MiB, 255 * MiB, E820Type::ram}}, line);
        m->efi = true;
        m->efi_map = {{"Boot Data", attributes, {96 * MiB, 104 * MiB}},
                      {"Boot Code", attributes, {112 * MiB, 116 * MiB}}};
        return m;
    };
    const auto timeline = test::boot(with(""));
    EXPECT_FALSE(timeline->system().check());
    EXPECT_EQ(state_of(timeline->system().pages().state(pfn_down(100 * MiB))), PageState::free);
    EXPECT_THAT(print_dmesg(*timeline->snapshot()), HasSubstr("efi: Freeing EFI boot services memory: 12288K"));
    const NrPages total = timeline->system().state().totalram_pages;
    timeline->run_to_stage(timeline->history().stage_named("mem_init_print_info"));
    EXPECT_EQ(state_of(timeline->system().pages().state(pfn_down(100 * MiB))), PageState::reserved);
    const auto kept = test::boot(with("efi=debug"));
    EXPECT_EQ(state_of(kept->system().pages().state(pfn_down(100 * MiB))), PageState::reserved);
    EXPECT_THAT(print_dmesg(*kept->snapshot()), Not(HasSubstr("Freeing EFI boot services")));
    EXPECT_EQ(kept->system().state().totalram_pages + 12 * MiB / page_size, total);
}

}  // namespace
}  // namespace mm
