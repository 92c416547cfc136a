// SPDX-License-Identifier: GPL-3.0-or-later
// Slab caches: nothing before the first object; an object allocated from the panel is marked in its slab, whose frames
// are selected everywhere, and the other way round.
#include <QLabel>
#include <QSplitter>
#include <QTableView>

#include "gui/views/slab/slab_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class SlabTest : public ViewTest<SlabView> {
protected:
    void SetUp() override {
        ViewTest::SetUp();
        open("resources/machines/pc-512m");
    }
    const KmemCache& shown() { return now().slab.cache(view.canvas().cache()); }
};

TEST_F(SlabTest, NothingIsThereBeforeTheFirstObject) {
    EXPECT_EQ(view.contextText(), "");
    EXPECT_FALSE(view.findChild<QTableView*>()->isVisible());
    EXPECT_TRUE(button("kmalloc")->isEnabled());
    EXPECT_FALSE(button("kfree")->isEnabled()) << "nothing is marked";
}

TEST_F(SlabTest, AnObjectIsAllocatedMarkedAndFreed) {
    QTest::mouseClick(button("kmalloc"), Qt::LeftButton);
    settle();
    ASSERT_TRUE(view.canvas().object().has_value());
    EXPECT_EQ(shown().name, "kmalloc-128");
    const std::size_t caches = bridge.latest()->state.slab.list.size();
    EXPECT_GT(caches, 54u) << "kmalloc's and those that the boot makes";
    EXPECT_TRUE(view.contextText().startsWith(QString("%1 caches").arg(caches)));
    EXPECT_EQ(state.selection().frames.start, pfn_down(*view.canvas().object()));
    const std::uint64_t live = shown().live;
    QTest::mouseClick(button("kfree"), Qt::LeftButton);
    settle();
    EXPECT_EQ(shown().live, live - 1);
    EXPECT_FALSE(view.canvas().object().has_value());
}

TEST_F(SlabTest, AClickOnASlabSelectsItsFramesAndAFrameShowsItsSlab) {
    run("kmalloc 3000 GFP_KERNEL");
    EXPECT_EQ(shown().name, "kmalloc-4k");
    const SlabId slab = shown().cpus[0].slab;
    ASSERT_NE(slab, no_slab);
    state.clearSelection();
    const QPointF row = view.canvas().cellOf(slab, 0).center();
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, row.toPoint());
    const Pfn first = shown().slabs[slab].pfn;
    EXPECT_EQ(state.selection().frames, (PfnRange{first, first + 8})) << "order 3";
    // A frame of another cache, selected elsewhere.
    const SlabState& slabs = bridge.latest()->state.slab;
    const Pfn other = slabs.cache(slabs.kmem_cache).slabs[0].pfn;
    state.select({.frames = {other, other + 1}, .list = {}, .event = {}});
    EXPECT_EQ(shown().name, "kmem_cache");
    // A tail of the slab counts as the slab, a frame of nobody's changes nothing.
    state.select({.frames = {first + 5, first + 6}, .list = {}, .event = {}});
    EXPECT_EQ(shown().name, "kmalloc-4k");
    state.select({.frames = {16, 17}, .list = {}, .event = {}});
    EXPECT_EQ(shown().name, "kmalloc-4k");
}

//  kmalloc-4k   slab 0 full, then slab 1 of this CPU: the CPU's slab is the first row, the full one the last
TEST_F(SlabTest, SlabsAreRowsThatKeysWalkThrough) {
    for (int i = 0; i < 12; ++i)
        run("kmalloc 3000 GFP_KERNEL");
    ASSERT_EQ(shown().name, "kmalloc-4k");
    SlabCanvas& canvas = view.canvas();
    const SlabId first = shown().cpus[0].slab;
    ASSERT_NE(first, no_slab);
    EXPECT_EQ(canvas.rowOf(first).top(), 0);
    EXPECT_TRUE(canvas.rowOf(static_cast<SlabId>(shown().slabs.size())).isEmpty()) << "there is no such slab";
    state.clearSelection();
    const auto selected = [this] { return state.selection().frames.start; };
    QTest::keyClick(&canvas, Qt::Key_Down);
    EXPECT_EQ(selected(), shown().slabs[first].pfn);
    QTest::keyClick(&canvas, Qt::Key_Down);
    EXPECT_NE(selected(), shown().slabs[first].pfn);
    const Pfn second = selected();
    QTest::keyClick(&canvas, Qt::Key_Down);
    EXPECT_EQ(selected(), second) << "there are two";
    QTest::keyClick(&canvas, Qt::Key_Up);
    EXPECT_EQ(selected(), shown().slabs[first].pfn);
}

TEST_F(SlabTest, TheSlabsHaveHalfOfThePanelBesideOrBelowTheTable) {
    run("kmalloc 100 GFP_KERNEL");
    auto* parts = view.findChild<QSplitter*>();
    EXPECT_EQ(parts->orientation(), Qt::Vertical);
    EXPECT_NEAR(parts->sizes()[0], parts->sizes()[1], 40);
    view.resize(theme.px(1280), theme.px(700));
    QTest::qWait(0);
    EXPECT_EQ(parts->orientation(), Qt::Horizontal);
    EXPECT_NEAR(parts->sizes()[0], parts->sizes()[1], 40);
    QStringList words;
    for (const QLabel* label : view.findChildren<QLabel*>())
        words.push_back(label->text());
    EXPECT_TRUE(words.join(' ').contains("kmalloc-128: ")) << words.join(' ').toStdString();
}

TEST_F(SlabTest, WhatIsNoCommandIsToldAndAnotherMachineHasNoSlabs) {
    run("kmalloc many GFP_KERNEL");
    EXPECT_TRUE(bridge.status().error.contains("expected one of"));
    run("kmalloc 100 GFP_KERNEL");
    EXPECT_FALSE(view.table().rows.empty());
    EXPECT_TRUE(view.procText().startsWith("slabinfo - version: 2.1"));
    open("resources/machines/pc-512m");
    EXPECT_EQ(view.contextText(), "");
    EXPECT_TRUE(view.table().rows.empty());
    EXPECT_FALSE(view.grab().isNull());
}

//  CPU 0            31 of 120   [o][o][o]...          Expect: the array first, then the slab it took its objects from;
//  pfn 0x...  full list         [x][o][o]...          a click on what waits in the array selects the slab's frames
TEST_F(SlabTest, ArraysOfSlabStandAboveItsSlabs) {
    open("tests/data/kernels/i440fx-512m-4.17/firmware.txt");
    run("kmem_cache_create mine size 1000 align 0");
    run("kmem_cache_alloc mine GFP_KERNEL");
    ASSERT_EQ(shown().name, "mine") << "the object that was answered is shown";
    SlabCanvas& canvas = view.canvas();
    const QRectF room = canvas.arrayRoom(0);
    ASSERT_FALSE(room.isEmpty());
    ASSERT_EQ(shown().arrays.cpu[0].avail(), 3u) << "4 objects in a slab";
    EXPECT_LE(room.bottom(), canvas.rowOf(0).top());
    state.clearSelection();
    QTest::mouseClick(&canvas, Qt::LeftButton, {}, QPointF(room.left() + 2, room.center().y()).toPoint());
    EXPECT_EQ(state.selection().frames.start, shown().slabs[0].pfn);
    EXPECT_FALSE(canvas.object().has_value()) << "nobody has it";
    EXPECT_FALSE(view.grab().isNull());
    EXPECT_TRUE(view.procText().contains(": tunables   54   27"));
    QStringList words;
    for (const QLabel* label : view.findChildren<QLabel*>())
        words.push_back(label->text());
    EXPECT_TRUE(words.join(' ').contains("3 waiting in arrays")) << words.join(' ').toStdString();
}

}  // namespace
}  // namespace mm::gui
