// SPDX-License-Identifier: GPL-3.0-or-later
// arm64 by EFI: what the log tells of the firmware's tables, and where the stub put initrd and device tree.
#include <gtest/gtest.h>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

const std::string head =
    "Booting Linux on physical CPU 0x0000000000 [0x411fd070]\n"
    "Linux version 6.1.0-56-arm64 (x@y) #1 SMP\n"
    "efi:   MemMap Address       : 0x000000007c43d9c0\n"
    "efi:   MemMap Size          : 0x00000000000005a0\n"
    "efi: EFI v2.70 by EDK II\n"
    "efi: SMBIOS 3.0=0x7fed0000 MEMATTR=0x7cbfa018 ACPI 2.0=0x7c430018 INITRD=0x7c42ff18 MEMRESERVE=0x7c42ff98 \n"
    "esrt: Reserving ESRT space from 0x000000007b0c2a98 to 0x000000007b0c2ad0.\n"
    "efi:   0x000040000000-0x00007c11ffff [Conventional|   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]\n";

//      0x7c120000 [2 MiB: tree)[initrd: 241 pages and a piece, room to 64 KiB) 0x7c420000
const std::string loader_data =
    "efi:   0x00007c120000-0x00007c41ffff [Loader Data |   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]\n";
const std::string freed = "Freeing initrd memory: 964K\n";

Machine machine_of(const std::string& log, const MachineConfig& config = {}) {
    auto machine = read_log(log, "name", "file", config);
    EXPECT_TRUE(machine) << (machine ? "" : machine.error().text());
    return machine ? std::move(*machine) : Machine();
}

TEST(Arm64Efi, TheTablesOfTheFirmwareAreRead) {
    const EfiTables tables = machine_of(head + loader_data).efi_tables;
    const EfiTables expected{
        {0x7c43d9c0, 0x7c43df60}, 0x7cbfa018, 0x7c42ff98, true, {0x7b0c2a98, 0x7b0c2ad0},
    };
    EXPECT_EQ(tables, expected);
}

TEST(Arm64Efi, InitrdAndTreeLieInTheLoaderDataOfJustTheirSize) {
    const Machine m = machine_of(head + loader_data, {.initrd_bytes = 987793});
    EXPECT_EQ(m.ramdisk, (PhysRange{0x7c320000, 0x7c320000 + 987793}));
    EXPECT_EQ(m.device_tree_blob, (PhysRange{0x7c120000, 0x7c121000}));
    EXPECT_TRUE(m.notes.empty() || m.notes.front().find("initrd") == std::string::npos);
}

TEST(Arm64Efi, HowLongTheInitrdIsTellsItsFreeing) {
    const Machine m = machine_of(head + loader_data + freed);
    ASSERT_TRUE(m.ramdisk);
    EXPECT_EQ(m.ramdisk->start, 0x7c320000u);
    EXPECT_EQ(align_up(m.ramdisk->size(), page_size), 242 * page_size);
}

TEST(Arm64Efi, WhereNothingFitsTheInitrdStaysUnknownAndThatIsSaid) {
    const Machine m = machine_of(head + loader_data, {.initrd_bytes = 4 * MiB});
    EXPECT_FALSE(m.ramdisk);
    EXPECT_TRUE(m.device_tree_blob.empty());
    const auto says = [](const std::string& note) { return note.find("where the initrd lies") != std::string::npos; };
    EXPECT_TRUE(std::any_of(m.notes.begin(), m.notes.end(), says));
}

TEST(Arm64Efi, SillySizesOfTheMapAreLeftOut) {
    const Machine m = machine_of(head + "efi:   MemMap Size          : 0xffffffffffffffff\n" + loader_data);
    EXPECT_EQ(m.efi_tables.memory_map, (PhysRange{0x7c43d9c0, 0x7c43df60}));
}

}  // namespace
}  // namespace mm
