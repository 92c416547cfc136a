// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that no sane firmware describes, of 32-bit x86 and arm64: the boot gets through with every room consistent,
// or ends in the kernel's panic; it never crashes, never hangs.
#include <gtest/gtest.h>

#include "engine/snapshot/proc_format.h"
#include "engine/types/rng.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

void expect_sound(const std::shared_ptr<const Machine>& machine, const std::string& what) {
    auto timeline = test::boot(machine);
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << what << ": " << *broken;
    const SnapshotPtr s = timeline->snapshot();
    EXPECT_EQ(s->booted, s->state.panic.empty()) << what;
    EXPECT_FALSE(print_dmesg(*s).empty()) << what;
    for (const auto print : {print_e820, print_memblock, print_iomem, print_zoneinfo, print_buddyinfo,
                             print_pagetypeinfo, print_meminfo, print_json})
        (void)print(*s);
}

std::string repeated(const std::string& word, std::size_t size) {
    std::string line;
    while (line.size() < size)
        line += word;
    return line;
}

const std::pair<const char*, std::string> command_lines[] = {
    {"64 KiB of one word", std::string(64 * KiB, 'x') + " mem=128M"},
    {"64 KiB of quotes", repeated("\"=", 64 * KiB)},
    {"16384 times mem=", repeated("mem=", 64 * KiB)},
    {"5000 times crashkernel=", repeated("crashkernel=1G-:4M ", 64 * KiB)},
    {"numbers beyond 64 bits",
     "movablecore=99999999999999999999 kernelcore=200% hugepages=99999999999 log_buf_len=4G "
     "memtest=18446744073709551616 "
     "dhash_entries=18446744073709551615 crashkernel=99999999T cma=16E@16E vmalloc=99999G highmem=16E"},
    {"nothing but minus", "-- mem=-1 crashkernel=-1 cma=-1 highmem=-1 vmalloc=-1 memtest=-1"},
    {"all of it for the crash kernel", "crashkernel=200M@0 crashkernel=1G,high crashkernel=1G,low cma=200M"},
    {"kernelcore", "kernelcore=0 movablecore=100% movable_node kernelcore=mirror percpu_alloc=page"},
};

std::vector<SratMemory> const contradicting_srats[] = {
    {{0, 0, {0, 192 * MiB}}, {1, 1, {128 * MiB, 256 * MiB}}},
    {{0, 0, {0, 2 * GiB}}, {1, 1, {0, 2 * GiB}}},
    {{0, 0, {GiB, 2 * GiB}}, {1, 1, {4 * GiB, 8 * GiB}}},
    {{0, 0, {GiB, GiB + 64 * MiB}}},
    {{0, 0, {2 * GiB, 2 * GiB}}, {1, 1, {0, 2 * GiB}}},
    {{0, 0, {2 * GiB, 0}}},
    {{3, 3, {0, ~PhysAddr{0}}}},
    {{15, 0, {GiB, 2 * GiB}}},
    {{1023, 0, {GiB, 2 * GiB}}},
    {{-1, 0, {GiB, 2 * GiB}}},
};

class HostileI386 : public testing::TestWithParam<bool> {
protected:
    std::shared_ptr<Machine> machine(const std::vector<E820Entry>& map, const std::string& line = "") const {
        auto m = std::make_shared<Machine>(*test::machine_of(map, line));
        m->arch = Arch::i386;
        m->pae = GetParam();
        return m;
    }
};
INSTANTIATE_TEST_SUITE_P(Pae, HostileI386, testing::Bool(),
                         [](const auto& pae) { return std::string(pae.param ? "pae" : "without"); });

constexpr E820Entry low{0, 0x9fc00, E820Type::ram}, ram{MiB, 255 * MiB, E820Type::ram};

//      image   ][early page tables | 6 pages of buffer | DMI ]
//              ^ end of the image                            ^ what the log's reservation says, or nonsense
TEST_P(HostileI386, a_log_whose_brk_ends_anywhere) {
    for (const PhysAddr brk_end : {PhysAddr{1}, 16 * MiB, 32 * MiB + 4 * KiB, 33 * MiB, 70 * MiB, ~PhysAddr{0}}) {
        const auto m = machine({low, ram});
        m->image.brk_end = brk_end;
        expect_sound(m, "brk to " + std::to_string(brk_end));
    }
}

TEST_P(HostileI386, machines_with_next_to_nothing) {
    expect_sound(machine({}), "no entries");
    expect_sound(machine({{0, 4 * KiB, E820Type::ram}}), "4 KiB of RAM");
    expect_sound(machine({low}), "one entry");
    expect_sound(machine({low, {MiB, 4 * KiB, E820Type::ram}}), "4 KiB above 1 MiB");
    expect_sound(machine({{0, 64 * GiB, E820Type::reserved}, {64 * GiB, GiB, E820Type::reserved}}), "all reserved");
    expect_sound(machine({low, {64 * MiB, 32 * MiB, E820Type::ram}}), "no RAM where the image lies");
    expect_sound(machine({low, {5 * GiB, GiB, E820Type::ram}}), "RAM beyond 4 GiB alone");
    expect_sound(machine({low, ram, {~PhysAddr{0} - 4095, 64 * MiB, E820Type::ram}}), "wraps around");
    expect_sound(machine({low, ram, {60 * GiB, 80 * GiB, E820Type::ram}}), "more than PAE addresses");
    expect_sound(machine({low, ram, {512 * GiB, ~Bytes{0} - 512 * GiB, E820Type::reserved}}), "to the last byte");
}

TEST_P(HostileI386, boundless_command_lines) {
    for (const auto& [what, line] : command_lines)
        expect_sound(machine({low, ram}, line), what);
}

TEST_P(HostileI386, a_srat_that_contradicts_itself) {
    for (const auto& srat : contradicting_srats) {
        auto m = machine({low, ram});
        m->srat_memory = srat;
        expect_sound(m, "SRAT " + std::to_string(&srat - contradicting_srats));
    }
}

TEST_P(HostileI386, more_entries_than_the_zero_page_holds) {
    std::vector<E820Entry> map{low};
    for (PhysAddr i = 0; i < 600; ++i)
        map.push_back({MiB + i * 2 * MiB, MiB + 512 * KiB, i % 7 ? E820Type::ram : E820Type::acpi});
    expect_sound(machine(map), "601 entries");
}

TEST_P(HostileI386, random_maps) {
    const E820Type types[] = {E820Type::ram, E820Type::ram, E820Type::reserved, E820Type::acpi, E820Type::unusable};
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Rng rng(seed);
        std::vector<E820Entry> map;
        if (rng.chance(800)) map.push_back(low);
        if (rng.chance(700)) map.push_back(ram);
        const PhysAddr top = rng.chance(300) ? 8 * GiB : 2 * GiB;
        for (std::uint64_t n = rng.below(12); n > 0; --n)
            map.push_back({rng.below(top), rng.below(top / 4), types[rng.below(std::size(types))]});
        expect_sound(machine(map), "seed " + std::to_string(seed));
    }
}

std::shared_ptr<Machine> arm64(const std::vector<DeviceTreeMemory>& memory, const std::string& line = "") {
    return std::make_shared<Machine>(*test::arm64_machine_of(memory, line));
}
const std::vector<DeviceTreeMemory> one_gib{{0, {GiB, 2 * GiB}}};

TEST(HostileArm64, machines_with_next_to_nothing) {
    expect_sound(arm64({}), "no memory");
    expect_sound(arm64({{0, {GiB, GiB + 4 * KiB}}}), "4 KiB of RAM");
    expect_sound(arm64({{0, {GiB, GiB + 100}}}), "less than a page");
    expect_sound(arm64({{0, {GiB, GiB + 32 * MiB}}}), "hardly more than the image");
    expect_sound(arm64({{0, {GiB, GiB}}}), "empty");
    expect_sound(arm64({{0, {0, 64 * MiB}}}), "from 0 on");
    auto nowhere = arm64({{0, {4 * GiB, 5 * GiB}}});
    nowhere->image.text = GiB;
    expect_sound(nowhere, "no RAM where the image lies");
    auto reserved = std::make_shared<Machine>(*arm64({}));
    reserved->efi = true;
    reserved->efi_map = {{"Reserved", "   |WB", {GiB, 2 * GiB}}, {"Runtime Data", "RUN|WB", {2 * GiB, 3 * GiB}}};
    expect_sound(reserved, "an EFI map of reserved memory");
}

TEST(HostileArm64, odd_memory_nodes) {
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {1, {GiB + 512 * MiB, 3 * GiB}}}), "overlap");
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {0, {GiB, 2 * GiB}}}), "twice");
    expect_sound(arm64({{0, {2 * GiB, GiB}}, {0, {GiB, 2 * GiB}}}), "ends before it starts");
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {0, {~PhysAddr{0} - MiB, ~PhysAddr{0}}}}), "the last MiB of all");
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {0, {PhysAddr{1} << 49, PhysAddr{1} << 50}}}), "beyond 48 bits");
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {15, {4 * GiB, 5 * GiB}}}), "node 15");
    expect_sound(arm64({{0, {GiB, 2 * GiB}}, {1023, {4 * GiB, 5 * GiB}}}), "node 1023");
    std::vector<DeviceTreeMemory> many;
    for (PhysAddr i = 0; i < 600; ++i)
        many.push_back({static_cast<Nid>(i % 4), {GiB + i * 4 * MiB, GiB + i * 4 * MiB + 3 * MiB}});
    expect_sound(arm64(many), "600 pieces on 4 nodes");
}

TEST(HostileArm64, boundless_command_lines) {
    for (const auto& [what, line] : command_lines)
        expect_sound(arm64(one_gib, line), what);
    expect_sound(arm64(one_gib, "mem=4K"), "mem=4K");
    expect_sound(arm64(one_gib, "mem=0"), "mem=0");
}

TEST(HostileArm64, a_srat_that_contradicts_itself) {
    for (const auto& srat : contradicting_srats) {
        auto m = arm64({});
        m->image.text = GiB + 2 * MiB;
        m->efi = true;
        m->efi_map = {{"Conventional", "   |WB", {GiB, 2 * GiB}}};
        m->srat_memory = srat;
        expect_sound(m, "SRAT " + std::to_string(&srat - contradicting_srats));
    }
}

TEST(HostileArm64, random_memory) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Rng rng(seed);
        std::vector<DeviceTreeMemory> memory{{0, {GiB, GiB + 64 * MiB + rng.below(GiB)}}};
        for (std::uint64_t n = rng.below(8); n > 0; --n) {
            const PhysAddr start = rng.below(8 * GiB);
            memory.push_back({static_cast<Nid>(rng.below(4)), {start, start + rng.below(GiB)}});
        }
        expect_sound(arm64(memory), "seed " + std::to_string(seed));
    }
}

}  // namespace
}  // namespace mm
