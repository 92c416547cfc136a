// SPDX-License-Identifier: GPL-3.0-or-later
// Real boots: what the engine derives from the firmware's map equals, line by line, what the real kernel printed.
// The captures (tests/data/machines) hold the whole log; the reader takes only firmware facts from it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "engine/snapshot/proc_format.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path);
    EXPECT_TRUE(in) << path;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Lines that match, without timestamp and with runs of blanks as one.
std::vector<std::string> lines_matching(const std::string& text, const std::regex& pattern) {
    static const std::regex stamp(R"(^\[\s*\d+\.\d+\] ?)"), blanks(R"(\s+)");
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        line = std::regex_replace(line, stamp, "", std::regex_constants::format_first_only);
        if (std::regex_search(line, pattern, std::regex_constants::match_continuous))
            out.push_back(std::regex_replace(line, blanks, " "));
    }
    return out;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& l : lines)
        out += l + "\n";
    return out;
}

/// "0/DMA spanned 4095" for the named fields of /proc/zoneinfo.
std::vector<std::string> zone_facts(const std::string& text, const std::set<std::string>& fields) {
    static const std::regex head(R"(Node (\d+), zone +(\w+))"), field(R"(\s+(?:pages )?(\w+):? +(.+))");
    std::vector<std::string> out;
    std::istringstream in(text);
    std::string zone;
    for (std::string line; std::getline(in, line);) {
        std::smatch m;
        if (std::regex_match(line, m, head))
            zone = m[1].str() + "/" + m[2].str();
        else if (std::regex_match(line, m, field) && fields.contains(m[1]))
            out.push_back(zone + " " + m[1].str() + " " + m[2].str());
    }
    return out;
}

class Capture : public testing::TestWithParam<std::string> {
protected:
    std::string folder() const { return test::machine_folder(GetParam()); }
    void expect_equal_lines(const char* what, const char* pattern, bool may_lack = false) {
        const std::regex re(pattern);
        const auto real = lines_matching(m_real, re), ours = lines_matching(m_dmesg, re);
        EXPECT_TRUE(may_lack || !real.empty()) << "the capture has no line of: " << what;
        EXPECT_EQ(joined(ours), joined(real)) << GetParam() << ": " << what;
    }
    void SetUp() override {
        m_real = read_file(folder() + "/dmesg.txt");
        auto timeline = test::boot(GetParam());
        const SnapshotPtr s = timeline->snapshot();
        m_dmesg = print_dmesg(*s);
        m_zoneinfo = print_zoneinfo(*s);
        m_reserved = s->state.memblock.reserved();
    }
    std::string m_real, m_dmesg, m_zoneinfo;
    std::vector<MemblockRegion> m_reserved;
};

/// arm64 makes no e820 entries of its device tree or EFI map.
class E820Capture : public Capture {};
TEST_P(E820Capture, e820) {
    expect_equal_lines("firmware map", R"(BIOS-provided physical RAM map|BIOS-e820: )");
    expect_equal_lines("e820 updates", R"(e820: (update|remove) )");
}

TEST_P(E820Capture, last_pfn) {
    expect_equal_lines("last_pfn", "last_pfn = ");
}

TEST_P(E820Capture, tests_of_memory) {
    expect_equal_lines("memtest", R"(early_memtest: |  0x\w+ - 0x\w+ pattern )", GetParam() != "pc-256m-memtest");
}

class Arm64Capture : public Capture {};
TEST_P(Arm64Capture, nodes) {
    expect_equal_lines("nodes", "NUMA: ");
}

TEST_P(Arm64Capture, contiguous_areas) {
    expect_equal_lines("CMA", "cma: ");
}

TEST_P(Arm64Capture, requests_are_answered_with_the_same_addresses) {
    expect_equal_lines("memblock", R"(memblock_(reserve|alloc\w*|phys_free|add|remove): )", true);
}

/// memblock outlives the boot on arm64: /sys/kernel/debug/memblock/reserved shows how it ended.
TEST_P(Arm64Capture, what_is_still_reserved_at_the_end) {
    const std::regex entry(R"( *\d+: (0x\w+)\.\.(0x\w+))");
    std::istringstream in(read_file(folder() + "/debug_memblock_reserved.txt"));
    std::vector<PhysRange> real, ours;
    std::smatch m;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, m, entry))
            real.push_back({std::stoull(m[1], nullptr, 16), std::stoull(m[2], nullptr, 16) + 1});
    for (const MemblockRegion& r : m_reserved)
        ours.push_back(r.range());
    ASSERT_GT(real.size(), 10u);
    // How long EFI's tables are is known to a page.
    const auto unit = GetParam().find("efi") == std::string::npos ? 1 : page_size;
    for (auto* list : {&real, &ours})
        for (PhysRange& r : *list)
            r = {align_down(r.start, unit), align_up(r.end, unit)};
    EXPECT_EQ(ours, real);
}

TEST_P(Capture, zone_ranges) {
    expect_equal_lines("zone ranges", R"(Zone ranges:|  (DMA|DMA32|Normal|HighMem|Movable|Device) +(\[mem|empty))");
    expect_equal_lines("movable zone start", "Movable zone start");
}

TEST_P(Capture, early_node_ranges) {
    expect_equal_lines("early node ranges", R"(Early memory node ranges|  node +\d+: \[mem)");
}

TEST_P(Capture, initmem) {
    expect_equal_lines("initmem", "Initmem setup node");
}

TEST_P(Capture, unavailable_pages) {
    const bool may_lack = GetParam().starts_with("arm64");  // RAM is often wholly aligned there
    expect_equal_lines("unavailable ranges", R"(On node \d+, zone)", may_lack);
}

TEST_P(Capture, spanned_and_present_pages) {
    const std::set<std::string> fields{"spanned", "present", "start_pfn"};
    const auto real = zone_facts(read_file(folder() + "/proc_zoneinfo.txt"), fields);
    EXPECT_FALSE(real.empty());
    EXPECT_EQ(joined(zone_facts(m_zoneinfo, fields)), joined(real)) << GetParam();
}

/// On x86 KASLR puts one more page table into memory, EFI reserves what a log does not list: both are known gaps.
class PlainBootCapture : public Capture {};
TEST_P(PlainBootCapture, memory_line) {
    expect_equal_lines("Memory line", R"(Memory: \d+K/\d+K available)");
}

TEST_P(PlainBootCapture, managed_pages_watermarks_and_pagesets) {
    // "high" stands for the watermark and for each CPU's list.
    const std::set<std::string> fields{"min", "low", "high", "managed", "protection", "batch"};
    const auto real = zone_facts(read_file(folder() + "/proc_zoneinfo.txt"), fields);
    EXPECT_FALSE(real.empty());
    EXPECT_EQ(joined(zone_facts(m_zoneinfo, fields)), joined(real)) << GetParam();
}

std::vector<std::string> captures() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(MMSCOPE_TEST_DATA) + "/machines"))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::string test_name(const testing::TestParamInfo<std::string>& capture) {
    std::string name = capture.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::vector<std::string> captures_of(bool arm64) {
    std::vector<std::string> names = captures();
    std::erase_if(names, [arm64](const std::string& name) { return name.starts_with("arm64") != arm64; });
    return names;
}

std::vector<std::string> plain_captures() {
    std::vector<std::string> names = captures();
    std::erase_if(names, [](const std::string& name) {
        const auto machine = test::load_machine(name);
        if (machine->arch == Arch::arm64) return false;
        return machine->efi || machine->command_line.find("nokaslr") == std::string::npos;
    });
    return names;
}

INSTANTIATE_TEST_SUITE_P(Real, PlainBootCapture, testing::ValuesIn(plain_captures()), test_name);
INSTANTIATE_TEST_SUITE_P(Real, E820Capture, testing::ValuesIn(captures_of(false)), test_name);
INSTANTIATE_TEST_SUITE_P(Real, Arm64Capture, testing::ValuesIn(captures_of(true)), test_name);
INSTANTIATE_TEST_SUITE_P(Real, Capture, testing::ValuesIn(captures()), test_name);

}  // namespace
}  // namespace mm
