// SPDX-License-Identifier: GPL-3.0-or-later
// The map as a widget, offscreen: what pointer and keys do, what is drawn for minorities, holes and changes.
#include <gtest/gtest.h>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "gui/views/heatmap/heatmap_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

constexpr Pfn end = 131072;  // 512 MiB

class HeatmapViewTest : public WithApplication, public testing::Test {
protected:
    HeatmapViewTest() : columns(end) {
        base.state.memblock.add(0, phys_of(end));
        base.state.zones.pageblock_type.assign(end / pageblock_pages, static_cast<std::uint8_t>(MigrateType::movable));
        columns.set_state(0, end, state_byte(PageState::free));
        for (Pfn p = 0; p < end; p += 1024)
            columns.set_head(p, head_byte(10, MigrateType::movable));
    }
    SnapshotPtr freeze() {
        auto s = std::make_shared<Snapshot>(base);
        s->pages = columns.freeze();
        return s;
    }
    HeatmapView& open(QSize size) {
        view = std::make_unique<HeatmapView>(ViewContext{theme, state});
        view->resize(size);
        view->setSnapshot(freeze());
        view->show();
        QApplication::processEvents();
        return *view;
    }
    static int count(const QImage& image, QRgb colour) {
        int n = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                n += image.pixel(x, y) == colour;
        }
        return n;
    }
    QImage picture() { return view->canvas().grab().toImage(); }
    QPointF pointOf(Pfn pfn) { return view->canvas().mapLayout().cellRect(pfn).center(); }
    void mouse(QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::KeyboardModifiers keys = {}) {
        QMouseEvent e(type, at, view->canvas().mapToGlobal(at), button,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : button, keys);
        QApplication::sendEvent(&view->canvas(), &e);
    }
    void click(Pfn pfn) {
        mouse(QEvent::MouseButtonPress, pointOf(pfn), Qt::LeftButton);
        mouse(QEvent::MouseButtonRelease, pointOf(pfn), Qt::LeftButton);
    }
    void key(int k) {
        QKeyEvent e(QEvent::KeyPress, k, Qt::NoModifier);
        QApplication::sendEvent(&view->canvas(), &e);
    }

    Theme theme;
    ViewState state;
    Snapshot base;
    PageColumns columns;
    std::unique_ptr<HeatmapView> view;
};

TEST_F(HeatmapViewTest, OneUnmovablePageIsVisibleAtEveryScale) {
    columns.set_state(70001, 1, state_byte(PageState::allocated, MigrateType::unmovable));
    const QRgb unmovable = theme.migrate(MigrateType::unmovable, false).rgb();
    for (const QSize size : {QSize(120, 90), QSize(300, 200), QSize(700, 450), QSize(1600, 900)}) {
        open(size);
        EXPECT_GE(count(picture(), unmovable), 1) << size.width() << "x" << size.height();
    }
}

TEST_F(HeatmapViewTest, ARepaintOfChangedBlocksEqualsAFullOne) {
    open({700, 450});
    picture();
    //  some frames of three pageblocks change hands
    for (const Pfn p : {Pfn{1000}, Pfn{40000}, Pfn{131000}})
        columns.set_state(p, 30, state_byte(PageState::allocated, MigrateType::reclaimable));
    view->setSnapshot(freeze());
    const QImage repainted = picture();
    auto first = std::move(view);
    open({700, 450});
    EXPECT_EQ(repainted, picture());
    EXPECT_GT(count(repainted, theme.migrate(MigrateType::reclaimable, false).rgb()), 0);
}

TEST_F(HeatmapViewTest, AClickSelectsTheCellEverywhere) {
    open({700, 450});
    click(4711);
    const NrPages cell = view->canvas().mapLayout().cellPages();
    EXPECT_EQ(state.selection().frames, (PfnRange{align_down(4711, cell), align_down(4711, cell) + cell}));
    EXPECT_GT(count(picture(), theme.tokens().accent.rgb()), 4) << "the selection has an accent frame";
}

TEST_F(HeatmapViewTest, TheWheelZoomsAroundThePointerAndEscGoesBack) {
    open({700, 450});
    const QPointF at = pointOf(65536);
    QWheelEvent wheel(at, view->canvas().mapToGlobal(at), {}, {0, 960}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                      false);
    QApplication::sendEvent(&view->canvas(), &wheel);
    ASSERT_FALSE(state.zoom().empty());
    EXPECT_TRUE(state.zoom().contains(phys_of(Pfn{65536})));
    EXPECT_NEAR(static_cast<double>(state.zoom().size()), static_cast<double>(phys_of(end)) / 16, 4e6);
    EXPECT_EQ(view->canvas().mapLayout().cellShift, 0u);
    EXPECT_TRUE(view->contextText().contains("one cell = 1 page"));
    key(Qt::Key_Escape);
    key(Qt::Key_Escape);
    EXPECT_TRUE(state.zoom().empty());
}

TEST_F(HeatmapViewTest, FollowsTheZoomOfOtherViews) {
    open({700, 450});
    state.setZoom({phys_of(Pfn{0x8000}), phys_of(Pfn{0x9000})});
    const HeatmapLayout& l = view->canvas().mapLayout();
    ASSERT_EQ(l.parts.size(), 1u);
    EXPECT_EQ(l.parts[0].frames, (PfnRange{0x8000, 0x9000}));
}

TEST_F(HeatmapViewTest, ArrowsMoveACursorAndEnterSelects) {
    open({700, 450});
    state.setZoom({0, phys_of(Pfn{512})});
    key(Qt::Key_Right);  // appears at the first frame
    key(Qt::Key_Right);
    key(Qt::Key_Right);
    EXPECT_EQ(state.hovered(), Pfn{2});
    EXPECT_TRUE(view->canvas().accessibleDescription().contains("0x2000"));
    key(Qt::Key_Down);
    key(Qt::Key_Return);
    const Pfn below = 2 + static_cast<Pfn>(view->canvas().mapLayout().tileWidth);
    EXPECT_EQ(state.selection().frames, (PfnRange{below, below + 1}));
}

TEST_F(HeatmapViewTest, TheCardFollowsTimeUnderAPointerThatRests) {
    open({700, 450});
    mouse(QEvent::MouseMove, pointOf(70001), Qt::NoButton);
    const QString before = view->canvas().accessibleDescription();
    EXPECT_TRUE(before.contains("free")) << before.toStdString();
    const PfnRange cell = *view->canvas().mapLayout().cellAt(pointOf(70001).toPoint());
    columns.set_state(cell.start, cell.size(), state_byte(PageState::allocated, MigrateType::unmovable));
    view->setSnapshot(freeze());
    const QString after = view->canvas().accessibleDescription();
    EXPECT_FALSE(after.contains("free")) << after.toStdString();
    EXPECT_NE(before, after);
}

TEST_F(HeatmapViewTest, AnEmptyStateSaysHowToFillIt) {
    base = {};
    columns = PageColumns();
    open({700, 450});
    EXPECT_GT(count(picture(), theme.tokens().panel.rgb()), 1000);
    EXPECT_TRUE(view->contextText().isEmpty());
}

TEST_F(HeatmapViewTest, BeforeTheMemmapMemoryIsDrawnFromTheMaps) {
    columns = PageColumns();
    base.state.memblock.reserve(phys_of(Pfn{4096}), phys_of(Pfn{4096}), "kernel image");
    open({700, 450});
    const Inks inks = inksFor(theme, colourMode(ColourMode::migrateType), ~0u);
    EXPECT_GT(count(picture(), inks[categoryNotYet].fill), 10000);
    EXPECT_GT(count(picture(), inks[categoryClaimed].fill), 1000);
}

TEST_F(HeatmapViewTest, AFilterFadesTheOthers) {
    columns.set_state(0, 4096, state_byte(PageState::allocated, MigrateType::unmovable));
    open({700, 450});
    const QRgb pale = theme.migrate(MigrateType::movable, true).rgb();
    EXPECT_GT(count(picture(), pale), 1000);
    Category unmovable = 0;
    const ModeInfo& mode = colourMode(ColourMode::migrateType);
    for (unsigned c = categoryFirst; c < mode.categories; ++c) {
        if (mode.name(static_cast<Category>(c)) == "Unmovable" && !mode.free(static_cast<Category>(c)))
            unmovable = static_cast<Category>(c);
    }
    view->canvas().setShown(1u << unmovable);
    EXPECT_EQ(count(picture(), pale), 0);
    EXPECT_GT(count(picture(), theme.migrate(MigrateType::unmovable, false).rgb()), 1000);
}

}  // namespace
}  // namespace mm::gui
