// SPDX-License-Identifier: GPL-3.0-or-later
// Branches of a machine's history in the window: begun by a key, chosen in a menu, compared with, kept in the session.
#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <algorithm>

#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class BranchesTest : public testing::Test, protected WithApplication {
protected:
    void SetUp() override {
        theme.applyToApplication();
        window.resize(1280, 800);
        window.show();
        ask(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m"});
        ASSERT_TRUE(bridge.latest());
    }
    void ask(const Request& request) {
        bridge.post(request);
        settle();
    }
    void settle() {
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    void allocate(Order order) { ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = order, .nid = 0, .cpu = 0}}); }
    QToolButton* row() {
        for (QToolButton* button : window.findChildren<QToolButton*>())
            if (button->accessibleName() == "Branch of the history") return button;
        return nullptr;
    }
    /// The menu of the row under the time axis, as it is when it opens.
    QMenu* menu() {
        QMenu* menu = row()->menu();
        Q_EMIT menu->aboutToShow();
        return menu;
    }
    static QAction* in(const QMenu* menu, const QString& text) {
        for (QAction* action : menu->actions())
            if (action->text() == text) return action;
        return nullptr;
    }
    QString current() const {
        for (const BranchRow& branch : bridge.status().branches)
            if (branch.current) return branch.name;
        return {};
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

//      main: 3 | 4      back to 3, Ctrl+B, 5      Expect: a row that names the branch; the menu leads back to 4
TEST_F(BranchesTest, ABranchBeginsByAKeyAndTheMenuLeadsBack) {
    ASSERT_NE(row(), nullptr);
    EXPECT_TRUE(row()->isVisible());
    EXPECT_EQ(row()->text(), "main \u25be");
    allocate(3);
    const Position after3 = bridge.latest()->at;
    allocate(4);
    const Position after4 = bridge.latest()->total;
    const std::uint64_t end = state_hash(bridge.latest()->state, bridge.latest()->pages);
    ask(Seek{after3});
    QTest::keyClick(&window, Qt::Key_B, Qt::ControlModifier);
    settle();
    EXPECT_EQ(current(), "branch 2");
    ASSERT_TRUE(waitFor([this] { return row()->text() == "branch 2 \u25be"; }, 5000));
    EXPECT_EQ(bridge.latest()->total, after3);
    allocate(5);
    QAction* main = in(menu(), "main");
    ASSERT_NE(main, nullptr);
    EXPECT_FALSE(main->isChecked());
    EXPECT_TRUE(main->toolTip().contains("the first 1 of them")) << main->toolTip().toStdString();
    main->trigger();
    settle();
    EXPECT_EQ(current(), "main");
    EXPECT_EQ(bridge.latest()->total, after4);
    ask(Seek{after4});
    EXPECT_EQ(state_hash(bridge.latest()->state, bridge.latest()->pages), end);
    EXPECT_EQ(bridge.status().undo, "alloc_pages order 4");
}

//      main: 3      branch 2: 3 6      Expect: A is main's end, no moment of this axis; the numbers say what differs
TEST_F(BranchesTest, NowIsComparedWithHowAnotherBranchEnds) {
    allocate(3);
    ask(BeginBranch{"what if"});
    allocate(6);
    const Position at = bridge.latest()->at;
    QAction* compare = in(menu(), "Compare with branch…");
    ASSERT_NE(compare, nullptr);
    QAction* main = in(compare->menu(), "main");
    ASSERT_NE(main, nullptr);
    EXPECT_EQ(in(compare->menu(), "what if"), nullptr) << "not with itself";
    main->trigger();
    settle();
    ASSERT_TRUE(waitFor([this] { return state.mark() != nullptr; }, 5000));
    EXPECT_EQ(state.markName(), "end of “main”");
    EXPECT_EQ(bridge.latest()->at, at) << "one stays where one is";
    EXPECT_LT(state.mark()->total, bridge.latest()->total);
    const View* moments = window.panels().view("compare-moments");
    ASSERT_TRUE(waitFor([&] { return moments->contextText().startsWith("A: end of “main”"); }, 5000));
    EXPECT_FALSE(moments->table().empty());
    for (const QAction* action : window.actions())
        if (action->text() == "Go to A") {
            EXPECT_FALSE(action->isEnabled()) << "A stands on another axis";
        }
}

TEST_F(BranchesTest, RenamedDroppedAndRefusedInWords) {
    ask(BeginBranch{"what if"});
    ask(RenameBranch{"what if", "what then"});
    EXPECT_EQ(current(), "what then");
    ask(DropBranch{"what then"});
    EXPECT_TRUE(bridge.status().error.contains("go to another one")) << bridge.status().error.toStdString();
    ask(BeginBranch{"main"});
    EXPECT_TRUE(bridge.status().error.contains("already")) << bridge.status().error.toStdString();
    in(in(menu(), "Drop")->menu(), "main")->trigger();
    settle();
    EXPECT_EQ(bridge.status().branches.size(), 1u);
}

TEST_F(BranchesTest, ASessionBringsThemBack) {
    QTemporaryDir folder;
    allocate(2);
    ask(BeginBranch{"what if"});
    allocate(7);
    const QString path = folder.filePath("one.mms");
    ask(SaveSession{path, {}});
    const auto before = bridge.status().branches;
    ask(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/numa-2n-2g"});
    EXPECT_EQ(bridge.status().branches.size(), 1u);
    ask(OpenFile{path});
    const auto byName = [](std::vector<BranchRow> rows) {  // the current one is the first to be there
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return rows;
    };
    EXPECT_EQ(byName(bridge.status().branches), byName(before));
    EXPECT_EQ(current(), "what if");
}

//      main: a long run      here: its beginning      going there is given up: one is here still, and can go after all
TEST_F(BranchesTest, AWayThatTakesLongIsGivenUp) {
    StartWorkload workload;
    workload.commandsPerSecond = 0;
    workload.commands = 200000;
    bridge.post(workload);
    ASSERT_TRUE(waitFor([this] { return bridge.status().workload; }));
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && !bridge.status().workload; }));
    const Position longEnd = bridge.latest()->total;
    ask(Seek{bridge.latest()->history.spans()[0].last});
    ask(BeginBranch{"here"});
    const SnapshotPtr before = bridge.latest();
    bridge.post(SwitchBranch{"main"});
    ASSERT_TRUE(waitFor([this] { return bridge.status().task.startsWith("Going to branch") || bridge.settled(); }));
    bridge.cancel();
    settle();
    EXPECT_TRUE(bridge.status().notice.endsWith("was cancelled")) << bridge.status().notice.toStdString();
    EXPECT_EQ(current(), "here");
    EXPECT_EQ(bridge.latest()->total, before->total);
    EXPECT_EQ(state_hash(bridge.latest()->state, bridge.latest()->pages), state_hash(before->state, before->pages));
    ask(SwitchBranch{"main"});
    EXPECT_EQ(current(), "main");
    EXPECT_EQ(bridge.latest()->total, longEnd);
}

}  // namespace
}  // namespace mm::gui
