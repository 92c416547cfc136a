// SPDX-License-Identifier: GPL-3.0-or-later
// Where a crash kernel's memory lies, by kernel and architecture, and that it is nobody else's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/open.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr E820Entry low{0, 0x9fc00, E820Type::ram};

struct Booted {
    std::vector<PhysRange> pieces;  ///< memblock's claims of the crash kernel
    std::string log, iomem;
};

Booted crash_boot(std::shared_ptr<Machine> machine) {
    const auto timeline = test::boot(machine);
    const Broken broken = timeline->system().check();
    EXPECT_FALSE(broken) << *broken;
    const SnapshotPtr s = timeline->snapshot();
    EXPECT_TRUE(s->booted) << s->state.panic;
    Booted b{{}, print_dmesg(*s), print_iomem(*s)};
    for (const MemblockClaim& claim : s->state.memblock.claims())
        if (claim.owner == "crash kernel") b.pieces.push_back(claim.range);
    return b;
}

Booted x86_boot(const std::string& command_line, KernelVersion version = {6, 1, 0}) {
    auto machine = std::make_shared<Machine>(
        *test::machine_of({low, {MiB, 2 * GiB - MiB, E820Type::ram}, {4 * GiB, 4 * GiB, E820Type::ram}}, command_line));
    machine->version = version;
    return crash_boot(machine);
}

//   0        896M        2G        4G              8G
//   [ . . . . . )[= = =)            [...............)        16 MiB aligned, below what was taken before
TEST(CrashkernelX86, LiesBelow4GiB) {
    const Booted b = x86_boot("crashkernel=256M");
    ASSERT_EQ(b.pieces.size(), 1u);
    EXPECT_EQ(b.pieces[0].size(), 256 * MiB);
    EXPECT_EQ(b.pieces[0].start % (16 * MiB), 0u);
    EXPECT_LE(b.pieces[0].end, 2 * GiB);
    EXPECT_GT(b.pieces[0].end, 2 * GiB - 64 * MiB);
    EXPECT_THAT(b.log, HasSubstr("for crashkernel (System RAM: 6143MB)"));
    EXPECT_THAT(b.iomem, HasSubstr("Crash kernel"));
}

TEST(CrashkernelX86, LayBelow896MiBBeforeLinux52) {
    const Booted b = x86_boot("crashkernel=256M", {4, 9, 0});
    EXPECT_THAT(b.pieces, ElementsAre(PhysRange{640 * MiB, 896 * MiB}));
    EXPECT_THAT(b.log, HasSubstr("Reserving 256MB of memory at 640MB for crashkernel"));
    const Booted large = x86_boot("crashkernel=1G", {4, 9, 0});
    EXPECT_THAT(large.pieces, IsEmpty());
    EXPECT_THAT(large.log, HasSubstr("crashkernel reservation failed - No suitable area found."));
}

//   3 GiB fit above 4 GiB only; then 256 MiB below for devices
TEST(CrashkernelX86, FallsBackAboveWithALowPart) {
    const Booted b = x86_boot("crashkernel=3G");
    ASSERT_EQ(b.pieces.size(), 2u);
    EXPECT_EQ(b.pieces[0].size(), 256 * MiB);
    EXPECT_LE(b.pieces[0].end, 2 * GiB);
    EXPECT_EQ(b.pieces[1].size(), 3 * GiB);
    EXPECT_GE(b.pieces[1].start, 4 * GiB);
    EXPECT_THAT(b.log, HasSubstr("for crashkernel (low RAM limit: 4096MB)"));
}

TEST(CrashkernelX86, HighAndLowAreTakenAtTheirWord) {
    const Booted b = x86_boot("crashkernel=512M,high crashkernel=64M,low");
    ASSERT_EQ(b.pieces.size(), 2u);
    EXPECT_EQ(b.pieces[0].size(), 64 * MiB);
    EXPECT_GE(b.pieces[1].start, 4 * GiB);
    const Booted none = x86_boot("crashkernel=512M,high crashkernel=0,low");
    ASSERT_EQ(none.pieces.size(), 1u);
    EXPECT_GE(none.pieces[0].start, 4 * GiB);
}

TEST(CrashkernelX86, AGivenPlaceMustBeFree) {
    EXPECT_THAT(x86_boot("crashkernel=64M@256M").pieces, ElementsAre(PhysRange{256 * MiB, 320 * MiB}));
    const Booted taken = x86_boot("crashkernel=64M@16M");
    EXPECT_THAT(taken.pieces, IsEmpty());
    EXPECT_THAT(taken.log, HasSubstr("crashkernel reservation failed - memory is in use."));
    EXPECT_THAT(x86_boot("crashkernel=16E").pieces, IsEmpty());
}

/// A public machine's map and SRAT, Linux 6.13; the kernel there said what is expected here.
TEST(CrashkernelX86, ARealMachinesPlaceComesOut) {
    const std::string log =
        "Linux version 6.13.0+\n"
        "Command line: crashkernel=1G-64G:448M,64G-:512M\n"
        "BIOS-provided physical RAM map:\n"
        "BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable\n"
        "BIOS-e820: [mem 0x00000000000c0000-0x00000000000fffff] reserved\n"
        "BIOS-e820: [mem 0x0000000000100000-0x000000003ff40fff] usable\n"
        "BIOS-e820: [mem 0x000000003ff41000-0x000000003ffc8fff] reserved\n"
        "BIOS-e820: [mem 0x000000003ffc9000-0x000000003fffafff] ACPI data\n"
        "BIOS-e820: [mem 0x000000003fffb000-0x000000003fffefff] ACPI NVS\n"
        "BIOS-e820: [mem 0x000000003ffff000-0x000000003fffffff] usable\n"
        "BIOS-e820: [mem 0x0000000100000000-0x0000000ebfffffff] usable\n"
        "efi: EFI v2.7 by Vendor\n"
        "RAMDISK: [mem 0x2db72000-0x3292afff]\n"
        "ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x3fffffff]\n"
        "ACPI: SRAT: Node 0 PXM 0 [mem 0x100000000-0xebfffffff]\n"
        "smpboot: Allowing 16 CPUs, 0 hotplug CPUs\n";
    auto machine = read_log(log, "name", "file");
    ASSERT_TRUE(machine) << machine.error().text();
    const auto timeline = open_machine(std::move(*machine), {}, "file");
    ASSERT_TRUE(timeline);
    EXPECT_THAT(print_dmesg(*(*timeline)->snapshot()),
                HasSubstr("crashkernel reserved: 0x0000000011000000 - 0x000000002d000000 (448 MB)"));
}

Booted arm64_boot(const std::string& command_line, KernelVersion version = {6, 1, 0}) {
    auto machine = std::make_shared<Machine>(*test::arm64_machine_of({{0, {GiB, 8 * GiB}}}, command_line));
    machine->version = version;
    return crash_boot(machine);
}

TEST(CrashkernelArm64, LiesWhereAllDevicesReach) {
    const Booted b = arm64_boot("crashkernel=256M");
    ASSERT_EQ(b.pieces.size(), 1u);
    EXPECT_EQ(b.pieces[0].start % (2 * MiB), 0u);
    EXPECT_LE(b.pieces[0].end, 4 * GiB);
    EXPECT_THAT(b.log, HasSubstr("crashkernel reserved: 0x"));
    EXPECT_THAT(b.iomem, HasSubstr("Crash kernel"));
    EXPECT_THAT(arm64_boot("crashkernel=4G").log, HasSubstr("cannot allocate crashkernel (size:0x100000000)"));
}

TEST(CrashkernelArm64, HighTakesALowPartWhereAsked) {
    const Booted b = arm64_boot("crashkernel=512M,high");
    ASSERT_EQ(b.pieces.size(), 1u);
    EXPECT_GE(b.pieces[0].start, 4 * GiB);
    const Booted both = arm64_boot("crashkernel=512M,high crashkernel=64M,low");
    ASSERT_EQ(both.pieces.size(), 2u);
    EXPECT_EQ(both.pieces[0].size(), 64 * MiB);
    EXPECT_THAT(both.log, HasSubstr("crashkernel low memory reserved: 0x"));
    EXPECT_THAT(arm64_boot("crashkernel=512M,high crashkernel=x,low").pieces, IsEmpty()) << "a wrong word spoils it";
}

TEST(CrashkernelArm64, FallsBackAboveFromLinux62On) {
    const Booted b = arm64_boot("crashkernel=3584M", {6, 2, 0});
    ASSERT_EQ(b.pieces.size(), 2u);
    EXPECT_EQ(b.pieces[0].size(), 128 * MiB);
    EXPECT_GE(b.pieces[1].start, 4 * GiB);
}

}  // namespace
}  // namespace mm
