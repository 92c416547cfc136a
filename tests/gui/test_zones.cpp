// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QKeyEvent>
#include <QMouseEvent>

#include "gui/views/zones/zones_view.h"
#include "tests/gui/with_application.h"
#include "tests/support/zones.h"

namespace mm::gui {
namespace {

/// 16 MiB in one zone DMA32, all free in blocks of order 10: [4096 .. 8192).
std::shared_ptr<Snapshot> smallMachine(bool freed) {
    const KernelProfile& profile = profile_for(Arch::x86_64, {6, 1, 0});
    auto s = std::make_shared<Snapshot>();
    s->profile = &profile;
    Node node;
    node.start_pfn = 4096;
    node.spanned = node.present = 4096;
    node.zones[1] = test::zone_at(ZoneType::dma32, 4096, 4096, 4096);
    s->state.zones.nodes.push_back(node);
    s->state.zones.memory = {{{4096, 8192}, {0, ZoneType::dma32}}};
    s->state.zones.pageblock_type.assign(16, static_cast<std::uint8_t>(MigrateType::movable));
    PageColumns pages(8192);
    if (freed) {
        PageAllocator allocator(s->state.zones, pages, s->state.stats, profile);
        for (Pfn pfn = 4096; pfn < 8192; pfn += 1024)
            allocator.free_pages_core(pfn, 10);
    }
    s->pages = pages.freeze();
    return s;
}

class ZonesViewTest : public WithApplication, public testing::Test {
protected:
    ZonesViewTest() {
        view = std::make_unique<ZonesView>(ViewContext{theme, state});
        view->resize(280, 600);
        view->show();
    }
    template<class W>
    W& part() {
        for (QWidget* child : view->findChildren<QWidget*>())
            if (auto* found = dynamic_cast<W*>(child)) return *found;
        throw std::runtime_error("no such part");
    }
    QString visibleWords() {
        QStringList words;
        for (const QLabel* label : view->findChildren<QLabel*>())
            if (!label->isHidden()) words << label->text();
        return words.join('|');
    }
    static void click(QWidget& widget, QPointF at) {
        QMouseEvent press(QEvent::MouseButtonPress, at, at, Qt::LeftButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&widget, &press);
    }
    static void key(QWidget& widget, int code) {
        QKeyEvent event(QEvent::KeyPress, code, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &event);
    }

    Theme theme;
    ViewState state;
    std::unique_ptr<ZonesView> view;
};

TEST_F(ZonesViewTest, SaysWhatWillAppear) {
    EXPECT_TRUE(visibleWords().contains("zone_sizes_init"));
    view->setSnapshot(smallMachine(false));
    EXPECT_TRUE(visibleWords().contains("memblock_free_all"));
    EXPECT_TRUE(part<MatrixWidget>().isHidden());
}

TEST_F(ZonesViewTest, AClickOnACellSelectsTheListAndItsFirstBlock) {
    const auto snapshot = smallMachine(true);
    view->setSnapshot(snapshot);
    auto& matrix = part<MatrixWidget>();
    ASSERT_FALSE(matrix.isHidden());
    matrix.resize(260, 260);
    click(matrix, matrix.cellRect(10, 1).center());
    const ListRef list{0, ZoneType::dma32, 10, MigrateType::movable};
    ASSERT_EQ(state.selection().list, list);
    const FreeList& blocks = snapshot->state.zones.nodes[0].zones[1].free_area[10].free_list[1];
    ASSERT_EQ(blocks.blocks, 4u);
    const Pfn head = list_blocks(blocks, snapshot->pages).front();
    EXPECT_EQ(state.selection().frames, (PfnRange{head, head + 1024}));
    EXPECT_TRUE(visibleWords().contains("4 blocks, head first"));
}

TEST_F(ZonesViewTest, AClickOnABlockSelectsItsFrames) {
    const auto snapshot = smallMachine(true);
    view->setSnapshot(snapshot);
    view->chooseList({0, ZoneType::dma32, 10, MigrateType::movable});
    auto& blocks = part<QListView>();
    ASSERT_EQ(blocks.model()->rowCount(), 4);
    Q_EMIT blocks.clicked(blocks.model()->index(2, 0));
    const FreeList& list = snapshot->state.zones.nodes[0].zones[1].free_area[10].free_list[1];
    const Pfn third = list_blocks(list, snapshot->pages).at(2);
    EXPECT_EQ(state.selection().frames, (PfnRange{third, third + 1024}));
}

TEST_F(ZonesViewTest, ArrowsMoveAndEnterChooses) {
    view->setSnapshot(smallMachine(true));
    auto& matrix = part<MatrixWidget>();
    for (int i = 0; i < 20; ++i)
        key(matrix, Qt::Key_Down);
    key(matrix, Qt::Key_Right);
    key(matrix, Qt::Key_Return);
    EXPECT_EQ(state.selection().list, (ListRef{0, ZoneType::dma32, 10, MigrateType::movable}));
    EXPECT_EQ(state.selection().frames.size(), 1024u);
    EXPECT_TRUE(matrix.accessibleDescription().contains("4 blocks"));
}

TEST_F(ZonesViewTest, AnEmptyListSelectsNoFrames) {
    view->setSnapshot(smallMachine(true));
    view->chooseList({0, ZoneType::dma32, 3, MigrateType::unmovable});
    EXPECT_TRUE(state.selection().list.has_value());
    EXPECT_TRUE(state.selection().frames.empty());
}

TEST_F(ZonesViewTest, ForgetsZonesThatAreGone) {
    view->setSnapshot(smallMachine(true));
    view->chooseList({0, ZoneType::dma32, 10, MigrateType::movable});
    view->setSnapshot(std::make_shared<Snapshot>());
    EXPECT_TRUE(visibleWords().contains("zone_sizes_init"));
    EXPECT_FALSE(view->grab().isNull());
}

}  // namespace
}  // namespace mm::gui
