// SPDX-License-Identifier: GPL-3.0-or-later
// The reader against logs of real boots (tests/data/machines).
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

Machine read_capture(const std::string& name) {
    auto machine = read_machine(MMSCOPE_TEST_DATA "/machines/" + name);
    EXPECT_TRUE(machine) << (machine ? "" : machine.error().text());
    return machine ? std::move(*machine) : Machine();
}

TEST(RealLogs, EveryCaptureGivesAMapACommandLineAndAnImage) {
    unsigned count = 0;
    for (const auto& folder : fs::directory_iterator(MMSCOPE_TEST_DATA "/machines")) {
        SCOPED_TRACE(folder.path().filename().string());
        const Machine m = read_capture(folder.path().filename().string());
        EXPECT_EQ(m.name, folder.path().filename().string());
        EXPECT_EQ(m.version, (KernelVersion{6, 1, 0}));
        if (m.arch == Arch::arm64) {
            EXPECT_TRUE(m.map.empty());
            EXPECT_EQ(m.efi, m.device_tree_memory.empty());
            EXPECT_EQ(m.efi, m.efi_map.size() > 20);
            continue;
        }
        EXPECT_GE(m.map.size(), 6u);
        if (m.arch != Arch::x86_64) continue;  // other sections, other sizes
        EXPECT_NE(m.command_line.find("console=ttyS0"), std::string::npos);
        EXPECT_TRUE(m.ramdisk);
        EXPECT_TRUE(m.percpu.known);
        EXPECT_EQ(m.nr_cpus_config, 8192u);
        EXPECT_GE(m.acpi_tables.size(), 5u);
        EXPECT_EQ(m.image.code, 14343 * KiB);
        EXPECT_EQ(m.image.bss, 17344 * KiB);
        EXPECT_EQ(m.image.end_reserved - m.image.text, 0x3400000u);
        EXPECT_EQ(m.image.res_code.start, m.image.text);
        EXPECT_EQ(m.efi, m.name.find("ovmf") != std::string::npos);
        EXPECT_EQ(m.efi, m.mp_table.empty());
        ++count;
    }
    EXPECT_EQ(count, 21u);
}

TEST(RealLogs, AnOrdinaryPcIsReadInFull) {
    const Machine m = read_capture("pc-1g");
    const std::vector<E820Entry> map{
        {0x0, 0x9fc00, E820Type::ram},
        {0x9fc00, 0x400, E820Type::reserved},
        {0xf0000, 0x10000, E820Type::reserved},
        {0x100000, 0x3fee0000, E820Type::ram},
        {0x3ffe0000, 0x20000, E820Type::reserved},
        {0xfffc0000, 0x40000, E820Type::reserved},
        {0xfd00000000, 0x300000000, E820Type::reserved},
    };
    EXPECT_EQ(m.map, map);
    EXPECT_EQ(m.map_name, "BIOS-e820");
    EXPECT_EQ(m.mp_table.front(), (PhysRange{0xf5ba0, 0xf5bb0}));
    EXPECT_EQ(m.image.text, 0x1000000u);
    EXPECT_EQ(m.image.end_reserved, 0x4400000u);
    EXPECT_EQ(m.image.init_begin, 0x3044000u);
    EXPECT_EQ(m.image.init_end, 0x3306000u);
    EXPECT_EQ(m.image.res_bss, (PhysRange{0x3310000, 0x4400000}));
    EXPECT_EQ(m.percpu.static_size, 217088u);
    EXPECT_EQ(m.percpu.unit_size, 2097152u);
    EXPECT_EQ(m.possible_cpus, 1u);
    EXPECT_FALSE(m.la57);
    EXPECT_TRUE(m.given_updates.empty());
    EXPECT_TRUE(m.setup_data.empty());
}

TEST(RealLogs, WithKaslrPhysicalAddressesFollowWhereIomemSawTheCode) {
    const Machine m = read_capture("pc-512m-kaslr");
    EXPECT_EQ(m.image.text, 0x8e00000u);
    EXPECT_EQ(m.image.end_reserved, 0x8e00000u + 0x3400000u);
    EXPECT_EQ(m.image.init_begin, 0x8e00000u + 0x2044000u);
}

TEST(RealLogs, A32BitImageLiesInTheDirectMap) {
    const Machine m = read_capture("i386-pae-2g");
    EXPECT_EQ(m.arch, Arch::i386);
    EXPECT_TRUE(m.pae);
    EXPECT_FALSE(m.nx);
    EXPECT_EQ(m.image.text, 0x1000000u);
    EXPECT_EQ(m.image.page_offset, 0xc0000000u);
    EXPECT_EQ(m.image.end_reserved, 0x1f0b000u);
    EXPECT_EQ(m.image.init_begin, 0x1da4000u);
    EXPECT_EQ(m.image.init_end, 0x1e8c000u);
    EXPECT_EQ(m.ramdisk_size, 1065183u);
    EXPECT_TRUE(read_capture("i386-pae-4g").nx);
    EXPECT_FALSE(read_capture("i386-np-4g").pae);
}

TEST(RealLogs, NumaTablesAndDistances) {
    const Machine m = read_capture("numa-2n-2g");
    ASSERT_EQ(m.srat_memory.size(), 3u);
    EXPECT_EQ(m.srat_memory[2].nid, 1);
    EXPECT_EQ(m.srat_memory[2].range, (PhysRange{0x40000000, 0x80000000}));
    EXPECT_FALSE(m.srat_memory[2].hotplug);
    ASSERT_EQ(m.srat_cpus.size(), 2u);
    EXPECT_EQ(m.srat_cpus[1].nid, 1);
    EXPECT_EQ(m.srat_cpus[1].apic, 1u);
    EXPECT_EQ(m.slit, (std::vector<std::vector<unsigned>>{{10, 20}, {20, 10}}));
    EXPECT_EQ(m.possible_cpus, 2u);
    EXPECT_EQ(m.mp_table.size(), 2u) << "memblock=debug shows the table that the pointer leads to";
}

TEST(RealLogs, EfiMapAndSetupData) {
    const Machine m = read_capture("q35-ovmf-8g");
    EXPECT_EQ(m.efi_line, "efi: EFI v2.70 by EDK II");
    ASSERT_GT(m.efi_map.size(), 100u);
    EXPECT_EQ(m.efi_map[0].type, "Boot Code");
    EXPECT_EQ(m.efi_map[3].type, "ACPI Mem NVS");
    EXPECT_EQ(m.efi_map[3].range, (PhysRange{0x806000, 0x808000}));
    const std::vector<PhysRange> pieces{{0x7dc12018, 0x7dc1bc58}, {0x7da1a018, 0x7da57058}};
    EXPECT_EQ(m.setup_data, pieces);
    ASSERT_EQ(m.given_updates.size(), 1u);
    EXPECT_TRUE(m.given_updates[0].after_memblock);
}

}  // namespace
}  // namespace mm
