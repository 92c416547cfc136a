// SPDX-License-Identifier: GPL-3.0-or-later
// What the past of a machine may take in memory: the dialog shows it part by part, sets it, and the engine keeps to it.
#include <gtest/gtest.h>

#include <QSpinBox>
#include <QTest>

#include "gui/shell/history_dialog.h"
#include "gui/shell/main_window.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class HistoryDialogTest : public testing::Test, protected WithApplication {
protected:
    void SetUp() override {
        ask(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m"});
        ASSERT_TRUE(bridge.latest());
    }
    void ask(const Request& request) {
        bridge.post(request);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    HistorySize past() {
        ask(AskHistory{});
        return bridge.answers().history->size.value();
    }
    HistoryDialog* openDialog() {
        for (QAction* action : window.findChildren<QAction*>())
            if (action->text() == "Memory for the past…") action->trigger();
        auto* dialog = window.findChild<HistoryDialog*>();
        EXPECT_TRUE(dialog && waitFor([&] { return dialog->budget().isEnabled(); }));
        return dialog;
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

//      Edit > Memory for the past…      Expect: 1 to 8 GiB; what is typed is what the engine keeps to; Cancel changes
//      nothing
TEST_F(HistoryDialogTest, WhatIsTypedIsWhatTheEngineKeepsTo) {
    HistoryDialog* dialog = openDialog();
    ASSERT_TRUE(dialog);
    EXPECT_GE(dialog->budget().value(), 1024);
    EXPECT_LE(dialog->budget().value(), 8192);
    EXPECT_EQ(Bytes(dialog->budget().value()), bridge.answers().history->budget / MiB);
    dialog->budget().setValue(300);
    QTest::keyClick(&dialog->budget(), Qt::Key_Return);
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.answers().history->budget == 300 * MiB; }));

    HistoryDialog* again = openDialog();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->budget().value(), 300);
    again->budget().setValue(20);
    again->reject();
    ask(AskHistory{});
    EXPECT_EQ(bridge.answers().history->budget, 300 * MiB);
}

//      database, 60000 commands: more than 16 MiB of past      Expect: with 16 MiB it takes less, and all parts keep to
//      theirs
TEST_F(HistoryDialogTest, ASmallBudgetShrinksThePast) {
    StartWorkload workload;
    workload.story = "database";
    workload.commands = 60000;
    workload.commandsPerSecond = 0;
    ask(workload);
    const HistorySize before = past();
    ASSERT_GT(before.total(), least_history_budget);
    const Position at = bridge.latest()->at;
    ask(SetHistoryBudget{0});  // as little as there is
    EXPECT_EQ(bridge.answers().history->budget, least_history_budget);
    const HistorySize after = past();
    const HistoryShares shares(least_history_budget);
    EXPECT_LE(after.records, shares.records);
    EXPECT_LE(after.undo, shares.undo);
    EXPECT_LT(after.total(), before.total());
    EXPECT_EQ(bridge.latest()->at, at);
    // And one still goes back.
    const std::uint64_t now = state_hash(bridge.latest()->state, bridge.latest()->pages);
    ask(Seek{at / 2});
    EXPECT_EQ(bridge.latest()->at, at / 2);
    ask(Seek{at});
    EXPECT_EQ(state_hash(bridge.latest()->state, bridge.latest()->pages), now);
}

//      a budget for one machine      Expect: the next one that is opened keeps to it, too
TEST_F(HistoryDialogTest, TheBudgetOutlivesTheMachine) {
    ask(SetHistoryBudget{64 * MiB});
    ask(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/numa-2n-2g"});
    ask(AskHistory{});
    EXPECT_EQ(bridge.answers().history->budget, 64 * MiB);
}

}  // namespace
}  // namespace mm::gui
