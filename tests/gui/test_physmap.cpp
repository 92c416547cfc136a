// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QImage>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "gui/views/physmap/physmap_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

std::shared_ptr<Snapshot> smallMachine() {
    auto s = std::make_shared<Snapshot>();
    s->state.e820.range_add(0, 64 * MiB, E820Type::ram);
    s->state.memblock.add(0, 64 * MiB);
    s->state.memblock.reserve(16 * MiB, 8 * MiB, "kernel image");
    return s;
}

class Physmap : public WithApplication, public testing::Test {
protected:
    Physmap() {
        view = std::make_unique<PhysmapView>(ViewContext{theme, state});
        view->resize(900, 320);
        view->setSnapshot(smallMachine());
    }
    void mouse(QEvent::Type type, QPointF at, Qt::KeyboardModifiers modifiers = {}) {
        const Qt::MouseButton button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
        QMouseEvent event(type, at, at, button, Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    void click(QPointF at) {
        mouse(QEvent::MouseButtonPress, at);
        mouse(QEvent::MouseButtonRelease, at);
    }
    void key(int code) {
        QKeyEvent event(QEvent::KeyPress, code, Qt::NoModifier);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    void wheel(QPointF at, int turn) {
        QWheelEvent event(at, at, {}, {0, turn}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view.get(), &event);
    }
    QImage picture() { return view->grab().toImage(); }
    PhysmapLayout layout() const { return layoutPhysmap(theme, makeStrips(*smallMachine()), view->size()); }
    QPointF at(std::size_t row, double part) const {
        const QRectF& r = layout().rows.at(row);
        return {r.left() + part * r.width(), r.center().y()};
    }

    Theme theme;
    ViewState state;
    std::unique_ptr<PhysmapView> view;
};

TEST_F(Physmap, ClickSelectsThePieceAndEmptySpaceNothing) {
    click(at(3, 20.0 / 64));
    EXPECT_EQ(state.selection().frames, (PfnRange{4096, 6144}));
    click(at(3, 0.9));
    EXPECT_TRUE(state.selection().frames.empty());
}

TEST_F(Physmap, ShiftDragSelectsARange) {
    mouse(QEvent::MouseButtonPress, at(1, 0.25), Qt::ShiftModifier);
    mouse(QEvent::MouseMove, at(1, 0.5), Qt::ShiftModifier);
    mouse(QEvent::MouseButtonRelease, at(1, 0.5), Qt::ShiftModifier);
    const PfnRange frames = state.selection().frames;
    EXPECT_NEAR(static_cast<double>(frames.start), 4096, 2);
    EXPECT_NEAR(static_cast<double>(frames.end), 8192, 2);
}

TEST_F(Physmap, WheelZoomsDoubleClickZoomsAndEscapeGoesBackStepByStep) {
    wheel(at(1, 0.5), 120);
    const PhysRange first = state.zoom();
    EXPECT_LT(first.size(), 64 * MiB);
    EXPECT_TRUE(first.contains(32 * MiB));
    mouse(QEvent::MouseButtonDblClick, at(1, 0.5));
    EXPECT_TRUE(state.zoom().empty());  // the piece is the whole machine
    key(Qt::Key_Plus);
    EXPECT_FALSE(state.zoom().empty());
    key(Qt::Key_Escape);
    EXPECT_TRUE(state.zoom().empty());
}

TEST_F(Physmap, DragPansButNeverBeyondTheEnds) {
    state.setZoom({16 * MiB, 32 * MiB});
    mouse(QEvent::MouseButtonPress, at(1, 0.5));
    mouse(QEvent::MouseMove, at(1, 0.9));
    EXPECT_LT(state.zoom().start, 16 * MiB);
    mouse(QEvent::MouseMove, {5000, 100});
    EXPECT_EQ(state.zoom().start, 0u);
    EXPECT_NEAR(static_cast<double>(state.zoom().size()), 16.0 * MiB, 4096);
    mouse(QEvent::MouseButtonRelease, {5000, 100});
    EXPECT_TRUE(state.selection().frames.empty());
}

TEST_F(Physmap, KeepsAPageVisibleAmongGigabytes) {
    auto s = smallMachine();
    s->state.memblock.reserve(40 * MiB, page_size, "initrd");
    view->setSnapshot(s);
    const QImage image = picture();
    const QPoint p = (at(3, 40.0 / 64) * image.devicePixelRatio()).toPoint();
    const QRgb wanted = theme.owner("initrd").rgb();
    int found = 0;
    for (int dx = -3; dx <= 3; ++dx)
        found += image.pixel(p + QPoint(dx, 0)) == wanted;
    EXPECT_GE(found, 2);
}

TEST_F(Physmap, SharesAColumnAmongAllColoursThatFallIntoIt) {
    auto s = smallMachine();
    s->state.memblock.reserve(40 * MiB, page_size, "initrd");
    s->state.memblock.reserve(40 * MiB + page_size, page_size, "percpu");
    view->setSnapshot(s);
    const QImage image = picture();
    QSet<QRgb> seen;
    const QRectF row = layout().rows.at(3);
    for (int y = static_cast<int>(row.top()); y < static_cast<int>(row.bottom()); ++y)
        for (int dx = -3; dx <= 3; ++dx)
            seen.insert(image.pixel(QPoint(static_cast<int>(at(3, 40.0 / 64).x()) + dx, y)));
    EXPECT_TRUE(seen.contains(theme.owner("initrd").rgb()));
    EXPECT_TRUE(seen.contains(theme.owner("percpu").rgb()));
}

TEST_F(Physmap, PaintsTenThousandReservationsQuickly) {
    auto s = smallMachine();
    for (PhysAddr i = 0; i < 10000; ++i)
        s->state.memblock.reserve(24 * MiB + i * page_size, i % 3 == 0 ? page_size : 2048,
                                  i % 2 == 0 ? "initrd" : "percpu");
    QElapsedTimer timer;
    timer.start();
    view->setSnapshot(s);
    const double build = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    QImage image(view->size(), QImage::Format_RGB32);
    timer.restart();
    view->render(&image);
    const double paint = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    RecordProperty("build_ms", std::to_string(build));
    RecordProperty("paint_ms", std::to_string(paint));
    std::printf("10000 reservations: model %.1f ms, paint %.1f ms\n", build, paint);
    EXPECT_LT(build + paint, 250);  // generous: sanitizers and shared machines
}

TEST_F(Physmap, SurvivesNoSnapshotAndTinySizes) {
    view->setSnapshot(nullptr);
    for (const QSize size : {QSize(1, 1), QSize(60, 40), QSize(3000, 20)}) {
        view->resize(size);
        EXPECT_FALSE(picture().isNull());
    }
    EXPECT_FALSE(view->contextText().isEmpty());
}

}  // namespace
}  // namespace mm::gui
