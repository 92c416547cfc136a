// SPDX-License-Identifier: GPL-3.0-or-later
// Undo and redo in the menu, sessions as files, and what is kept by itself. Waits are for conditions.
#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>

#include "engine/session/session_file.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/time_slider.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

/// A place for settings and for what is kept, known before there is an application.
struct WithHome {
    WithHome() {
        for (const char* variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"})
            qputenv(variable, folder.path().toUtf8());
    }
    QTemporaryDir folder;
};

/// A window with its bridge, as a start of the program makes them.
struct Program {
    explicit Program(MainWindow::Memory memory) : window(theme, state, bridge, memory) {
        window.resize(1280, 800);
        window.show();
    }
    bool settle() {
        return waitFor([this] { return bridge.settled() && bridge.latest(); });
    }
    void ask(const Request& request) {
        bridge.post(request);
        ASSERT_TRUE(settle());
    }
    QAction* action(const QString& text) {
        for (QAction* action : window.actions())
            if (action->text() == text) return action;
        return nullptr;
    }
    std::uint64_t hash() const { return state_hash(bridge.latest()->state, bridge.latest()->pages); }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window;
};

class SessionWindowTest : public testing::Test, protected WithHome, protected WithApplication {
protected:
    SessionWindowTest() {
        QCoreApplication::setOrganizationName("mmscope");
        QCoreApplication::setApplicationName("mmscope");
    }
    const QString pc512m = QStringLiteral(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
};

TEST_F(SessionWindowTest, TheMenuNamesWhatIsTakenBackAndDoneAgain) {
    Program program(MainWindow::Memory::none);
    program.window.openFile(pc512m);
    ASSERT_TRUE(program.settle());
    const std::uint64_t booted = program.hash();
    const Position bootEnd = program.bridge.latest()->total;
    EXPECT_FALSE(program.action("Undo")->isEnabled());
    program.ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 3, .nid = 0, .cpu = 0}});
    const std::uint64_t allocated = program.hash();
    program.state.notes().add({program.bridge.latest()->total, {}, "behind it"});
    ASSERT_TRUE(program.action("Undo alloc_pages order 3"));
    program.action("Undo alloc_pages order 3")->trigger();
    ASSERT_TRUE(program.settle());
    EXPECT_EQ(program.hash(), booted);
    EXPECT_EQ(program.bridge.latest()->total, bootEnd);
    EXPECT_EQ(program.window.slider().total(), bootEnd) << "the axis follows";
    EXPECT_EQ(program.state.notes().all().size(), 1u) << "a note of what was taken back waits";
    EXPECT_FALSE(program.action("Undo")->isEnabled());
    ASSERT_TRUE(program.action("Redo alloc_pages order 3"));
    program.action("Redo alloc_pages order 3")->trigger();
    ASSERT_TRUE(program.settle());
    EXPECT_EQ(program.hash(), allocated);
    EXPECT_FALSE(program.action("Redo")->isEnabled());
}

TEST_F(SessionWindowTest, AWorkloadIsTakenBackAsOne) {
    Program program(MainWindow::Memory::none);
    program.window.openFile(pc512m);
    ASSERT_TRUE(program.settle());
    const std::uint64_t booted = program.hash();
    StartWorkload workload;
    workload.commands = 2000;
    workload.commandsPerSecond = 0;
    program.ask(workload);
    EXPECT_NE(program.hash(), booted);
    ASSERT_TRUE(program.action("Undo workload, seed 7"));
    program.action("Undo workload, seed 7")->trigger();
    ASSERT_TRUE(program.settle());
    EXPECT_EQ(program.hash(), booted);
}

//      one program saves, another one opens the file
TEST_F(SessionWindowTest, ASavedSessionIsThereAgainWithNotesAndUndo) {
    const QString path = folder.filePath("mine.mms");
    Program first(MainWindow::Memory::none);
    first.window.openFile(pc512m);
    ASSERT_TRUE(first.settle());
    first.ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 5, .nid = 0, .cpu = 0}});
    first.state.notes().add({17, {1, 2}, "look here"});
    first.state.select({.frames = {256, 258}, .list = {}, .event = {}});
    first.window.saveSession(path);
    ASSERT_TRUE(first.settle());
    EXPECT_EQ(first.bridge.status().saves, 1u) << first.bridge.status().error.toStdString();

    Program second(MainWindow::Memory::none);
    second.window.openFile(path);
    ASSERT_TRUE(second.settle());
    EXPECT_EQ(second.hash(), first.hash());
    EXPECT_EQ(second.bridge.latest()->at, first.bridge.latest()->at);
    EXPECT_EQ(second.state.notes().all(), first.state.notes().all());
    EXPECT_EQ(second.state.selection().frames, (PfnRange{256, 258}));
    EXPECT_TRUE(second.action("Undo alloc_pages order 5"));
    EXPECT_FALSE(second.window.banner().isVisible());
    second.ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 0, .nid = 0, .cpu = 0}});
    second.action("Save session")->trigger();
    ASSERT_TRUE(second.settle());
    EXPECT_EQ(load_session(path.toStdString())->session.commands.size(), 2u) << "it knows its file";
}

TEST_F(SessionWindowTest, ADamagedSessionSaysWhatIsMissingAndShowsTheRest) {
    const QString path = folder.filePath("mine.mms");
    Program first(MainWindow::Memory::none);
    first.window.openFile(pc512m);
    ASSERT_TRUE(first.settle());
    for (int i = 0; i < 5000; ++i)
        first.bridge.post(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 0, .nid = 0, .cpu = 0}});
    ASSERT_TRUE(first.settle());
    first.window.saveSession(path);
    ASSERT_TRUE(first.settle());
    QFile file(path);
    ASSERT_TRUE(file.resize(file.size() - file.size() / 8));
    Program second(MainWindow::Memory::none);
    second.window.openFile(path);
    ASSERT_TRUE(waitFor([&] { return second.bridge.settled() && second.window.banner().isVisible(); }));
    EXPECT_TRUE(second.window.banner().sentence().contains("mine.mms"))
        << second.window.banner().sentence().toStdString();
    ASSERT_TRUE(second.bridge.latest()) << "the machine and the first thousands of commands are before the end";
    EXPECT_TRUE(second.window.banner().sentence().contains("damaged"));
}

//      what was done a moment ago is on the disk without anybody's asking; the first program never ends by itself
TEST_F(SessionWindowTest, WhatWasDoneIsKeptByItself) {
    Program first(MainWindow::Memory::settings);
    first.window.openFile(pc512m);
    ASSERT_TRUE(first.settle());
    first.ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 4, .nid = 0, .cpu = 0}});
    first.state.notes().add({first.bridge.latest()->at, {}, "kept"});
    const std::string kept = folder.filePath("mmscope/mmscope/kept.mms").toStdString();
    ASSERT_TRUE(waitFor([&] {
        const auto loaded = load_session(kept);
        return loaded && loaded->session.commands.size() == 1 && loaded->session.window.at("notes").size() > 4;
    }));
    Program second(MainWindow::Memory::settings);
    ASSERT_TRUE(second.window.reopenSession());
    ASSERT_TRUE(second.settle());
    EXPECT_EQ(second.hash(), first.hash());
    EXPECT_TRUE(second.action("Undo alloc_pages order 4"));
    ASSERT_EQ(second.state.notes().all().size(), 1u);
    EXPECT_EQ(second.state.notes().all()[0].words, "kept");
}

}  // namespace
}  // namespace mm::gui
