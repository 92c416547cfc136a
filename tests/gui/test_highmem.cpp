// SPDX-License-Identifier: GPL-3.0-or-later
// High memory: the selected frame is mapped and unmapped from the title line; slots select their frames; a machine
// without high memory says so.
#include "gui/views/highmem/highmem_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

constexpr Pfn high = 0x5a000;  ///< of 2 GiB

class HighmemTest : public ViewTest<HighmemView> {
protected:
    QPointF at(const SlotRef& slot) { return view.canvas().slotsLayout().rectOf(slot).center(); }
    const HighmemState& highmem() { return now().highmem; }
};

TEST_F(HighmemTest, WithoutHighMemoryNothingIsDrawnAndTheButtonsStillAnswer) {
    open("resources/machines/pc-512m");
    EXPECT_FALSE(view.canvas().isVisible());
    EXPECT_FALSE(button("kmap")->isEnabled()) << "no frame is selected";
    select({0x4000, 0x4001});
    press("kmap");
    EXPECT_TRUE(bridge.status().error.isEmpty()) << bridge.status().error.toStdString();
    EXPECT_FALSE(view.canvas().isVisible()) << "kmap() is page_address() here";
    EXPECT_EQ(view.contextText(), "");
    EXPECT_TRUE(view.table().rows.empty());
}

//  pkmap  [ ][#][ ] ...   kmap ──► 1 user   kmap ──► 2   kunmap, kunmap ──► waits   flush ──► free
TEST_F(HighmemTest, AFrameIsMappedSharedUnmappedAndItsSlotFlushed) {
    open("tests/data/machines/i386-pae-2g");
    select({high, high + 1});
    press("kmap");
    ASSERT_TRUE(view.canvas().isVisible());
    ASSERT_TRUE(highmem().by_page->contains(high));
    const unsigned slot = highmem().by_page->at(high);
    EXPECT_EQ(view.contextText(), "1 of 512 slots in use · 0 wait");
    press("kmap");
    EXPECT_EQ(highmem().slots[slot].count, 3) << "two users and the slot's own";
    EXPECT_TRUE(view.canvas().words({{}, slot}).contains("2 users"));
    EXPECT_FALSE(button("flush")->isEnabled());
    press("kunmap");
    press("kunmap");
    EXPECT_FALSE(button("kunmap")->isEnabled());
    EXPECT_EQ(view.contextText(), "0 of 512 slots in use · 1 wait");
    ASSERT_EQ(view.table().rows.size(), 1u);
    EXPECT_EQ(view.table().rows[0][3], "0x5a000");
    press("flush");
    EXPECT_EQ(view.contextText(), "0 of 512 slots in use · 0 wait");
    EXPECT_TRUE(view.table().rows.empty());
    EXPECT_FALSE(view.procText().isEmpty());
}

TEST_F(HighmemTest, SlotsSelectTheirFramesByClickAndKey) {
    open("tests/data/machines/i386-pae-2g");
    run("kmap 0x5a000");
    run("kmap 0x5a100");
    run("kmap_local 0x5a200 cpu 0");
    const unsigned second = highmem().by_page->at(0x5a100);
    click(view.canvas(), at({{}, second}));
    EXPECT_EQ(state.selection().frames, (PfnRange{0x5a100, 0x5a101}));
    EXPECT_TRUE(button("kunmap")->isEnabled());
    click(view.canvas(), at({{}, second + 1}));
    EXPECT_EQ(state.selection().frames.start, 0x5a100u) << "a free slot selects nothing";
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    EXPECT_EQ(state.selection().frames.start, 0x5a200u);
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    EXPECT_EQ(state.selection().frames.start, 0x5a200u) << "it is the last one";
    EXPECT_TRUE(button("kunmap_local")->isEnabled());
    press("kunmap_local");
    EXPECT_TRUE(highmem().local[0].empty());
    QTest::keyClick(&view.canvas(), Qt::Key_Left);
    EXPECT_EQ(state.selection().frames.start, 0x5a100u);
    EXPECT_FALSE(button("kunmap_local")->isEnabled());
}

TEST_F(HighmemTest, OnlyTheLatestLocalMappingCanBeUnmapped) {
    open("tests/data/machines/i386-pae-2g");
    run("kmap_local 0x5a000 cpu 0");
    run("kmap_local 0x5a001 cpu 0");
    select({0x5a000, 0x5a001});
    EXPECT_FALSE(button("kunmap_local")->isEnabled());
    select({0x5a001, 0x5a002});
    EXPECT_TRUE(button("kunmap_local")->isEnabled());
}

TEST_F(HighmemTest, EverySlotIsFoundWhereItIsDrawn) {
    open("tests/data/machines/i386-pae-2g");
    run("kmap 0x5a000");
    for (const int width : {260, 640, 1500}) {
        view.resize(width, 480);
        QTest::qWait(0);
        const SlotsLayout& layout = view.canvas().slotsLayout();
        const HighmemWindow& window = highmem().window;
        for (unsigned i = 0; i < window.slots; ++i) {
            const SlotRef slot{{}, i};
            ASSERT_EQ(layout.slotAt(window, layout.rectOf(slot).center()), slot) << i << " at width " << width;
            ASSERT_LE(layout.rectOf(slot).right(), width);
        }
        for (unsigned i = 0; i < window.usable_per_cpu(); ++i)
            ASSERT_EQ(layout.slotAt(window, layout.rectOf({0u, i}).center()), (SlotRef{0u, i}));
    }
}

}  // namespace
}  // namespace mm::gui
