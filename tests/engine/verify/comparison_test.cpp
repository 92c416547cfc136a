// SPDX-License-Identifier: GPL-3.0-or-later
// Logs side by side: which lines are equal, which share a row, what is counted; and real captures against their
// computation.
#include "engine/verify/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/types/rng.h"
#include "engine/verify/report.h"
#include "engine/verify/spans.h"
#include "tests/support/sides.h"

namespace mm {
namespace {

using test::side;
using testing::HasSubstr;

/// One letter a row: = equal, m moved, ! changed, - and + on one side only, g given, . not compared.
std::string states(const Comparison& c) {
    std::string text;
    for (const Row& row : c.rows)
        text += "=m!-+g."[static_cast<std::size_t>(row.state)];
    return text;
}

const CategoryCount* count_of(const Comparison& c, Category category) {
    for (const CategoryCount& count : c.counts)
        if (count.category == category) return &count;
    return nullptr;
}

//      Zone ranges:                 | Zone ranges:                =
//      random: crng init done       |                             .
//      last_pfn = 0x1ffe0           | last_pfn = 0x1ffdf          !
//      Using GB pages               |                             -
//                                   | SLUB: HWalign=64            +
TEST(Comparison, RowsOfBothLogs) {
    const auto c = compare(side(true, {"Zone ranges:", "random: crng init done", "last_pfn = 0x1ffe0",
                                       "Using GB pages for direct mapping"}),
                           side(false, {"Zone ranges:  ", "last_pfn = 0x1ffdf", "SLUB: HWalign=64"}));
    EXPECT_EQ(states(c), "=.!-+");
    EXPECT_EQ(c.equal(), 1u);
    EXPECT_EQ(c.different(), 3u);
    EXPECT_EQ(c.not_compared, 1u);
    const auto* e820 = count_of(c, Category::e820);
    ASSERT_TRUE(e820);
    EXPECT_EQ(e820->different(), 1u);
    EXPECT_EQ(e820->left, 1u);
    EXPECT_THAT(explain(c, c.rows[2]), HasSubstr("0x1ffe0 real, 0x1ffdf computed"));
    EXPECT_THAT(explain(c, c.rows[3]), HasSubstr("only real"));
    EXPECT_THAT(report_text(c, {}), HasSubstr("- last_pfn = 0x1ffe0"));
}

// Equal within their categories, in another order among each other: nothing differs.
TEST(Comparison, OrderAmongCategoriesIsNoDifference) {
    const auto c = compare(side(true, {"Zone ranges:", "last_pfn = 0x1", "last_pfn = 0x2"}),
                           side(false, {"last_pfn = 0x1", "last_pfn = 0x2", "Zone ranges:"}));
    EXPECT_EQ(states(c), "m==m");
    EXPECT_EQ(c.different(), 0u);
    EXPECT_EQ(c.equal(), 3u);
}

TEST(Comparison, WhatWasHandedOverIsNotCountedAsEqual) {
    Side real = side(true, {"e820: update [mem 0x1-0x2] usable ==> reserved", "last_pfn = 0x1"});
    real.lines[0].handed_over = true;
    const auto c =
        compare(std::move(real), side(false, {"e820: update [mem 0x1-0x2] usable ==> reserved", "last_pfn = 0x1"}));
    EXPECT_EQ(states(c), "g=");
    EXPECT_EQ(c.equal(), 1u);
    EXPECT_EQ(c.different(), 0u);
    EXPECT_EQ(c.given, 1u);
    EXPECT_EQ(count_of(c, Category::e820)->given, 1u);
}

TEST(Comparison, TwoComputedLogsAreComparedAsAWhole) {
    const auto c = compare(side(false, {"a line of no category"}), side(false, {"another line of none"}));
    EXPECT_EQ(c.different(), 1u);
    EXPECT_EQ(c.not_compared, 0u);
}

// Whatever the logs: each line is in exactly one row, both sides in order, and the counts are those of the rows.
TEST(Comparison, RowsKeepEveryLineInOrder) {
    const std::vector<std::string> some{"Zone ranges:",      "last_pfn = 0x1", "last_pfn = 0x2",   "On node 0",
                                        "BIOS-e820: [mem 0", "usb 1-1: new",   "Built 1 zonelists"};
    Rng rng(3);
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> left(rng.below(12)), right(rng.below(12));
        for (auto* lines : {&left, &right})
            for (auto& line : *lines)
                line = some[rng.below(some.size())];
        const auto c = compare(side(true, left), side(false, right));
        std::size_t next_left = 0, next_right = 0, equal_left = 0;
        for (const Row& row : c.rows) {
            ASSERT_TRUE(row.left || row.right);
            if (row.left) {
                ASSERT_EQ(*row.left, next_left++);
            }
            if (row.right) {
                ASSERT_EQ(*row.right, next_right++);
            }
            if (row.state == RowState::equal) {
                ASSERT_EQ(c.left.lines[*row.left].text, c.right.lines[*row.right].text);
            }
            equal_left += row.left && (row.state == RowState::equal || row.state == RowState::moved);
        }
        ASSERT_EQ(next_left, left.size());
        ASSERT_EQ(next_right, right.size());
        ASSERT_EQ(equal_left, c.equal());
    }
}

TEST(Comparison, ZonesAreMatchedByNameFieldAndCpu) {
    Side real = side(true, {}), computed = side(false, {});
    real.zones = {
        {"0/DMA", "min", "11"}, {"0/DMA", "pcp high", "1"}, {"0/DMA", "pcp high", "2"}, {"1/DMA", "low", "5"}};
    computed.zones = {{"0/DMA", "min", "12"}, {"0/DMA", "pcp high", "1"}, {"0/DMA", "pcp high", "2"}};
    const auto c = compare(std::move(real), std::move(computed));
    ASSERT_EQ(c.zones.size(), 4u);
    EXPECT_TRUE(c.zones[0].differs());
    EXPECT_EQ(c.zones[2].field, "pcp high, CPU 1");
    EXPECT_FALSE(c.zones[2].differs());
    EXPECT_FALSE(c.zones[3].right);
    EXPECT_EQ(count_of(c, Category::zoneinfo)->equal, 2u);
    EXPECT_EQ(c.different(), 2u);
}

TEST(Comparison, ReportAsJsonTellsWhatTheTextTells) {
    const auto c = compare(side(true, {"last_pfn = 0x1", "caf\xe9"}), side(false, {"last_pfn = 0x2"}));
    const std::string json = report_json(c, "one");
    EXPECT_THAT(json, HasSubstr(R"("different": 1)"));
    EXPECT_THAT(json, HasSubstr("last_pfn = 0x2"));
}

TEST(Spans, TheWordsThatDiffer) {
    const auto spans = differing_spans("On node 0 totalpages: 98", "On node 0 totalpages: 1099");
    ASSERT_EQ(spans.left.size(), 1u);
    EXPECT_EQ(spans.left[0], (TextSpan{22, 2}));
    EXPECT_EQ(spans.right[0], (TextSpan{22, 4}));
    EXPECT_EQ(difference_words("a 1 b", "a 2 b", "real", "computed"), "1 real, 2 computed");
    EXPECT_TRUE(differing_spans("same", "same").left.empty());
}

}  // namespace
}  // namespace mm
