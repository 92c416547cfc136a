// SPDX-License-Identifier: GPL-3.0-or-later
// One machine, the kernel's log of several versions: the lines from the firmware's map to the sizes of zones, to the
// letter. Folders of tests/data/kernels hold what the firmware gave (firmware.txt) and what the kernel of that version
// printed of it (expected.txt).
//
//      0        636K 640K   960K  1M                      512M-8K 512M
//      |usable   |rsvd|      |rsvd|usable                  |rsvd   |          last_pfn 0x1fffe
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/sim/open.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

const std::string folder = std::string(MMSCOPE_TEST_DATA) + "/kernels/i440fx-512m-4.17/";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const auto stamp_end = line.starts_with('[') ? line.find("] ") + 2 : 0;
        lines.push_back(line.substr(stamp_end));
    }
    return lines;
}

std::vector<std::string> expected_lines() {
    std::ifstream in(folder + "expected.txt");
    EXPECT_TRUE(in);
    std::ostringstream text;
    text << in.rdbuf();
    return lines_of(text.str());
}

std::unique_ptr<Timeline> boot_under(std::string_view kernel) {
    auto timeline = open_machine(folder + "firmware.txt", kernel);
    EXPECT_TRUE(timeline) << (timeline ? "" : timeline.error().text());
    return timeline ? std::move(*timeline) : nullptr;
}

/// The computed log from the expected text's first line on, as many lines.
std::vector<std::string> computed_lines(std::string_view kernel, const std::vector<std::string>& expected) {
    const auto timeline = boot_under(kernel);
    if (!timeline) return {};
    std::vector<std::string> lines = lines_of(print_dmesg(*timeline->snapshot()));
    const auto first = std::find(lines.begin(), lines.end(), expected.front());
    lines.erase(lines.begin(), first);
    if (lines.size() > expected.size()) lines.resize(expected.size());
    return lines;
}

bool has_line(const std::vector<std::string>& lines, std::string_view line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

// Expect every line of the 4.17.19 log, in order, and nothing between them.
TEST(KernelVersions, Linux4_17OnAnI440fxOf512MiBIsExactToTheLetter) {
    const auto expected = expected_lines();
    EXPECT_EQ(computed_lines("", expected), expected);
}

TEST(KernelVersions, TheLogsOwnVersionChoosesTheProfile) {
    const auto timeline = boot_under("");
    ASSERT_TRUE(timeline);
    EXPECT_EQ(timeline->system().profile().name, "4.17");
    EXPECT_TRUE(assumptions(timeline->system().machine(), timeline->system().profile()).size() <= 1);
}

// Expect 6.1 to keep the whole first MiB, so that the memory below 16 MiB has 158 reserved pages, and to word the map
// without "e820: ".
TEST(KernelVersions, TheSameMachineBootsUnder6_1) {
    const auto timeline = boot_under("6.1");
    ASSERT_TRUE(timeline);
    const auto lines = lines_of(print_dmesg(*timeline->snapshot()));
    EXPECT_TRUE(has_line(lines, "BIOS-provided physical RAM map:"));
    EXPECT_TRUE(has_line(lines, "last_pfn = 0x1fffe max_arch_pfn = 0x400000000"));
    EXPECT_TRUE(has_line(lines, "On node 0, zone DMA: 97 pages in unavailable ranges"));
    EXPECT_FALSE(has_line(lines, "On node 0 totalpages: 130972"));
    // 130972 frames less memmap (64 + 1984) and 158 below 1 MiB.
    EXPECT_TRUE(has_line(lines, "Built 1 zonelists, mobility grouping on.  Total pages: 128766"));
}

/// A machine with a SRAT, more memory than is initialised early, by the rules of a kernel.
std::vector<std::string> words_under(KernelVersion version) {
    auto machine = std::make_shared<Machine>(
        *test::machine_of({{0, 0x9fc00}, {MiB, 3 * GiB - MiB}, {4 * GiB, 29 * GiB}}, "log_buf_len=1"));
    machine->version = version;
    machine->srat_memory = {{0, 0, {0, 3 * GiB}, false, false}, {0, 0, {4 * GiB, 33 * GiB}, true, false}};
    return lines_of(print_dmesg(*test::boot(machine)->snapshot()));
}

bool has_start(const std::vector<std::string>& lines, std::string_view start) {
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(start); });
}

TEST(KernelVersions, WordsOfTheirTime) {
    const auto v2_6_32 = words_under({2, 6, 32}), v4_4 = words_under({4, 4, 0}), v4_19 = words_under({4, 19, 0}),
               v6_1 = words_under({6, 1, 0});
    EXPECT_TRUE(has_line(v2_6_32, "SRAT: Node 0 PXM 0 0-c0000000"));
    EXPECT_TRUE(has_line(v4_4, "SRAT: Node 0 PXM 0 [mem 0x100000000-0x83fffffff] hotplug"));
    EXPECT_TRUE(has_line(v4_19, "ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0xbfffffff]"));
    EXPECT_TRUE(has_start(v2_6_32, "PERCPU: Embedded 62 pages/cpu @ffff880"));
    EXPECT_TRUE(has_start(v4_19, "percpu: Embedded 62 pages/cpu @(____ptrval____) s217088"));
    EXPECT_TRUE(has_start(v6_1, "percpu: Embedded 62 pages/cpu s217088"));
    EXPECT_TRUE(has_start(v4_19, "node 0 initialised, "));
    EXPECT_TRUE(has_start(v6_1, "node 0 deferred pages initialised in "));
    // The tables' lines: with the kind of their memory from 5.3 on.
    EXPECT_TRUE(has_line(v4_19, "Dentry cache hash table entries: 4194304 (order: 13, 33554432 bytes)"));
    EXPECT_TRUE(has_line(v6_1, "Dentry cache hash table entries: 4194304 (order: 13, 33554432 bytes, linear)"));
}

TEST(KernelVersions, AVersionBetweenTwoStepsIsTheOlderOnes) {
    const auto timeline = boot_under("5.10");
    ASSERT_TRUE(timeline);
    EXPECT_EQ(timeline->system().profile().name, "5.8");
    const auto notes = assumptions(timeline->system().machine(), timeline->system().profile());
    EXPECT_EQ(notes.back(), "The log is of Linux 4.17.19; computed with the rules of 5.8.");
    const auto refused = open_machine(folder + "firmware.txt", "five");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text().find("kernel five"), std::string::npos) << refused.error().text();
}

// Expect each profile to boot the machine without a panic, with the same RAM in its zones but for the 15 frames that
// old kernels take out of the map.
TEST(KernelVersions, EveryProfileBootsTheMachine) {
    for (const KernelProfile& p : all_profiles()) {
        if (p.arch != Arch::x86_64) continue;
        SCOPED_TRACE(std::string(p.name));
        const auto timeline = boot_under(p.name);
        ASSERT_TRUE(timeline);
        const MachineState& state = timeline->system().state();
        EXPECT_EQ(state.panic, "");
        EXPECT_EQ(state.physpages, p.trim_bios_low == page_size ? 130972u : 130957u);
    }
}

}  // namespace
}  // namespace mm
