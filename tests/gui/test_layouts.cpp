// SPDX-License-Identifier: GPL-3.0-or-later
// Panels: the presets that come with the window, layouts that come back as they were left, and a session that
// reopens where it was closed.
#include <gtest/gtest.h>

#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QSettings>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

const QString pc = MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m";

class LayoutsTest : public WithApplication, public testing::Test {
protected:
    LayoutsTest() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
        QApplication::setOrganizationName("mmscope-test");
        QApplication::setApplicationName("mmscope-test");
        app.setStyleSheet({});  // Qt keeps it from one application to the next
    }
    /// A window of its own with everything behind it.
    struct Running {
        explicit Running(MainWindow::Memory memory) : window(theme, state, bridge, memory) {
            window.resize(1280, 800);
            window.show();
        }
        bool settled() {
            return QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000);
        }
        bool isShown(const char* id) { return window.panels().panel(id)->toggleViewAction()->isChecked(); }
        Theme theme;
        ViewState state;
        Bridge bridge;
        MainWindow window;
    };

    QTemporaryDir folder;
};

const Preset& named(const char* name) {
    if (const Preset* preset = presetNamed(name)) return *preset;
    throw std::runtime_error(name);
}

TEST_F(LayoutsTest, EachArrangementShowsItsViewsAndClosesTheOthers) {
    Running r(MainWindow::Memory::none);
    r.window.openFile(pc);
    ASSERT_TRUE(r.settled());
    for (const Preset& preset : presets()) {
        r.window.arrange(preset);
        for (const ViewInfo& info : allViews()) {
            const QString id = QString::fromLatin1(info.id);
            const bool wanted = preset.knows(id) && !id.startsWith("compare");
            EXPECT_EQ(r.isShown(info.id), wanted) << preset.name.toStdString() << ' ' << info.id;
        }
        EXPECT_FALSE(r.window.grab().isNull());
        for (const QTabBar* bar : r.window.panels().findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
            EXPECT_FALSE(bar->isVisible() && bar->drawBase())
                << "a line of another theme's colour, " << preset.name.toStdString();
    }
    // A closed panel comes back when it is asked for.
    r.window.arrange(named("Lecture"));
    EXPECT_GE(r.theme.zoom(), 1.25) << "seen from the last row";
    r.window.panels().reveal("zones");
    EXPECT_TRUE(r.isShown("zones"));
}

//      [Page frames][Buddy lists]...      ticked in the menu: a tab more, and it is the one in front
TEST_F(LayoutsTest, APanelThatIsTickedInTheMenuStandsInFront) {
    Running r(MainWindow::Memory::none);
    r.window.openFile(pc);
    ASSERT_TRUE(r.settled());
    r.window.show();
    QDockWidget* dock = r.window.panels().panel("kstack");
    ASSERT_FALSE(r.isShown("kstack"));
    dock->toggleViewAction()->trigger();
    EXPECT_TRUE(QTest::qWaitFor([&] { return dock->widget()->isVisible() && !dock->visibleRegion().isEmpty(); }, 5000));
    dock->toggleViewAction()->trigger();
    EXPECT_FALSE(r.isShown("kstack"));
}

TEST_F(LayoutsTest, LargerTextIsLargerEverywhere) {
    Running r(MainWindow::Memory::none);
    // Rows of the stages' title line with something of the word "Stages" in them.
    const auto titleHeight = [&r] {
        QWidget* const line = r.window.panels().panel("stages")->titleBarWidget();
        const QImage picture = line->grab().toImage();
        const QRgb panel = r.theme.tokens().panel.rgb();
        int rows = 0;
        for (int y = r.theme.px(4); y < picture.height(); ++y)
            for (int x = r.theme.px(12); x < r.theme.px(40); ++x)
                if (picture.pixel(x, y) != panel) {
                    ++rows;
                    break;
                }
        return rows;
    };
    r.window.openFile(pc);
    ASSERT_TRUE(r.settled());
    const auto machineIsBold = [&r] {
        for (const QLabel* label : r.window.findChildren<QLabel*>())
            if (label->text() == "pc-512m") return label->font().bold();
        return false;
    };
    EXPECT_TRUE(machineIsBold()) << "fonts of their own survive the style sheet";
    const int before = titleHeight();
    EXPECT_GT(before, r.theme.title().pixelSize() / 2);
    EXPECT_LE(before, 2 * r.theme.title().pixelSize());
    r.theme.setZoom(1.5);
    EXPECT_TRUE(QTest::qWaitFor([&] { return titleHeight() * 4 >= before * 5; }, 5000))
        << before << ", " << titleHeight();
    EXPECT_TRUE(machineIsBold());
}

TEST_F(LayoutsTest, ALayoutComesBackAsItWasLeft) {
    QByteArray saved;
    {
        Running r(MainWindow::Memory::none);
        r.window.panels().panel("log")->close();
        r.window.panels().panel("card")->setFloating(true);
        saved = r.window.panels().saveLayout();
    }
    Running r(MainWindow::Memory::none);
    EXPECT_TRUE(r.isShown("log"));
    EXPECT_TRUE(r.window.panels().restoreLayout(saved));
    EXPECT_FALSE(r.isShown("log"));
    EXPECT_TRUE(r.window.panels().panel("card")->isFloating());
    r.window.panels().resetLayout();
    EXPECT_TRUE(r.isShown("log"));
    EXPECT_FALSE(r.window.panels().panel("card")->isFloating());
    EXPECT_FALSE(r.window.panels().restoreLayout("not a layout"));
}

TEST_F(LayoutsTest, ASessionReopensWhereItWasClosed) {
    {
        Running r(MainWindow::Memory::settings);
        r.window.openFile(pc);
        ASSERT_TRUE(r.settled());
        r.bridge.post(Seek{100});
        ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest()->at == 100; }, 60000));
        r.state.select({.frames = {0x1000, 0x1010}, .list = {}, .event = {}});
        r.state.setZoom({0, 64 * MiB});
        const auto onDisk = [] { return QSettings().value("session/position").toString() == "100"; };
        EXPECT_TRUE(QTest::qWaitFor(onDisk, 20000)) << "kept while it runs, not only when it is closed";
        r.theme.setDark(true);
        r.window.arrange(named("Allocation"));
        r.window.close();
    }
    Running r(MainWindow::Memory::settings);
    ASSERT_TRUE(r.window.reopenSession());
    ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest(); }, 60000));
    EXPECT_EQ(r.bridge.latest()->at, 100u);
    EXPECT_EQ(r.bridge.latest()->machine->name, "pc-512m");
    EXPECT_EQ(r.state.selection().frames, (PfnRange{0x1000, 0x1010}));
    EXPECT_EQ(r.state.zoom(), (PhysRange{0, 64 * MiB}));
    EXPECT_EQ(r.window.panels().preset().name, "Allocation");
    EXPECT_FALSE(r.isShown("layout"));
}

TEST_F(LayoutsTest, WithoutASessionThereIsNothingToReopen) {
    Running r(MainWindow::Memory::settings);
    EXPECT_FALSE(r.window.reopenSession());
    QSettings().setValue("session/file", folder.path() + "/gone.txt");
    EXPECT_FALSE(r.window.reopenSession());
}

TEST_F(LayoutsTest, ADroppedCaptureFolderIsOpened) {
    Running r(MainWindow::Memory::none);
    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(QFileInfo(pc).absoluteFilePath())});
    QDragEnterEvent enters({100, 100}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&r.window, &enters);
    EXPECT_TRUE(enters.isAccepted());
    QDropEvent event({100, 100}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&r.window, &event);
    ASSERT_TRUE(r.settled());
    EXPECT_EQ(r.bridge.latest()->machine->name, "pc-512m");
}

}  // namespace
}  // namespace mm::gui
