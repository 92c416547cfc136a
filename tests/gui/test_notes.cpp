// SPDX-License-Identifier: GPL-3.0-or-later
// Bookmarks and notes: kept in order, written, gone to, and there again when the machine is opened again.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "gui/views/notes/notes_model.h"
#include "gui/views/notes/notes_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

TEST(NotesTest, AreSortedAndOneAPlace) {
    Notes notes;
    notes.add({20, {}, "later"});
    notes.add({10, {5, 6}, "first"});
    notes.add({20, {}, {}});
    ASSERT_EQ(notes.all().size(), 2u) << "the same moment again is the same bookmark";
    EXPECT_EQ(notes.all()[0].words, "first");
    EXPECT_EQ(notes.all()[1].words, "later") << "a bookmark without words takes none away";
    EXPECT_EQ(notes.next(10, true), 20u);
    EXPECT_EQ(notes.next(20, true), 20u);
    EXPECT_EQ(notes.next(20, false), 10u);
    Notes again;
    again.fromLines(notes.toLines() + QStringList{"no note", "1 2 x"});
    EXPECT_EQ(again.all(), notes.all());
}

class NotesWindowTest : public WithApplication, public testing::Test {
protected:
    NotesWindowTest() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
        QApplication::setOrganizationName("mmscope-test");
        QApplication::setApplicationName("mmscope-test");
    }
    struct Running {
        Running() {
            window.resize(1280, 800);
            window.show();
            window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
            EXPECT_TRUE(settled());
        }
        bool settled() {
            return QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000);
        }
        void run(const QString& words) {
            for (QAction* action : window.actions())
                if (action->text() == words) return action->trigger();
            FAIL() << words.toStdString();
        }
        Theme theme;
        ViewState state;
        Bridge bridge;
        MainWindow window{theme, state, bridge, MainWindow::Memory::settings};
    };
    QTemporaryDir folder;
};

TEST_F(NotesWindowTest, BookmarksLeadBackAndSurviveTheWindow) {
    {
        Running r;
        r.bridge.post(Seek{50});
        ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest()->at == 50; }, 60000));
        r.state.select({.frames = {0x100, 0x110}, .list = {}, .event = {}});
        r.run("Bookmark this moment");
        r.bridge.post(Seek{10});
        ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest()->at == 10; }, 60000));
        r.run("Next bookmark");
        ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest()->at == 50; }, 60000));
        r.state.notes().setWords(0, "here, \u00e4 b");
        // Not closed: what is noted is kept at once.
    }
    Running r;
    ASSERT_EQ(r.state.notes().all().size(), 1u);
    EXPECT_EQ(r.state.notes().all()[0], (Note{50, {0x100, 0x110}, "here, \u00e4 b"}));
}

TEST_F(NotesWindowTest, ALineLeadsToItsPlaceAndDeleteRemovesIt) {
    Running r;
    r.state.notes().add({30, {7, 9}, "a"});
    r.state.notes().add({60, {}, "b"});
    r.window.panels().reveal("notes");
    auto& view = dynamic_cast<NotesView&>(*r.window.panels().view("notes"));
    QAbstractItemModelTester tester(&view.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    auto* list = view.findChild<QAbstractItemView*>();
    Q_EMIT list->activated(view.model().index(0, 0));
    ASSERT_TRUE(QTest::qWaitFor([&] { return r.bridge.settled() && r.bridge.latest()->at == 30; }, 60000));
    EXPECT_EQ(r.state.selection().frames, (PfnRange{7, 9}));
    EXPECT_TRUE(view.model().setData(view.model().index(1, NotesModel::words), "  new  words ", Qt::EditRole));
    EXPECT_EQ(r.state.notes().all()[1].words, "new words");
    list->setFocus();
    list->setCurrentIndex(view.model().index(0, 0));
    QTest::keyClick(list, Qt::Key_Delete);
    ASSERT_EQ(r.state.notes().all().size(), 1u);
    EXPECT_EQ(r.state.notes().all()[0].at, 60u);
}

}  // namespace
}  // namespace mm::gui
