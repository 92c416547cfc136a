// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a capture for the computation, and the facts that are read out of it for the comparison.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/firmware/log_reader.h"
#include "engine/observe/line_kinds.h"
#include "engine/observe/map_facts.h"
#include "engine/observe/without_answers.h"
#include "engine/observe/zone_facts.h"

namespace mm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

CaptureFiles capture() {
    CaptureFiles files;
    files.log =
        "[    0.000000] Linux version 6.1.0 (x) #1\n"
        "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
        "[    0.000000] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved\n"
        "[    0.000000] Memory: 338620K/2096632K available (14343K kernel code, 2338K rwdata, 82836K reserved, "
        "0K cma-reserved)\n"
        "[    0.000000] Zone ranges:\n"
        "[    1.000000] random: crng init done\n";
    files.zoneinfo = "Node 0, zone      DMA\n";
    files.config = R"({"arch": "x86_64", "memory_bytes": 5, "initrd_bytes": 7, "nodes": [{"id": 0, "memory": 4096}]})";
    return files;
}

TEST(WithoutAnswers, OnlyGivenLinesStay) {
    const CaptureFiles files = capture();
    const auto lines = log_lines(files.log, 1, 6);
    ASSERT_EQ(lines.size(), 6u);
    EXPECT_EQ(lines[2].number, 3u);
    const CaptureFiles given = without_answers(files, lines);
    EXPECT_EQ(given.log,
              "Linux version 6.1.0 (x) #1\n"
              "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
              "Memory: ?K/?K available (14343K kernel code, 2338K rwdata, ?K reserved)\n");
    EXPECT_EQ(given.zoneinfo, "");
    EXPECT_THAT(given.config, Not(HasSubstr("memory")));
    EXPECT_THAT(given.config, HasSubstr("x86_64"));
    EXPECT_THAT(given.config, HasSubstr("initrd_bytes"));
}

TEST(WithoutAnswers, NoDerivedLineIsLeftInARealLog) {
    const auto files = read_capture(std::string(MMSCOPE_TEST_DATA) + "/machines/pc-512m");
    ASSERT_TRUE(files) << files.error().text();
    const auto lines = log_lines(files->log, 1, ~0u);
    const CaptureFiles given = without_answers(*files, lines);
    std::size_t left = 0;
    for (const ObservedLine& line : log_lines(given.log, 1, ~0u)) {
        EXPECT_TRUE(kind_of(line.text).category == Category::given || line.text.starts_with("Memory: ?K/?K") ||
                    line.text == "SLUB: ?")
            << line.text;
        ++left;
    }
    EXPECT_GT(left, 20u);
    EXPECT_LT(left, lines.size());
}

TEST(WithoutAnswers, LinesNamedAreHandedOverInTheirPlace) {
    const CaptureFiles files = capture();
    const auto lines = log_lines(files.log, 1, 6);
    const auto given = without_answers(files, lines, {lines[2].text});
    EXPECT_THAT(given.log, HasSubstr("usable\ne820: update [mem 0x00000000-0x00000fff] usable ==> reserved\nMemory"));
}

TEST(WithoutAnswers, TheDeviceTreesMemoryLiesNodeAfterNode) {
    CaptureFiles files = capture();
    files.config = R"j({"arch": "arm64", "firmware": "none (device tree)",
                        "nodes": [{"id": 0, "memory": 1073741824}, {"id": 1, "memory": 536870912}]})j";
    const auto config = without_answers(files, {}).config;
    EXPECT_THAT(config, HasSubstr(R"("start":"0x40000000")"));
    EXPECT_THAT(config, HasSubstr(R"("end":"0x7fffffff")"));
    EXPECT_THAT(config, HasSubstr(R"("end":"0x9fffffff")"));
    files.config = "no json";
    EXPECT_EQ(without_answers(files, {}).config, "no json") << "the reader complains of it";
}

TEST(ZoneFacts, SizesWatermarksAndPagesets) {
    const auto facts = zone_facts(
        "Node 0, zone      DMA\n"
        "  per-node stats\n"
        "      nr_inactive_anon 0\n"
        "  pages free     3840\n"
        "        boost    0\n"
        "        min      11\n"
        "        managed  3840\n"
        "        protection: (0, 400, 400)\n"
        "      nr_free_pages 3840\n"
        "    cpu: 0\n"
        "              count: 0\n"
        "              high:  28\n"
        "              batch: 1\n"
        "  start_pfn:           1\n");
    EXPECT_THAT(facts,
                ElementsAre(ZoneFact{"0/DMA", "min", "11"}, ZoneFact{"0/DMA", "managed", "3840"},
                            ZoneFact{"0/DMA", "protection", "(0, 400, 400)"}, ZoneFact{"0/DMA", "pcp high", "28"},
                            ZoneFact{"0/DMA", "pcp batch", "1"}, ZoneFact{"0/DMA", "start_pfn", "1"}));
    EXPECT_TRUE(zone_facts("").empty());
    EXPECT_TRUE(zone_facts("        min      11\n").empty()) << "of no zone";
    EXPECT_EQ(function_of_zone_field("managed"), "memblock_free_all");
}

//      0      0x1000               0x9fc00  0xa0000         0x100000        0x1000000
//      |reserved|......usable.......|reserved|               |....usable....|      after the update and the removal
TEST(MapFacts, ChangesAreAppliedToTheFirmwaresMap) {
    const std::vector<std::string_view> lines{
        "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable",
        "BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved",
        "BIOS-e820: [mem 0x0000000000100000-0x0000000000ffffff] usable",
        "e820: update [mem 0x00000000-0x00000fff] usable ==> reserved",
        "e820: remove [mem 0x00800000-0x00ffffff] usable",
        "  DMA      [mem 0x0000000000001000-0x00000000007fffff]",
        "  node   1: [mem 0x0000000000001000-0x000000000009efff]",
    };
    const MapFacts facts = map_facts(lines);
    EXPECT_THAT(
        facts.e820,
        ElementsAre(E820Entry{0, 0x1000, E820Type::reserved}, E820Entry{0x1000, 0x9ec00, E820Type::ram},
                    E820Entry{0x9fc00, 0x400, E820Type::reserved}, E820Entry{0x100000, 0x700000, E820Type::ram}));
    EXPECT_THAT(facts.nodes, ElementsAre(NodeRange{1, {0x1000, 0x9f000}}));
    EXPECT_THAT(facts.zones, ElementsAre(ZoneRange{"DMA", {0x1000, 0x800000}}));
}

TEST(MapFacts, AMapPrintedAsAWholeReplacesTheOneBefore) {
    const std::vector<std::string_view> lines{
        "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable",
        "user-defined physical RAM map:",
        "user: [mem 0x0000000000000000-0x0000000000000fff] reserved",
        "user: [mem 0x0000000000001000-0x0000000000001fff] usable",
    };
    EXPECT_THAT(map_facts(lines).e820,
                ElementsAre(E820Entry{0, 0x1000, E820Type::reserved}, E820Entry{0x1000, 0x1000, E820Type::ram}));
}

}  // namespace
}  // namespace mm
