// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings of a real kernel's page allocator: every block that it handed out must be predicted, and its lists at the
// end must come out in order.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/replay/replay.h"

namespace mm {
namespace {

std::vector<std::string> recordings() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(MMSCOPE_TEST_DATA "/recordings"))
        out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
}

class Recording : public testing::TestWithParam<std::string> {
protected:
    std::string folder() const { return std::string(MMSCOPE_TEST_DATA "/recordings/") + GetParam(); }
};

TEST_P(Recording, EveryBlockIsPredictedWithoutBeingPutRight) {
    auto replay = Replay::open(folder(), {.blind = true});
    ASSERT_TRUE(replay) << replay.error().text();
    const std::size_t events = replay->events().size();
    for (std::size_t part = 1; part <= 8; ++part) {
        replay->run(events * part / 8);
        // A refill cut in the middle has blocks that are not counted yet: only whole moments are checked.
        while (replay->position() < events && !replay->between_operations())
            replay->step();
        EXPECT_EQ(replay->check(), std::nullopt) << "after event " << replay->position();
    }
    const ReplayReport& report = replay->report();
    EXPECT_GT(report.allocations, 900u);
    EXPECT_EQ(report.known, report.allocations);
    EXPECT_EQ(report.predicted, report.allocations) << print_text(report, {});
    EXPECT_EQ(report.exact_prefix, report.allocations);
    EXPECT_EQ(report.takes.right, report.takes.asked);
    EXPECT_EQ(report.conflicts, ReplayConflicts{}) << print_text(report, {});
    const auto end = replay->compare_end_state();
    ASSERT_EQ(end.size(), 3u);
    for (const EndStateDiff& diff : end) {
        EXPECT_GT(diff.lines, 0u) << diff.name;
        EXPECT_EQ(diff.differing, 0u) << diff.name << ": " << (diff.first.empty() ? "" : diff.first[0]);
    }
}

//      The kernel's own tracepoints alone, as any machine has them. Recordings that run short of memory depend on
//      watermarks at moments that no tracepoint tells.
TEST_P(Recording, PlainTracepointsAreEnoughForMost) {
    const std::map<std::string, double> least{{"boot-512m", 99.0},      {"idle-128m", 100.0}, {"highorder-384m", 97.0},
                                              {"normal-full-5g", 99.9}, {"numa2-512m", 99.8}, {"pressure-128m", 40.0}};
    ASSERT_TRUE(least.contains(GetParam()));
    auto replay = Replay::open(folder(), {.plain = true});
    ASSERT_TRUE(replay) << replay.error().text();
    replay->run(replay->events().size());
    const ReplayReport& r = replay->report();
    ASSERT_GT(r.known, 900u);
    EXPECT_GE(100.0 * static_cast<double>(r.predicted) / static_cast<double>(r.known), least.at(GetParam()))
        << print_text(r, {});
    EXPECT_EQ(replay->check(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Real, Recording, testing::ValuesIn(recordings()), [](const auto& test) {
    std::string name = test.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace mm
