// SPDX-License-Identifier: GPL-3.0-or-later
// Maps that no sane firmware hands over: the boot either gets through with every room consistent, or ends in the
// kernel's panic; it never crashes, never hangs.
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "engine/types/rng.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::machine_of;

/// Boots, prints everything, checks every room.
void expect_sound(const std::vector<E820Entry>& map, const std::string& what, std::string command_line = "") {
    auto timeline = boot(machine_of(map, std::move(command_line)));
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << what << ": " << *broken;
    const SnapshotPtr s = timeline->snapshot();
    EXPECT_EQ(s->booted, s->state.panic.empty()) << what;
    EXPECT_FALSE(print_dmesg(*s).empty()) << what;
    for (const auto print : {print_e820, print_memblock, print_iomem, print_zoneinfo, print_buddyinfo,
                             print_pagetypeinfo, print_meminfo, print_json})
        (void)print(*s);
}

constexpr E820Entry low{0, 0x9fc00, E820Type::ram}, ram{MiB, 255 * MiB, E820Type::ram};

TEST(HostileMap, single_entries_that_no_sane_firmware_hands_over) {
    const std::pair<const char*, E820Entry> odd[] = {
        {"zero length", {64 * MiB, 0, E820Type::reserved}},
        {"wraps around", {~PhysAddr{0} - 4095, 64 * MiB, E820Type::ram}},
        {"up to the last byte", {512 * GiB, ~Bytes{0} - 512 * GiB, E820Type::reserved}},
        {"RAM in the last page", {~PhysAddr{0} - 2047, 2047, E820Type::ram}},
        {"RAM beyond what the CPU addresses", {PhysAddr{1} << 50, GiB, E820Type::ram}},
        {"RAM at 20 TiB", {20 * TiB, GiB, E820Type::ram}},
        {"odd bytes", {300 * MiB + 123, 456789, E820Type::ram}},
        {"hole in the image", {17 * MiB, 4 * MiB, E820Type::reserved}},
        {"everything unusable", {0, 4 * GiB, E820Type::unusable}},
        {"unknown type", {300 * MiB, MiB, static_cast<E820Type>(77)}},
        {"persistent", {GiB, GiB, E820Type::pmem}},
        {"soft reserved", {GiB, GiB, E820Type::soft_reserved}},
    };
    for (const auto& [what, entry] : odd)
        expect_sound({low, ram, entry}, what);
}

TEST(HostileMap, machines_with_next_to_nothing) {
    expect_sound({}, "no entries");
    expect_sound({low}, "one entry");
    expect_sound({low, {MiB, 4 * KiB, E820Type::ram}}, "4 KiB above 1 MiB");
    expect_sound({{0, 64 * GiB, E820Type::reserved}, {64 * GiB, GiB, E820Type::reserved}}, "all reserved");
    expect_sound({low, {64 * MiB, 32 * MiB, E820Type::ram}}, "no RAM where the image lies");
    expect_sound({low, ram}, "mem=4K", "mem=4K");
    expect_sound({low, ram}, "exactmap of nothing", "memmap=exactmap");
    expect_sound({low, ram}, "reserved over everything", "memmap=1G$0");
}

TEST(HostileMap, boundless_command_lines) {
    const auto long_line = [](const std::string& word, std::size_t size) {
        std::string line;
        while (line.size() < size)
            line += word;
        return line;
    };
    expect_sound({low, ram}, "64 KiB of one word", std::string(64 * KiB, 'x') + " mem=128M");
    expect_sound({low, ram}, "64 KiB of quotes", long_line("\"=", 64 * KiB));
    expect_sound({low, ram}, "16384 times mem=", long_line("mem=", 64 * KiB));
    expect_sound({low, ram}, "5000 times memmap=", long_line("memmap=4K$32M ", 64 * KiB));
    expect_sound({low, ram}, "numbers beyond 64 bits",
                 "movablecore=99999999999999999999 kernelcore=200% hugepages=99999999999 log_buf_len=4G "
                 "dhash_entries=18446744073709551615 crashkernel=99999999T cma=16E numa=fake=1024");
}

// Holes in RAM, one a parameter: 200 of them leave memblock 202 regions of memory, more than its first array holds.
TEST(HostileMap, more_regions_than_the_first_array_of_memblock_holds) {
    std::string line;
    for (PhysAddr i = 0; i < 200; ++i)
        line += "memmap=4K$" + std::to_string(64 * MiB + i * 64 * KiB) + " ";
    auto timeline = boot(machine_of({low, ram}, line));
    EXPECT_FALSE(timeline->system().check());
    // The new array lies below 1 MiB, where alone memory may be taken then.
    const Memblock& memblock = timeline->system().state().memblock;
    EXPECT_EQ(memblock.array(MemblockList::memory).max, 256u);
    EXPECT_GT(memblock.array(MemblockList::memory).at, 0u);
    EXPECT_LT(memblock.array(MemblockList::memory).at, MiB);
    EXPECT_EQ(memblock.memory().size(), 202u);
    // Once memblock is gone its array is free memory.
    const PageColumns& pages = timeline->system().pages();
    const Pfn first = pfn_down(memblock.array(MemblockList::memory).at);
    EXPECT_EQ(state_of(pages.state(first)), PageState::free);
    EXPECT_EQ(state_of(pages.state(first + 1)), PageState::free);
    // Before that it was not.
    timeline->run_to_stage(timeline->history().stage_named("mem_init_print_info"));
    EXPECT_EQ(state_of(timeline->system().pages().state(first)), PageState::reserved);
}

TEST(HostileMap, srat_that_contradicts_itself_or_the_map) {
    constexpr PhysAddr end = 256 * MiB;
    const std::pair<const char*, std::vector<SratMemory>> odd[] = {
        {"overlap", {{0, 0, {0, 192 * MiB}}, {1, 1, {128 * MiB, end}}}},
        {"same range twice", {{0, 0, {0, end}}, {1, 1, {0, end}}}},
        {"beyond memory", {{0, 0, {0, end}}, {1, 1, {4 * GiB, 8 * GiB}}}},
        {"half covered", {{0, 0, {0, 64 * MiB}}}},
        {"empty range", {{0, 0, {end, end}}, {1, 1, {0, end}}}},
        {"ends before it starts", {{0, 0, {end, 0}}}},
        {"whole address space", {{3, 3, {0, ~PhysAddr{0}}}}},
        {"node 1023", {{1023, 0, {0, end}}}},
        {"node 1024", {{1024, 0, {0, end}}}},
        {"node -1", {{-1, 0, {0, end}}}},
    };
    for (const auto& [what, srat] : odd) {
        auto machine = std::make_shared<Machine>(*machine_of({low, ram}));
        machine->srat_memory = srat;
        auto timeline = boot(machine);
        const Broken broken = timeline->system().check();
        EXPECT_FALSE(broken) << what << ": " << *broken;
        EXPECT_TRUE(timeline->snapshot()->booted) << what << ": " << timeline->system().state().panic;
    }
}

TEST(HostileMap, more_entries_than_the_zero_page_holds) {
    std::vector<E820Entry> map{low};
    for (PhysAddr i = 0; i < 600; ++i)
        map.push_back({MiB + i * 2 * MiB, MiB + 512 * KiB, i % 7 ? E820Type::ram : E820Type::acpi});
    expect_sound(map, "601 entries");
    auto timeline = boot(machine_of(map));
    EXPECT_LE(timeline->system().state().probe.boot_table.size(), e820_max_entries_zeropage);
}

TEST(HostileMap, random_maps) {
    const E820Type types[] = {E820Type::ram,  E820Type::ram, E820Type::ram,      E820Type::reserved,
                              E820Type::acpi, E820Type::nvs, E820Type::unusable, E820Type::pmem};
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Rng rng(seed);
        std::vector<E820Entry> map;
        if (rng.chance(800)) map.push_back(low);
        if (rng.chance(700)) map.push_back(ram);
        const PhysAddr top = rng.chance(20) ? 256 * GiB : rng.chance(500) ? 8 * GiB : GiB;
        for (std::uint64_t n = rng.below(12); n > 0; --n) {
            PhysAddr start = rng.below(top);
            Bytes size = rng.below(top / 4);
            if (rng.chance(700)) start = align_down(start, page_size), size = align_down(size, page_size);
            map.push_back({start, size, types[rng.below(std::size(types))]});
        }
        expect_sound(map, "seed " + std::to_string(seed));
    }
}

//      [few]  [nvs]     [ image, up to the end of memory ]        NODE_DATA() finds no room: node 0 is not online
TEST(HostileMap, no_room_for_node_data_in_kernels_of_any_age) {
    constexpr E820Entry nvs{15 * MiB, 4 * KiB, E820Type::nvs};
    for (const KernelVersion version : {KernelVersion{2, 6, 32}, {4, 17, 0}, {5, 18, 0}, {6, 1, 0}})
        for (Bytes few = 0; few < 4 * MiB; few += 32 * KiB) {
            auto machine = std::make_shared<Machine>(*machine_of({{8 * MiB, few, E820Type::ram}, nvs}));
            machine->version = version;
            machine->banner = "Linux version " + version.text();
            machine->image.text = 16 * MiB;
            machine->image.code = 16 * MiB;
            machine->image.end_reserved = 32 * MiB;
            auto timeline = boot(machine);
            EXPECT_FALSE(timeline->system().check());
            EXPECT_EQ(timeline->snapshot()->booted, timeline->snapshot()->state.panic.empty());
        }
}

}  // namespace
}  // namespace mm
