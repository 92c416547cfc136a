// SPDX-License-Identifier: GPL-3.0-or-later
// For screen readers and keyboards: everything that takes the keyboard says what it is, every panel can be reached and
// shows that it has been, the map's cell under the cursor is spoken.
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QTabBar>
#include <QTest>
#include <set>

#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "gui/views/heatmap/heatmap_canvas.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class AccessibilityTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        window.resize(1440, 900);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
        QApplication::setActiveWindow(&window);
    }
    static QString nameOf(QWidget* widget) {
        const QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(widget);
        return spoken ? spoken->text(QAccessible::Name) : QString();
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(AccessibilityTest, EverythingThatTakesTheKeyboardHasAName) {
    for (const ViewInfo& info : allViews())
        window.panels().reveal(info.id);
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        const bool inside = widget->objectName().startsWith("qt_");  // parts of boxes and areas
        if (!(widget->focusPolicy() & Qt::TabFocus) || inside || !widget->isVisibleTo(&window)) continue;
        if (qobject_cast<QTabBar*>(widget)) continue;  // its tabs have names
        QString place = widget->metaObject()->className();
        for (const QWidget* up = widget->parentWidget(); up; up = up->parentWidget())
            if (!up->objectName().isEmpty()) place = up->objectName() + " > " + place;
        EXPECT_FALSE(nameOf(widget).isEmpty()) << place.toStdString();
    }
}

TEST_F(AccessibilityTest, F6ReachesEveryOpenPanel) {
    std::set<QString> open, reached;
    state.notes().add({1, {}, "so that there is a list"});
    for (const ViewInfo& info : allViews()) {
        const QString id = QString::fromLatin1(info.id);
        if (!window.panels().view(id)->visibleRegion().isEmpty()) open.insert(id);
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
        window.panels().focusNext(true);
        if (const View* view = window.panels().focusedView()) reached.insert(view->objectName());
    }
    for (const QString& id : open)
        EXPECT_TRUE(reached.contains(id)) << id.toStdString();
    window.panels().focusNext(false);
    EXPECT_TRUE(window.panels().focusedView());
}

TEST_F(AccessibilityTest, TheCellUnderTheCursorIsSpoken) {
    auto* canvas = window.panels().view("heatmap")->findChild<HeatmapCanvas*>();
    ASSERT_TRUE(canvas);
    window.panels().reveal("heatmap");
    canvas->setFocus();
    QTest::keyClick(canvas, Qt::Key_Right);
    const QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(canvas);
    ASSERT_TRUE(spoken);
    const QString first = spoken->text(QAccessible::Description);
    EXPECT_TRUE(first.contains("pfn 0x")) << first.toStdString();
    QTest::keyClick(canvas, Qt::Key_Down);
    EXPECT_NE(spoken->text(QAccessible::Description), first);
    // By the pointer as well.
    QTest::mouseMove(canvas, canvas->rect().center());
    EXPECT_TRUE(QTest::qWaitFor([&] { return spoken->text(QAccessible::Description).contains("pfn 0x"); }, 5000));
}

}  // namespace
}  // namespace mm::gui
