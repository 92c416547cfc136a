// SPDX-License-Identifier: GPL-3.0-or-later
// A real capture, its computation and their comparison; and one machine by two kernels' rules.
#include "engine/sim/open_capture.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/machines.h"

namespace mm {
namespace {

OpenedCapture open(const std::string& path) {
    auto opened = open_capture(path);
    EXPECT_TRUE(opened) << opened.error().text();
    return opened ? std::move(*opened) : OpenedCapture{};
}

std::string written(const std::string& name, const std::string& text) {
    const std::string path = testing::TempDir() + name;
    std::ofstream(path) << text;
    return path;
}

TEST(OpenCapture, ComparesARealMachineWithItsComputation) {
    const auto opened = open(test::machine_folder("pc-512m"));
    ASSERT_TRUE(opened.comparison);
    const Comparison& c = *opened.comparison;
    EXPECT_GT(c.equal(), 60u);
    EXPECT_GT(c.given, 50u);
    EXPECT_GT(c.not_compared, 50u);
    EXPECT_FALSE(c.zones.empty());
    EXPECT_FALSE(c.left.maps.e820.empty());
    EXPECT_EQ(c.left.maps.nodes, c.right.maps.nodes);
    // Each computed line leads to the moment it was printed at.
    const History& history = opened.timeline->history();
    for (const SideLine& line : c.right.lines) {
        ASSERT_TRUE(line.at);
        ASSERT_LE(*line.at, history.size());
    }
}

// An answer that was forged comes out as a difference: nothing of it reaches the computation.
TEST(OpenCapture, AForgedAnswerDoesNotChangeTheComputation) {
    std::ifstream in(test::machine_folder("pc-512m") + "/dmesg.txt");
    std::string log((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto honest = open(written("honest.txt", log));
    const std::string zone = "DMA32    [mem 0x0000000001000000-0x000000001ffdffff]";
    const auto at = log.find(zone);
    ASSERT_NE(at, std::string::npos);
    log.replace(at, zone.size(), "DMA32    [mem 0x0000000001000000-0x000000001ffd0fff]");
    const auto forged = open(written("forged.txt", log));
    EXPECT_EQ(forged.comparison->different(), honest.comparison->different() + 1);
    ASSERT_EQ(forged.comparison->right.lines.size(), honest.comparison->right.lines.size());
    for (std::size_t i = 0; i < forged.comparison->right.lines.size(); ++i)
        EXPECT_EQ(forged.comparison->right.lines[i].text, honest.comparison->right.lines[i].text);
}

// A quirk's change to the map follows from nothing: it is handed over, works, and is counted as given.
TEST(OpenCapture, ChangesThatFollowFromNothingAreGiven) {
    const auto opened = open(written("quirk.txt",
                                     "Linux version 6.1.0 (x)\n"
                                     "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
                                     "BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable\n"
                                     "e820: update [mem 0x10000000-0x1fffffff] usable ==> reserved\n"
                                     "last_pfn = 0x20000 max_arch_pfn = 0x400000000\n"));
    ASSERT_TRUE(opened.comparison);
    std::size_t given = 0;
    for (const CategoryCount& count : opened.comparison->counts)
        given += count.given;
    EXPECT_EQ(given, 1u);
    EXPECT_EQ(opened.timeline->snapshot()->state.e820.type_at(0x18000000), E820Type::reserved);
}

TEST(OpenCapture, ALogWithoutAnswersHasNothingToCompare) {
    const auto opened = open(written("facts.txt",
                                     "Linux version 6.1.0 (x)\n"
                                     "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
                                     "BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable\n"));
    EXPECT_TRUE(opened.timeline);
    EXPECT_FALSE(opened.comparison);
    EXPECT_FALSE(open_capture("/no/such/file"));
}

TEST(CompareProfiles, AKernelIsLikeItself) {
    auto timeline = test::boot("pc-512m");
    const Position here = timeline->cursor() / 2;
    timeline->seek(here);
    const auto same = compare_profiles(*timeline, timeline->system().profile().name);
    ASSERT_TRUE(same);
    EXPECT_EQ((*same)->different(), 0u);
    EXPECT_GT((*same)->equal(), 50u);
    EXPECT_EQ(timeline->cursor(), here);
    EXPECT_FALSE(compare_profiles(*timeline, "0.99"));
}

}  // namespace
}  // namespace mm
