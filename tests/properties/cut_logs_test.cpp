// SPDX-License-Identifier: GPL-3.0-or-later
// A log cut anywhere: after any line, in the middle of any word, with its head missing. Whatever is left either boots,
// with every room consistent, or is refused with a sentence that says what was expected.
//
//      whole   [banner][command line][map ......][SRAT]...[Memory:]...
//      cut     ^--------------------?            or             ?----^
//
// The same in the words of an old kernel, whose map has no "[mem ...]".
//
// MMSCOPE_CUTS in the environment: how many random cuts a log (8), MMSCOPE_SEED: another seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "engine/firmware/log_reader.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "engine/types/rng.h"
#include "tests/support/from_environment.h"

namespace mm {
namespace {

using test::from_environment;

std::vector<std::filesystem::path> logs() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(MMSCOPE_TEST_DATA))
        if (entry.path().filename() == "dmesg.txt") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The log as 2.6.32 would have printed it, as far as it is read.
///      BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable    =>
///       BIOS-e820: 0000000000100000 - 000000001ffe0000 (usable)
std::string in_old_words(const std::string& text) {
    const std::regex banner("Linux version 6[0-9.]*-[0-9]+"),
        entry("BIOS-e820: \\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\\] (.*)");
    std::string out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::smatch found;
        if (std::regex_search(line, found, entry))
            line = fmt::format("[    0.000000]  BIOS-e820: {} - {:016x} ({})", found.str(1),
                               std::stoull(found.str(2), nullptr, 16) + 1, found.str(3));
        else if (line.find("Linux version") != std::string::npos)
            line = std::regex_replace(line, banner, "Linux version 2.6.32-5");
        out += line + "\n";
    }
    return out;
}

/// True: it booted.
bool expect_boot_or_error(std::string_view text, const std::string& what) {
    auto machine = read_log(text, "cut", "cut.txt");
    if (!machine) {
        EXPECT_GT(machine.error().message.size(), 20u) << what << ": " << machine.error().text();
        EXPECT_EQ(machine.error().file, "cut.txt") << what;
        return false;
    }
    const KernelProfile& profile = profile_for(machine->arch, machine->version, machine->banner, machine->pae);
    if (profile.arch != machine->arch) return false;
    Timeline timeline(std::make_shared<const Machine>(std::move(*machine)), profile);
    const Broken broken = timeline.system().check();
    EXPECT_FALSE(broken) << what << ": " << *broken;
    const SnapshotPtr s = timeline.snapshot();
    EXPECT_EQ(s->booted, s->state.panic.empty()) << what;
    for (const auto print : {print_dmesg, print_zoneinfo})
        EXPECT_FALSE(print(*s).empty() && s->booted) << what;
    return true;
}

class CutLog : public ::testing::TestWithParam<std::filesystem::path> {};

// Lines decide little after the map's end: every line of the first 40, then ever fewer.
TEST_P(CutLog, after_any_line) {
    const std::string text = text_of(GetParam());
    unsigned booted = 0, line = 0, step = 1;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1), ++line) {
        if (line % step != 0) continue;
        if (line >= 40) step = 32 + line / 2;
        booted +=
            expect_boot_or_error(std::string_view(text).substr(0, at + 1), "after line " + std::to_string(line + 1));
    }
    EXPECT_GT(booted, 0u);
}

TEST_P(CutLog, anywhere_at_both_ends) {
    const std::string text = text_of(GetParam());
    const std::uint64_t seed = from_environment("MMSCOPE_SEED", 1);
    Rng rng(seed);
    for (std::uint64_t i = from_environment("MMSCOPE_CUTS", 8); i > 0; --i) {
        // Most cuts where the facts are.
        const std::size_t reach = rng.chance(600) ? std::min<std::size_t>(text.size(), 8192) : text.size();
        const std::size_t start = rng.chance(700) ? 0 : rng.below(reach), end = rng.below(reach + 1);
        const auto where =
            "MMSCOPE_SEED=" + std::to_string(seed) + " bytes " + std::to_string(start) + " to " + std::to_string(end);
        expect_boot_or_error(std::string_view(text).substr(start, end > start ? end - start : text.size()), where);
    }
}

TEST_P(CutLog, in_old_words_after_any_line_of_the_map) {
    const std::string text = in_old_words(text_of(GetParam()));
    if (text.find("BIOS-e820") == std::string::npos) GTEST_SKIP() << "no map of a BIOS";
    unsigned booted = 0, line = 0;
    for (std::size_t at = text.find('\n'); at != std::string::npos && line < 16; at = text.find('\n', at + 1), ++line)
        booted += expect_boot_or_error(std::string_view(text).substr(0, at - line % 3),
                                       "in old words, after line " + std::to_string(line + 1));
    EXPECT_GT(booted, 0u);
}

INSTANTIATE_TEST_SUITE_P(Captures, CutLog, ::testing::ValuesIn(logs()), [](const auto& given) {
    std::string name = given.param.parent_path().filename().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name + "_" + std::to_string(given.index);
});

}  // namespace
}  // namespace mm
