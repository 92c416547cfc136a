// SPDX-License-Identifier: GPL-3.0-or-later
// What was touched lately is bright on the map: as the last events say, the newest brightest, and everything else
// faded.
#include "gui/models/recency.h"

#include <algorithm>

#include "gui/views/heatmap/heatmap_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class RecencyTest : public ViewTest<HeatmapView> {
protected:
    void SetUp() override {
        ViewTest::SetUp();
        open("resources/machines/pc-512m");
    }
    void setBrightness(Brightness brightness) {
        view.canvas().setBrightness(brightness);
        QApplication::processEvents();
    }
    /// How far the colour of a frame's cell is from the panel's.
    int contrast(Pfn pfn) {
        const QImage picture = view.canvas().grab().toImage();
        const QColor cell = picture.pixelColor(view.canvas().mapLayout().cellRect(pfn).center());
        const QColor panel = theme.tokens().panel;
        return std::abs(cell.red() - panel.red()) + std::abs(cell.green() - panel.green()) +
               std::abs(cell.blue() - panel.blue());
    }
};

TEST_F(RecencyTest, TouchesAreThoseOfTheLastEventsNewestFirst) {
    run("alloc_pages GFP_KERNEL order 3");
    const SnapshotPtr now = bridge.latest();
    const std::vector<Touch> touches = recentTouches(*now);
    ASSERT_FALSE(touches.empty());
    EXPECT_TRUE(std::is_sorted(touches.begin(), touches.end(), [](auto& a, auto& b) { return a.ago < b.ago; }));
    ASSERT_TRUE(bridge.status().result.has_value());
    const PfnRange answered = *bridge.status().result;
    EXPECT_EQ(answered.size(), 8u);
    EXPECT_TRUE(std::any_of(touches.begin(), touches.end(),
                            [&](const Touch& t) { return t.ago < 4 && t.frames.overlaps(answered); }));
    for (const Touch& touch : touches) {
        const Event& event = now->history.event(now->at - 1 - touch.ago).event;
        ASSERT_EQ(touch.frames, touched_pfns(event.touched));
        ASSERT_LT(touch.ago, recencyReach);
    }
}

//  ago    0..7   8..63   64..511   512..4095
//  step    0       1        2          3
TEST_F(RecencyTest, StepsAreEightTimesAsLongEach) {
    const std::pair<Position, unsigned> expected[]{{0, 0}, {7, 0}, {8, 1}, {63, 1}, {64, 2}, {511, 2}, {512, 3}};
    for (const auto& [ago, step] : expected)
        EXPECT_EQ((Touch{{0, 1}, ago}.step()), step) << ago;
    EXPECT_EQ((Touch{{0, 1}, recencyReach - 1}.step()), recencySteps - 1);
}

TEST_F(RecencyTest, WhatWasTouchedKeepsItsColourTheOlderThePaler) {
    StartWorkload workload;
    workload.commands = 400;
    workload.commandsPerSecond = 0;
    bridge.post(workload);
    settle();
    // Far from what anything touches: in the middle of the largest free stretch.
    const std::vector<Touch> touches = recentTouches(*bridge.latest());
    const auto ageOf = [&](Pfn pfn) {
        const NrPages cell = view.canvas().mapLayout().cellPages();
        const PfnRange around{align_down(pfn, cell), align_down(pfn, cell) + cell};
        const auto found =
            std::find_if(touches.begin(), touches.end(), [&](const Touch& t) { return t.frames.overlaps(around); });
        return found == touches.end() ? recencySteps : found->step();
    };
    std::array<std::vector<Pfn>, recencySteps + 1> byAge;
    for (Pfn pfn = 0x1000; pfn < 0x1f000; pfn += 16)
        byAge[ageOf(pfn)].push_back(pfn);
    for (const Touch& touch : touches)
        if (byAge[touch.step()].size() < 4 && ageOf(touch.frames.start) == touch.step())
            byAge[touch.step()].push_back(touch.frames.start);
    ASSERT_FALSE(byAge[recencySteps].empty());
    ASSERT_FALSE(byAge[recencySteps - 1].empty());
    const Pfn old = byAge[recencySteps].front(), lately = byAge[recencySteps - 1].front();
    const int oldBefore = contrast(old), latelyBefore = contrast(lately);
    setBrightness(Brightness::recency);
    EXPECT_LT(contrast(old), oldBefore / 3) << "frame " << old << " fades";
    EXPECT_GT(contrast(lately), latelyBefore / 3) << "frame " << lately << " fades less";
    EXPECT_LT(contrast(lately), latelyBefore);
    EXPECT_TRUE(view.contextText().contains("bright: touched by"));
    setBrightness(Brightness::all);
    EXPECT_EQ(contrast(old), oldBefore);
}

TEST_F(RecencyTest, ADifferenceFromAnotherMomentGoesFirst) {
    run("alloc_pages GFP_KERNEL order 3");
    setBrightness(Brightness::recency);
    state.setMark(bridge.latest());
    QApplication::processEvents();
    EXPECT_FALSE(view.contextText().contains("bright: touched by"));
    EXPECT_TRUE(view.contextText().contains("differs from A"));
}

}  // namespace
}  // namespace mm::gui
