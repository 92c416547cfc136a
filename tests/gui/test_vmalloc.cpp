// SPDX-License-Identifier: GPL-3.0-or-later
// The vmalloc window: pieces to scale with the large free stretches folded; areas asked for, chosen and given back from
// the panel; one selection, from area to frames and from frame to area.
#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>

#include "gui/views/vmalloc/area_model.h"
#include "gui/views/vmalloc/vmalloc_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

constexpr Bytes page = page_size;

VmPiece piece(VmKind kind, Pfn from, Pfn to) {
    return {{from * page, to * page}, kind, kind == VmKind::free ? 0 : from * page};
}

//  a b|g|                    1000 pages free                 |c c c c      widths: pages times one scale, the free
//  Expect: areas to scale, the free stretch a break                        stretch folded
TEST(WindowLayoutTest, AreasAreToScaleAndLargeHolesAreFolded) {
    const std::vector<VmPiece> pieces{piece(VmKind::vmalloc, 1, 3), piece(VmKind::guard, 3, 4),
                                      piece(VmKind::free, 4, 1004), piece(VmKind::vmap, 1004, 1008)};
    const WindowLayout layout =
        WindowLayout::fit(pieces, {.width = 400, .lines = 1, .least = 2, .breakWidth = 50, .pageWidth = 60});
    ASSERT_EQ(layout.boxes.size(), 4u);
    EXPECT_EQ(layout.lines, 1);
    const auto wide = [&](std::size_t i) { return layout.boxes[i].to - layout.boxes[i].from; };
    EXPECT_NEAR(wide(0), 2 * layout.pixelsAPage, 1e-6);
    EXPECT_NEAR(wide(1), layout.pixelsAPage, 1e-6);
    EXPECT_NEAR(wide(3), 4 * layout.pixelsAPage, 1e-6);
    EXPECT_TRUE(layout.boxes[2].folded);
    EXPECT_NEAR(wide(2), 50, 1e-6);
    EXPECT_LE(layout.boxes[3].to, 400);
    EXPECT_EQ(layout.boxAt(layout.boxes[3].from + 1, 0)->piece, 3u);
    EXPECT_EQ(layout.boxAt(399.9, 1), nullptr);
}

//  one area of 100 pages over three lines    Expect: three boxes without a hole, each beginning where the last ended
TEST(WindowLayoutTest, AnAreaGoesOnInTheNextLine) {
    const WindowLayout layout = WindowLayout::fit(
        {piece(VmKind::vmalloc, 1, 101)}, {.width = 100, .lines = 3, .least = 2, .breakWidth = 10, .pageWidth = 50});
    ASSERT_EQ(layout.boxes.size(), 3u);
    double share = 0;
    for (const WindowBox& box : layout.boxes) {
        EXPECT_EQ(box.from, 0);
        EXPECT_NEAR(box.share, share, 1e-6);
        share += (box.to - box.from) / (100 * layout.pixelsAPage);
    }
    EXPECT_NEAR(share, 1, 1e-6);
}

//  3000 areas of a page    Expect: none narrower than can be seen, more lines than were wanted
TEST(WindowLayoutTest, ManySmallAreasTakeMoreLines) {
    std::vector<VmPiece> pieces;
    for (Pfn at = 0; at < 6000; at += 2) {
        pieces.push_back(piece(VmKind::vmalloc, at, at + 1));
        pieces.push_back(piece(VmKind::guard, at + 1, at + 2));
    }
    const WindowLayout layout =
        WindowLayout::fit(pieces, {.width = 500, .lines = 3, .least = 3, .breakWidth = 50, .pageWidth = 60});
    EXPECT_GE(layout.lines, 6000 * 3 / 500);
    for (const WindowBox& box : layout.boxes) {
        EXPECT_GE(box.to - box.from, 3 - 1e-6);
        EXPECT_LE(box.to, 500 + 1e-6);
    }
}

class VmallocTest : public ViewTest<VmallocView> {
protected:
    void SetUp() override {
        ViewTest::SetUp();
        open("resources/machines/pc-512m");
    }
    const VmallocState& window() { return now().vmalloc; }
};

TEST_F(VmallocTest, AnAreaIsAskedForMarkedAndGivenBack) {
    EXPECT_FALSE(view.findChild<QTableView*>()->isVisible()) << "the window is not up: words instead";
    QAbstractItemModelTester tester(view.findChild<AreaModel*>(),
                                    QAbstractItemModelTester::FailureReportingMode::Fatal);
    press("vmalloc");
    ASSERT_TRUE(view.chosen().has_value());
    const VmArea area = window().busy->at(*view.chosen());
    EXPECT_EQ(area.size(), 20480u) << "20000 bytes are five pages";
    EXPECT_EQ(state.selection().frames.start, area.pages[0]);
    for (const Pfn pfn : area.pages)
        EXPECT_TRUE(state.selection().touches({pfn, pfn + 1}));
    EXPECT_TRUE(view.procText().contains("pages=5 vmalloc")) << view.procText().toStdString();
    EXPECT_EQ(view.table().rows.size(), 1u);
    press("vfree");
    EXPECT_FALSE(view.chosen().has_value());
    EXPECT_TRUE(window().busy->empty());
    ASSERT_EQ(view.table().rows.size(), 1u) << "it waits for a flush";
    EXPECT_TRUE(view.table().rows[0].contains("waits for a flush"));
    EXPECT_TRUE(view.contextText().contains("24 KiB wait")) << view.contextText().toStdString();
    QMenu menu;
    view.fillMenu(menu, {});
    menu.actions().last()->trigger();
    settle();
    EXPECT_EQ(view.table().rows.size(), 0u);
}

TEST_F(VmallocTest, ADevicesMemoryIsMappedAndUnmappedByTheSameButton) {
    press("ioremap");
    ASSERT_TRUE(view.chosen().has_value());
    EXPECT_EQ(window().busy->at(*view.chosen()).phys, 0xfed00000u);
    EXPECT_EQ(state.selection().frames, (PfnRange{0xfed00, 0xfed05}));
    press("iounmap");
    EXPECT_TRUE(window().busy->empty());
}

TEST_F(VmallocTest, AreaAndFramesAreOneSelection) {
    run("vmalloc 300000");
    run("ioremap 0xfed00000 8192");
    run("vmalloc 4096");
    const auto& busy = *window().busy;
    ASSERT_EQ(busy.size(), 3u);
    const VirtAddr first = busy.begin()->first, last = busy.rbegin()->first;
    EXPECT_EQ(view.chosen(), last) << "the newest";
    // A frame in the middle of the first area, selected elsewhere.
    const Pfn middle = busy.at(first).pages[40];
    state.select({.frames = {middle, middle + 1}, .list = {}, .event = {}});
    EXPECT_EQ(view.chosen(), first);
    EXPECT_EQ(view.findChild<QTableView*>()->currentIndex().row(), 0);
    EXPECT_EQ(state.selection().frames, (PfnRange{middle, middle + 1})) << "marking an area selects no more frames";
    state.select({.frames = {16, 17}, .list = {}, .event = {}});
    EXPECT_FALSE(view.chosen().has_value()) << "nobody's frame";
    // A click on an area, and keys from there.
    const QPointF at = view.canvas().rectOf(last).center();
    ASSERT_FALSE(at.isNull());
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, at.toPoint());
    EXPECT_EQ(state.selection().frames.start, busy.at(last).pages[0]);
    QTest::keyClick(&view.canvas(), Qt::Key_Left);
    EXPECT_EQ(state.selection().frames, (PfnRange{0xfed00, 0xfed02}));
    QTest::keyClick(&view.canvas(), Qt::Key_Left);
    QTest::keyClick(&view.canvas(), Qt::Key_Left);
    EXPECT_EQ(view.chosen(), first) << "there is none before the first";
    EXPECT_FALSE(view.grab().isNull());
}

//      frames  7 8 9   3   12 13     Expect: the stretch of page 0 first, then ascending
TEST_F(VmallocTest, FramesOfAnAreaAreStretches) {
    VmArea area;
    area.flags = vm::alloc;
    area.pages = SharedVector<Pfn>(std::vector<Pfn>{8, 7, 3, 12, 9, 13});
    EXPECT_EQ(framesOf(area), (std::vector<PfnRange>{{7, 10}, {3, 4}, {12, 14}}));
    state.select({.frames = {7, 10}, .list = {}, .event = {}, .more = {{3, 4}, {12, 14}}});
    EXPECT_TRUE(state.selection().touches({13, 20}));
    EXPECT_FALSE(state.selection().touches({4, 7}));
    EXPECT_EQ(state.selection().all().size(), 3u);
}

}  // namespace
}  // namespace mm::gui
