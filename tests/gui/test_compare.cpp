// SPDX-License-Identifier: GPL-3.0-or-later
// Real and computed side by side: which rows are shown and folded, stepping through differences, strips that differ,
// and the views in the window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/models/map_pairs.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/views/compare/diff_model.h"
#include "gui/views/compare/zone_compare_model.h"
#include "tests/gui/with_application.h"
#include "tests/support/sides.h"

namespace mm::gui {
namespace {

using test::side;
using testing::ElementsAre;

//      0 Zone ranges:     | Zone ranges:        =
//      1-4 drivers        |                     . folded
//      5 last_pfn = 0x1   | last_pfn = 0x2      !
//      6                  | SLUB: HWalign=64    +
ComparisonPtr sample() {
    return std::make_shared<const Comparison>(
        compare(side(true, {"Zone ranges:", "usb 1", "usb 2", "usb 3", "usb 4", "last_pfn = 0x1"}),
                side(false, {"Zone ranges:", "last_pfn = 0x2", "SLUB: HWalign=64"})));
}

TEST(DiffRows, LinesThatAreNotComparedFold) {
    const ComparisonPtr c = sample();
    EXPECT_THAT(diffRows(*c, {}, {}), ElementsAre(DiffRow{0, 0}, DiffRow{1, 4}, DiffRow{5, 0}, DiffRow{6, 0}));
    EXPECT_EQ(diffRows(*c, {}, {1}).size(), 7u) << "unfolded";
    EXPECT_THAT(diffRows(*c, {.onlyDifferences = true, .category = {}}, {}),
                ElementsAre(DiffRow{0, 3}, DiffRow{3, 0}, DiffRow{4, 0}, DiffRow{5, 0}, DiffRow{6, 0}));
}

TEST(DiffModel, RevealsWhatIsFoldedOrFilteredAway) {
    DiffModel model;
    model.setComparison(sample());
    ASSERT_EQ(model.rowCount(), 4);
    EXPECT_EQ(model.reveal(5), 2);
    EXPECT_EQ(model.reveal(3), 3) << "the fold has opened";
    model.setFilter({.onlyDifferences = false, .category = mm::Category::zones});
    EXPECT_EQ(model.reveal(6), 3) << "the category's filter is dropped";
    EXPECT_FALSE(model.filter().category);
    EXPECT_FALSE(model.data(model.index(3, DiffModel::right), Qt::ToolTipRole).toString().isEmpty());
}

TEST(Differences, AreSteppedThroughRoundAndRound) {
    const ComparisonPtr c = sample();
    const auto first = nextDifference(*c, {}, true);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->row, 5u);
    EXPECT_EQ(nextDifference(*c, first, true)->row, 6u);
    EXPECT_EQ(nextDifference(*c, DifferenceAt{false, 6}, true)->row, 5u);
    EXPECT_EQ(nextDifference(*c, DifferenceAt{false, 2}, false)->row, 6u);
    EXPECT_EQ(nextDifference(*c, {}, false)->row, 6u);
    EXPECT_EQ(ordinalOf(*c, {false, 6}), 2u);
    const Comparison same = compare(side(true, {"Zone ranges:"}), side(false, {"Zone ranges:"}));
    EXPECT_FALSE(nextDifference(same, {}, true));
}

//      left    aaaabbbb....
//      right   aaabbbbb..cc      Expect [3,4) and [10,12)
TEST(MapPairs, RangesWhereTheInkDiffers) {
    const std::vector<Piece> left{{{0, 4}, 0}, {{4, 8}, 1}}, right{{{0, 3}, 0}, {{3, 8}, 1}, {{10, 12}, 2}};
    EXPECT_THAT(differingRanges(left, right), ElementsAre(PhysRange{3, 4}, PhysRange{10, 12}));
    EXPECT_TRUE(differingRanges(left, left).empty());
}

TEST(ZoneCompareModel, BothNumbersAndTheirDifference) {
    Comparison c;
    c.left.real = true;
    c.zones = {{"0/DMA", "min", "1000", "1012", "f"}, {"0/DMA", "pcp high, CPU 1", "3", "3", "f"}};
    WithApplication application;
    const Theme theme;
    ZoneCompareModel model(theme);
    model.setComparison(std::make_shared<const Comparison>(c));
    ASSERT_EQ(model.rowCount(), 1) << "further CPUs that agree are left out";
    EXPECT_EQ(model.index(0, ZoneCompareModel::difference).data().toString(), "+12");
    EXPECT_EQ(model.index(0, ZoneCompareModel::zone).data().toString(), "DMA");
}

class CompareWindow : public WithApplication, public testing::Test {
protected:
    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(CompareWindow, AKeyGoesFromDifferenceToDifference) {
    window.resize(1280, 800);
    window.show();
    EXPECT_FALSE(window.panels().panel("compare")->isVisible());
    window.openFile(MMSCOPE_SOURCE_DIR "/tests/data/machines/pc-512m");
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.comparison(); }));
    EXPECT_TRUE(window.panels().panel("compare")->isVisible());
    const Comparison& c = *bridge.comparison();
    QAction* next = nullptr;
    for (QAction* action : window.actions())
        if (action->shortcut() == QKeySequence("F7")) next = action;
    ASSERT_TRUE(next);
    next->trigger();
    if (differencesOf(c).empty()) return;
    EXPECT_EQ(state.difference(), differencesOf(c).front());
    ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
}

}  // namespace
}  // namespace mm::gui
