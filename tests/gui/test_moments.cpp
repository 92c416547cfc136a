// SPDX-License-Identifier: GPL-3.0-or-later
// Two moments held against each other: frames, free lists, numbers; also where one of them is of a history cut off
// since.
#include <gtest/gtest.h>

#include <algorithm>

#include "gui/models/buddy_rows.h"
#include "gui/models/free_matrix.h"
#include "gui/models/moment_difference.h"
#include "gui/models/zone_list.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class MomentsTest : public testing::Test, protected WithApplication {
protected:
    void SetUp() override {
        window.resize(1280, 800);
        window.show();
        ask(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m"});
        ASSERT_TRUE(bridge.latest());
    }
    void ask(const Request& request) {
        bridge.post(request);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    QAction* action(const QString& text) {
        for (QAction* action : window.actions())
            if (action->text() == text) return action;
        return nullptr;
    }
    static QString cell(const Table& table, const QString& quantity, int column) {
        for (const QStringList& row : table.rows)
            if (row[0] == quantity) return row[column];
        return "no such row";
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

//      A: after the boot      now: 8 pages were allocated
//      Expect: those frames and no other of the allocator's have changed hands
TEST_F(MomentsTest, FramesThatChangedAreTheOnesThatWereAllocated) {
    const SnapshotPtr a = bridge.latest();
    EXPECT_TRUE(changedFrames(*a, *a).empty());
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 4, .nid = 0, .cpu = 0}});
    const PfnRange block = *bridge.status().result;
    const std::vector<PfnRange> changed = changedFrames(*a, *bridge.latest());
    NrPages inside = 0;
    for (const PfnRange& range : changed) {
        for (Pfn pfn = range.start; pfn < range.end; ++pfn)
            EXPECT_NE(a->pages.state_at(pfn), bridge.latest()->pages.state_at(pfn)) << pfn;
        if (range.start < block.end && block.start < range.end)
            inside += std::min(range.end, block.end) - std::max(range.start, block.start);
    }
    EXPECT_EQ(inside, block.size());
    const std::vector<PfnRange> coarse = changedFrames(*a, *bridge.latest(), 0);
    ASSERT_FALSE(coarse.empty());
    EXPECT_EQ(coarse[0].start % pageblock_pages, 0u) << "too many to be told apart: whole pageblocks";
    EXPECT_EQ(coarse[0].size() % pageblock_pages, 0u);
}

TEST_F(MomentsTest, NumbersSayAtAAndNow) {
    const SnapshotPtr a = bridge.latest();
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 4, .nid = 0, .cpu = 0}});
    const Table table = momentTable(*a, *bridge.latest());
    EXPECT_EQ(cell(table, "free pages", 3), QString(QChar(0x2212)) + "16");
    EXPECT_EQ(cell(table, "page frames that differ", 3).isEmpty(), false);
    EXPECT_EQ(cell(momentTable(*a, *a), "page frames that differ", 3), "0");
    EXPECT_TRUE(cell(table, "event", 3).startsWith('+'));
}

//      boot | a |     A is marked behind a; then a is taken back and b done instead: A is of another branch
TEST_F(MomentsTest, AMarkedMomentOutlivesItsHistory) {
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 3, .nid = 0, .cpu = 0}});
    const PfnRange first = *bridge.status().result;
    action("Mark this moment as A")->trigger();
    ASSERT_TRUE(state.mark());
    EXPECT_FALSE(window.panels().panel("compare-moments")->isHidden());
    ask(Undo{});
    ask(Allocate{{.gfp = gfp::GFP_HIGHUSER_MOVABLE, .order = 5, .nid = 0, .cpu = 0}});
    const std::vector<PfnRange> changed = changedFrames(*state.mark(), *bridge.latest());
    bool given_back = false;
    for (const PfnRange& range : changed)
        given_back = given_back || (range.start <= first.start && first.end <= range.end);
    EXPECT_TRUE(given_back);
    EXPECT_FALSE(window.grab().isNull());
    EXPECT_FALSE(window.panels().view("compare-moments")->table().empty());
    action("Forget A")->trigger();
    EXPECT_FALSE(state.mark());
    EXPECT_TRUE(window.panels().view("compare-moments")->table().empty());
    EXPECT_FALSE(action("Go to A")->isEnabled());
}

TEST_F(MomentsTest, FreeListsSayHowManyBlocksMoreThereAre) {
    const SnapshotPtr a = bridge.latest();
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 6, .nid = 0, .cpu = 0}});
    std::int64_t sum = 0;
    for (const ZoneRef ref : populatedZones(bridge.latest())) {
        const FreeMatrix m = freeMatrix(*zoneIn(bridge.latest(), ref), ordersOf(bridge.latest()), zoneIn(a, ref));
        for (unsigned order = 0; order < m.orders; ++order)
            for (std::size_t column = 0; column < m.columns.size(); ++column)
                sum += m.at(order, column).more * (std::int64_t{1} << order);
    }
    EXPECT_EQ(sum, -64);
}

//      blocks were taken since A: seen from now, those lists had them that do not have them any more
TEST_F(MomentsTest, BlocksThatWereNotThereAtAAreMarked) {
    const SnapshotPtr a = bridge.latest();
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 6, .nid = 0, .cpu = 0}});
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 4, .nid = 0, .cpu = 0}});
    std::size_t fresh = 0;
    for (const ZoneRef ref : populatedZones(bridge.latest())) {
        for (const BuddyRow& row : buddyRows(bridge.latest(), ref, 512, bridge.latest()))
            EXPECT_EQ(std::count(row.fresh.begin(), row.fresh.end(), true), 0) << "nothing is new to itself";
        for (const BuddyRow& row : buddyRows(a, ref, 512, bridge.latest()))
            fresh += static_cast<std::size_t>(std::count(row.fresh.begin(), row.fresh.end(), true));
    }
    EXPECT_GT(fresh, 0u);
}

TEST_F(MomentsTest, AnotherMachineForgetsTheMark) {
    action("Mark this moment as A")->trigger();
    ask(OpenFile{MMSCOPE_TEST_DATA "/machines/pc-128m"});
    EXPECT_FALSE(state.mark());
}

}  // namespace
}  // namespace mm::gui
