// SPDX-License-Identifier: GPL-3.0-or-later
// One small machine in the dialects that transports and old kernels speak.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

const std::vector<std::string> new_style{
    "Linux version 5.10.0-8-amd64 (debian-kernel@lists.debian.org) #1 SMP Debian 5.10.46-4 (2021-08-03)",
    "Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 quiet",
    "BIOS-provided physical RAM map:",
    "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable",
    "BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved",
    "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable",
    "NX (Execute Disable) protection: active",
    "e820: update [mem 0x00000000-0x00000fff] usable ==> reserved",
    "e820: remove [mem 0x000a0000-0x000fffff] usable",
    "MTRR default type: uncachable",
    "MTRR fixed ranges enabled:",
    "  00000-9FFFF write-back",
    "  A0000-BFFFF uncachable",
    "MTRR variable ranges enabled:",
    "  0 base 000000000 mask F80000000 write-back",
    "  1 disabled",
    "RAMDISK: [mem 0x30000000-0x30ffffff]",
    "smpboot: Allowing 4 CPUs, 0 hotplug CPUs",
    "setup_percpu: NR_CPUS:8192 nr_cpumask_bits:4 nr_cpu_ids:4 nr_node_ids:1",
    "percpu: Embedded 58 pages/cpu s200704 r8192 d28672 u524288",
    "Memory: ?K/?K available (12295K kernel code, 2545K rwdata, 7560K rodata, 2412K init, 3696K bss, ?K reserved)",
};

const std::vector<E820Entry> the_map{
    {0, 0x9fc00, E820Type::ram}, {0xf0000, 0x10000, E820Type::reserved}, {0x100000, 0x3ff00000, E820Type::ram}};

std::string join(const std::vector<std::string>& lines, const std::string& before, const std::string& after = "\n") {
    std::string text;
    for (const auto& line : lines)
        text += before + line + after;
    return text;
}

Machine read(const std::string& text) {
    auto machine = read_log(text, "test", "test.log");
    EXPECT_TRUE(machine) << (machine ? "" : machine.error().text());
    return machine ? std::move(*machine) : Machine();
}

void expect_the_machine(const Machine& m) {
    EXPECT_EQ(m.version, (KernelVersion{5, 10, 0}));
    EXPECT_EQ(m.command_line, "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 quiet");
    EXPECT_EQ(m.map, the_map);
    EXPECT_TRUE(m.mtrr.known && m.mtrr.fixed_enabled && m.mtrr.variable_enabled);
    ASSERT_EQ(m.mtrr.fixed.size(), 2u);
    EXPECT_EQ(m.mtrr.fixed[1].range, (PhysRange{0xa0000, 0xc0000}));
    ASSERT_EQ(m.mtrr.variable.size(), 2u);
    EXPECT_EQ(m.mtrr.variable[0].mask, 0xf80000000u);
    EXPECT_FALSE(m.mtrr.variable[1].enabled);
    EXPECT_EQ(m.ramdisk, (PhysRange{0x30000000, 0x31000000}));
    EXPECT_EQ(m.possible_cpus, 4u);
    EXPECT_EQ(m.nr_cpus_config, 8192u);
    EXPECT_EQ(m.percpu.static_size, 200704u);
    EXPECT_EQ(m.percpu.unit_size, 524288u);
    EXPECT_EQ(m.image.rodata, 7560 * KiB);
    EXPECT_EQ(m.image.bss, 3696 * KiB);
    EXPECT_TRUE(m.given_updates.empty());
}

TEST(Dialects, EveryTransportGivesTheSameMachine) {
    for (const std::string before :
         {"", "[    0.000000] ", "<6>[    0.000000] ", "<6>", "[    0.000000][    T0] ", "[    0.000000] [T0] ",
          "Nov 01 12:00:00 host kernel: ", "Nov  1 12:00:00 host kernel: [    0.000000] ",
          "2021-11-01T12:00:00.123456+01:00 host kernel: ", "2021-11-01T12:00:00+0100 my-host kernel[1]: ",
          "2021-11-01T12:00:00,000000+01:00 ", "kern  :info  : ", "kern  :info  : [    0.000000] ",
          "[Mon Nov  1 12:00:00 2021] ", "[    0.000000 <    0.000000>] ", "> [    0.000000] ", "> > ", "kernel: "}) {
        SCOPED_TRACE("prefix \"" + before + "\"");
        expect_the_machine(read(join(new_style, before)));
        expect_the_machine(read(join(new_style, before, "  \r\n")));
    }
}

TEST(Dialects, ForeignLinesBetweenDoNotDisturb) {
    expect_the_machine(read("GRUB loading.\n\n" + join(new_style, "[    0.000000] ", "\nsystemd[1]: Started x.\n\n")));
}

TEST(StripPrefix, KeepsWhatBelongsToTheLine) {
    EXPECT_EQ(strip_log_prefix("[    0.000000]   00000-9FFFF write-back\r\n"), "  00000-9FFFF write-back");
    EXPECT_EQ(strip_log_prefix("[mem 0x40000000-0xfeffbfff] available for PCI devices"),
              "[mem 0x40000000-0xfeffbfff] available for PCI devices");
    EXPECT_EQ(strip_log_prefix("[    0.000000] [mem 0x4-0x5] x"), "[mem 0x4-0x5] x");
    EXPECT_EQ(strip_log_prefix("Kernel command line: a kernel: b"), "Kernel command line: a kernel: b");
    EXPECT_EQ(strip_log_prefix(""), "");
    EXPECT_EQ(strip_log_prefix("<6>"), "");
    EXPECT_EQ(strip_log_prefix("[    0.1"), "[    0.1");
}

TEST(OldKernels, TheirMapSratMtrrAndImageLines) {
    const Machine m = read(
        "Linux version 2.6.32-279.el6.x86_64 (mockbuild@c6b9) #1 SMP\n"
        "Command line: ro root=/dev/sda1\n"
        "BIOS-provided physical RAM map:\n"
        " BIOS-e820: 0000000000000000 - 000000000009c400 (usable)\n"
        " BIOS-e820: 000000000009c400 - 00000000000a0000 (reserved)\n"
        " BIOS-e820: 0000000000100000 - 00000000bf7a0000 (usable)\n"
        " BIOS-e820: 00000000bf7a0000 - 00000000bf7bc000 (ACPI data)\n"
        " BIOS-e820: 00000000bf7bc000 - 00000000bf7bd000 (ACPI NVS)\n"
        " BIOS-e820: 00000000bf7bd000 - 00000000bf7be000 type 20\n"
        "e820 update range: 0000000000000000 - 0000000000010000 (usable) ==> (reserved)\n"
        "e820 update range: 0000000000000000 - 0000000000001000 (usable) ==> (reserved)\n"
        "e820 remove range: 00000000000a0000 - 0000000000100000 (usable)\n"
        "found SMP MP-table at [ffff8800000fdb60] fdb60\n"
        "RAMDISK: 370bc000 - 37fefbee\n"
        "SRAT: PXM 0 -> APIC 0 -> Node 0\n"
        "SRAT: PXM 1 -> APIC 32 -> Node 1\n"
        "SRAT: Node 0 PXM 0 0-a0000\n"
        "SRAT: Node 1 PXM 1 100000000-240000000\n"
        "SMP: Allowing 8 CPUs, 0 hotplug CPUs\n"
        "PERCPU: Embedded 31 pages/cpu @ffff880028200000 s94552 r8192 d24232 u131072\n"
        "EFI: mem00: type=7, attr=0xf, range=[0x0000000000000000-0x0000000000001000) (0MB)\n"
        "EFI v2.31 by American Megatrends\n"
        "Memory: 16306048k/17825792k available (5151k kernel code, 1057616k absent, 462128k reserved, 7166k data, "
        "1260k init)\n");
    EXPECT_EQ(m.version, (KernelVersion{2, 6, 32}));
    ASSERT_EQ(m.map.size(), 6u);
    EXPECT_EQ(m.map[2], (E820Entry{0x100000, 0xbf6a0000, E820Type::ram}));
    EXPECT_EQ(m.map[5].type, static_cast<E820Type>(20));
    ASSERT_EQ(m.given_updates.size(), 1u) << "the first 64 KiB are that kernel's own quirk";
    EXPECT_EQ(m.given_updates[0].range, (PhysRange{0, 0x10000}));
    EXPECT_EQ(m.mp_table, (std::vector<PhysRange>{{0xfdb60, 0xfdb70}}));
    EXPECT_EQ(m.ramdisk, (PhysRange{0x370bc000, 0x37fefbee}));
    ASSERT_EQ(m.srat_cpus.size(), 2u);
    EXPECT_EQ(m.srat_cpus[1].apic, 32u);
    ASSERT_EQ(m.srat_memory.size(), 2u);
    EXPECT_EQ(m.srat_memory[0].range, (PhysRange{0, 0xa0000}));
    EXPECT_EQ(m.possible_cpus, 8u);
    EXPECT_EQ(m.percpu.dyn_size, 24232u);
    ASSERT_EQ(m.efi_map.size(), 1u);
    EXPECT_EQ(m.efi_map[0].type, "Conventional");
    EXPECT_EQ(m.efi_map[0].range, (PhysRange{0, 0x1000}));
    EXPECT_TRUE(m.efi);
    EXPECT_EQ(m.image.code, 5151 * KiB);
    EXPECT_EQ(m.image.rwdata, 7166 * KiB);
    EXPECT_EQ(m.image.init, 1260 * KiB);
}

TEST(Types, InTheWordsOfAllKernels) {
    const std::vector<std::pair<std::string, std::uint32_t>> words{{"usable", 1},
                                                                   {"System RAM", 1},
                                                                   {"reserved", 2},
                                                                   {"device reserved", 2},
                                                                   {"ACPI data", 3},
                                                                   {"ACPI NVS", 4},
                                                                   {"unusable", 5},
                                                                   {"persistent (type 7)", 7},
                                                                   {"type 20", 20},
                                                                   {"persistent (type 12)", 12},
                                                                   {"soft reserved", 0xefffffff},
                                                                   {"persistent (type 99)", 99}};
    for (const auto& [word, number] : words) {
        const Machine m = read("BIOS-e820: [mem 0x0000000000000000-0x0000000000000fff] " + word + "\n");
        ASSERT_EQ(m.map.size(), 1u) << word;
        EXPECT_EQ(m.map[0].type, static_cast<E820Type>(number)) << word;
    }
}

TEST(Maps, OtherSourcesKeepTheirName) {
    const std::string entries = ": [mem 0x0000000000000000-0x000000000009efff] usable\n";
    EXPECT_EQ(read("BIOS-e801" + entries).source, MapSource::bios_e801);
    EXPECT_EQ(read("BIOS-88" + entries).source, MapSource::bios_88);
    EXPECT_EQ(read("Xen" + entries).map_name, "Xen");
    EXPECT_EQ(read("Xen" + entries).source, MapSource::bios_e820);
}

TEST(Maps, HostileEntriesAreKeptAsTheyAre) {
    const Machine m = read(
        "BIOS-e820: [mem 0xfffffffffffff000-0x0000000000000fff] usable\n"
        "BIOS-e820: [mem 0x0000000000005000-0x0000000000004fff] reserved\n"
        "BIOS-e820: [mem 0x0000000000000000-0xffffffffffffffff] usable\n");
    EXPECT_EQ(m.map, (std::vector<E820Entry>{{0xfffffffffffff000, 0x2000, E820Type::ram},
                                             {0x5000, 0, E820Type::reserved},
                                             {0, 0, E820Type::ram}}));
}

TEST(Maps, MoreEntriesThanTheZeroPageHoldsComeFromTheExtendedMap) {
    const Machine m = read(join(new_style, "") +
                           "extended physical RAM map:\n"
                           "extended: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
                           "extended: [mem 0x0000000000100000-0x000000007fffffff] usable\n");
    ASSERT_EQ(m.map.size(), 2u);
    EXPECT_EQ(m.map[1].size, 2 * GiB - MiB);
}

TEST(Updates, OnlyThoseNothingHereDerivesAreKept) {
    const std::string head = join(new_style, "");
    const Machine quirk = read(head + "e820: update [mem 0x3f800000-0x3fffffff] usable ==> reserved\n");
    ASSERT_EQ(quirk.given_updates.size(), 1u);
    EXPECT_EQ(quirk.given_updates[0].to, E820Type::reserved);
    const Machine kexec = read(head +
                               "e820: update [mem 0x3ff00000-0x3fffffff] usable ==> reserved\n"
                               "update e820_table_kexec for e820__memblock_alloc_reserved()\n");
    EXPECT_TRUE(kexec.given_updates.empty());
    const Machine user = read(head +
                              "e820: remove [mem 0x20000000-0xfffffffffffffffe] usable\n"
                              "user-defined physical RAM map:\n");
    EXPECT_TRUE(user.given_updates.empty());
    const Machine mtrr = read(head + "e820: update [mem 0x80000000-0x87ffffff] usable ==> reserved\n");
    EXPECT_TRUE(mtrr.given_updates.empty()) << "no write-back MTRR covers it, so the trimming is computed";
    const Machine removed = read(head + "e820: remove [mem 0x30000000-0x3fffffff] usable\n");
    ASSERT_EQ(removed.given_updates.size(), 1u);
    EXPECT_EQ(removed.given_updates[0].to, E820Type::none);
}

TEST(Updates, SetupDataComesFromTheExtendedMapWhereTheUpdatesAreMissing) {
    std::ifstream file(MMSCOPE_TEST_DATA "/machines/q35-ovmf-8g/dmesg.txt");
    std::string text;
    for (std::string line; std::getline(file, line);)
        if (line.find("e820: update") == std::string::npos) text += line + "\n";
    const Machine m = read(text);
    EXPECT_EQ(m.setup_data, (std::vector<PhysRange>{{0x7dc12018, 0x7dc1bc58}, {0x7da1a018, 0x7da57058}}));
}

TEST(Boots, TheLastOneWithAMapCounts) {
    auto second = new_style;
    second[0] = "Linux version 6.1.0-9-amd64 (x)";
    const std::string both =
        join(new_style, "Nov 01 12:00:00 host kernel: ") + join(second, "Nov 02 12:00:00 host kernel: ");
    EXPECT_EQ(read(both).version, (KernelVersion{6, 1, 0}));
    EXPECT_EQ(read(both + "Linux version 6.5.0 (y)\nCommand line: z\n").version, (KernelVersion{6, 1, 0}));
    const Machine cut = read(both + "Linux version 6.5.0 (y)\n" + new_style[3] + "\nBIOS-e820: [mem 0x000000");
    EXPECT_EQ(cut.version, (KernelVersion{6, 1, 0})) << "the third boot ends within its map";
    const Machine partial = read(both + "Linux version 6.5.0 (y)\n" + new_style[3] + "\n");
    EXPECT_EQ(partial.version, (KernelVersion{6, 1, 0})) << "nothing follows the third boot's map";
    EXPECT_EQ(partial.map, the_map);
}

TEST(Boots, WithoutABannerTheVersionIsAssumedAndSaid) {
    const Machine m = read(join({new_style.begin() + 2, new_style.end()}, ""));
    EXPECT_EQ(m.version, (KernelVersion{6, 1, 0}));
    EXPECT_EQ(m.map, the_map);
    ASSERT_FALSE(m.notes.empty());
    EXPECT_NE(m.notes[0].find("6.1"), std::string::npos);
}

TEST(Robustness, ACutAnywhereNeverFailsOnceTheMapHasBegun) {
    const std::string text = join(new_style, "[    0.000000] ");
    const auto first = text.find("] usable") + 8;
    for (std::size_t end = 0; end <= text.size(); ++end) {
        const auto machine = read_log(text.substr(0, end), "cut", "cut.log");
        ASSERT_EQ(static_cast<bool>(machine), end >= first) << "cut at " << end;
    }
}

TEST(Robustness, LongLinesAreCutAndOthersStayReadable) {
    const std::string junk(300 * 1024, 'x');
    expect_the_machine(read(junk + "\n" + join(new_style, "", "\n" + junk + "\n")));
}

TEST(Robustness, ErrorsNameTheFileAndWhatIsMissing) {
    const auto error = [](std::string_view text) { return read_log(text, "n", "some.log").error().text(); };
    EXPECT_NE(error("").find("some.log: the file is empty"), std::string::npos) << error("");
    EXPECT_NE(error("hello\n").find("BIOS-e820: [mem"), std::string::npos);
    EXPECT_NE(error(std::string(1000, '\0')).find("binary"), std::string::npos);
    EXPECT_NE(error("\x1f\x8b\x08").find("compressed"), std::string::npos);
    EXPECT_NE(error("x\nBIOS-e820: [mem garbage\n").find("some.log:2: "), std::string::npos);
    EXPECT_NE(error("Linux version 6.1.0-56-arm64 (x)\n").find("arm64"), std::string::npos);
    EXPECT_NE(read_machine("/no/such/file").error().text().find("no such file"), std::string::npos);
    EXPECT_NE(read_machine(MMSCOPE_TEST_DATA).error().text().find("dmesg.txt"), std::string::npos);
}

TEST(Robustness, SillyNumbersAreRefused) {
    const std::string head = join(new_style, "");
    const Machine m = read(head +
                           "setup_percpu: NR_CPUS:99999999999 nr_cpumask_bits:2 nr_cpu_ids:4294967295 nr_node_ids:1\n"
                           "ACPI: SRAT: Node 4000000 PXM 0 [mem 0x00000000-0x0009ffff]\n"
                           "percpu: Embedded 1 pages/cpu s99999999999 r1 d1 u1\n");
    EXPECT_EQ(m.possible_cpus, 8192u);
    EXPECT_TRUE(m.srat_memory.empty());
    EXPECT_EQ(m.percpu.static_size, 200704u);
}

TEST(Robustness, AHugeLogIsReadInLinearTime) {
    std::string text = join(new_style, "[    0.000000] ");
    const std::string filler =
        "[   12.345678] usb 1-1: new high-speed USB device number 2 using xhci_hcd, nothing to see\n";
    while (text.size() < 20 * MiB)
        text += filler;
    const auto start = std::chrono::steady_clock::now();
    expect_the_machine(read(text));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    RecordProperty("seconds_per_20_MiB", std::to_string(took.count()));
    EXPECT_LT(took.count(), 10.0);
}

TEST(LogDialects, AKernelLargerThanItsPageTablesCanMapIsNotBelieved) {
    const std::string map =
        "BIOS-provided physical RAM map:\nBIOS-e820: [mem 0x0000000000000000-0x000000003fffffff] usable\n";
    const auto with_code = [&](const std::string& code) {
        return read("Linux version 6.1.0\n" + map + "Memory: ?K/?K available (" + code +
                    "K kernel code, 2048K rwdata)\n");
    };
    EXPECT_EQ(14343 * KiB, with_code("14343").image.code);
    EXPECT_EQ(2048 * KiB, with_code("14343").image.rwdata);
    EXPECT_EQ(0u, with_code("2249327").image.code);
}

}  // namespace
}  // namespace mm
