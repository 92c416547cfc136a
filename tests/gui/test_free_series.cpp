// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gui/models/free_series.h"

namespace mm::gui {
namespace {

Sample sample(Position at, NrPages order0, NrPages order10, std::uint16_t unusable) {
    Sample s;
    s.at = at;
    s.free_pages_by_order[0] = order0;
    s.free_pages_by_order[10] = order10;
    s.free_pages = order0 + order10;
    s.unusable_index_9 = unusable;
    return s;
}

TEST(FreeSeries, NothingGivesNothing) {
    EXPECT_TRUE(freeSeries({}, 100, 11).empty());
    EXPECT_EQ(sampleAt({}, 5), nullptr);
}

TEST(FreeSeries, WritesMebibytesByOrderAndHoldsTheLastSample) {
    const FreeSeries s = freeSeries({sample(10, 256, 0, 1000), sample(20, 256, 1024, 200)}, 50, 11);
    EXPECT_EQ(s.at, (std::vector<double>{10, 20, 50}));
    ASSERT_EQ(s.byOrder.size(), 11u);
    EXPECT_EQ(s.byOrder[0], (std::vector<double>{1, 1, 1}));
    EXPECT_EQ(s.byOrder[10], (std::vector<double>{0, 4, 4}));
    EXPECT_EQ(s.unusable, (std::vector<double>{1, 0.2, 0.2}));
    EXPECT_EQ(s.unit, MiB);
}

TEST(FreeSeries, WritesGibibytesForLargeMachinesAndCutsAtTheEnd) {
    const FreeSeries s = freeSeries({sample(10, 0, 16 * GiB / page_size, 0), sample(60, 0, 0, 0)}, 50, 11);
    EXPECT_EQ(s.unit, GiB);
    EXPECT_EQ(s.at, (std::vector<double>{10, 50}));
    EXPECT_DOUBLE_EQ(s.byOrder[10][0], 16);
}

TEST(FreeSeries, FindsTheSampleThatHolds) {
    const std::vector<Sample> samples{sample(10, 1, 0, 0), sample(20, 2, 0, 0)};
    EXPECT_EQ(sampleAt(samples, 9), nullptr);
    EXPECT_EQ(sampleAt(samples, 10)->free_pages, 1u);
    EXPECT_EQ(sampleAt(samples, 19)->free_pages, 1u);
    EXPECT_EQ(sampleAt(samples, 1000)->free_pages, 2u);
}

}  // namespace
}  // namespace mm::gui
