// SPDX-License-Identifier: GPL-3.0-or-later
// The command palette: letters find commands, Enter runs them; and what the search box understands of addresses, the
// log and events.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QTest>

#include "engine/snapshot/pfn_report.h"
#include "gui/models/fuzzy.h"
#include "gui/shell/main_window.h"
#include "gui/shell/palette.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

TEST(FuzzyTest, LettersInOrderMatchAndWordStartsAreBetter) {
    EXPECT_FALSE(fuzzyMatch("xyz", "Step over"));
    EXPECT_FALSE(fuzzyMatch("revo", "Step over")) << "the order counts";
    const auto words = fuzzyMatch("so", "Step over");
    ASSERT_TRUE(words);
    EXPECT_EQ(words->positions, (QVector<int>{0, 5}));
    EXPECT_GT(words->score, fuzzyMatch("so", "absolute")->score) << "two word starts against the middle of one";
    EXPECT_GT(fuzzyMatch("step", "Step back")->score, fuzzyMatch("step", "See the pages")->score);
    EXPECT_EQ(fuzzyMatch("", "anything")->score, 0);
    EXPECT_EQ(fuzzyMatch("S T E P", "step")->positions.size(), 4) << "case and blanks do not count";
}

class PaletteTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        window.resize(1280, 800);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.latest(); }));
    }
    template<class Condition>
    [[nodiscard]] bool waitFor(Condition condition) {
        return QTest::qWaitFor(condition, 60000);
    }
    QString first() const { return window.palette()->model().index(0).data().toString(); }
    void type(const QString& words) { window.palette()->line().setText(words); }
    void enter() {
        QTest::keyClick(&window.palette()->line(), Qt::Key_Return);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    MainWindow& opened() {
        window.openPalette();
        return window;
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    mutable MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(PaletteTest, EveryActionOfTheMenusIsThereAndTheModelIsSound) {
    opened();
    QStringList all;
    auto& model = const_cast<PaletteModel&>(window.palette()->model());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    for (int row = 0; row < model.rowCount(); ++row)
        all.push_back(model.index(row).data().toString());
    for (const char* wanted : {"Step over", "Dark theme: on", "Reset layout", "pc-512m", "Show Page frames", "Quit"})
        EXPECT_TRUE(all.contains(wanted)) << wanted << " is not in\n" << all.join('\n').toStdString();
    type("step");
    type("no such thing at all");
    EXPECT_EQ(model.rowCount(), 0);
    type({});
    EXPECT_EQ(model.rowCount(), all.size());
}

TEST_F(PaletteTest, EnterRunsWhatTheLettersFound) {
    opened();
    type("tostart");
    EXPECT_EQ(first(), "To start");
    enter();
    EXPECT_EQ(bridge.latest()->at, 0u);
    EXPECT_FALSE(window.palette()->isVisible());
    opened();
    type("darkth");
    EXPECT_EQ(first(), "Dark theme: on");
    enter();
    EXPECT_TRUE(theme.dark());
}

TEST_F(PaletteTest, EscapeClosesItAndDoesNothing) {
    opened();
    const Position before = bridge.latest()->at;
    type("tostart");
    QTest::keyClick(&window.palette()->line(), Qt::Key_Escape);
    EXPECT_FALSE(window.palette()->isVisible());
    EXPECT_EQ(bridge.latest()->at, before);
}

TEST_F(PaletteTest, APlaceTypedIsOfferedFirst) {
    opened();
    type("pfn 0x1a8c1");
    EXPECT_TRUE(first().startsWith("Go to pfn 0x1a8c1")) << first().toStdString();
    enter();
    EXPECT_EQ(state.selection().frames, (PfnRange{0x1a8c1, 0x1a8c2}));
    opened();
    type("mem_init");
    EXPECT_EQ(first(), "Go to stage mem_init");
}

TEST_F(PaletteTest, VirtualAddressesOfTheDirectMapAndOfAStructPageAreFrames) {
    const Snapshot& now = *bridge.latest();
    QString why;
    // ffff888000000000 + 0x1a8c1000 on a kernel without KASLR
    const auto direct = findPlaces("0xffff88801a8c1000", now, &why);
    ASSERT_EQ(direct.size(), 1u) << why.toStdString();
    EXPECT_EQ(std::get<FoundFrame>(direct[0]).pfn, 0x1a8c1u);
    // ffffea0000000000 + 0x1a8c1 * 64: the struct page; and the frame that holds it
    const auto descriptor = findPlaces("0xffffea00006a3040", now, &why);
    ASSERT_FALSE(descriptor.empty()) << why.toStdString();
    EXPECT_EQ(std::get<FoundFrame>(descriptor[0]).pfn, 0x1a8c1u);
    for (const StructPageAt& at : pfn_report(now, 0x1a8c1).struct_pages) {
        if (at.used) {
            EXPECT_EQ(at.address, 0xffffea00006a3040u);
        }
    }
    EXPECT_TRUE(findPlaces("0xffffc80000000000", now, &why).empty());
    EXPECT_TRUE(why.contains("0xffffc80000000000"));
}

TEST_F(PaletteTest, WordsOfTheLogAndOfEventsAreMoments) {
    const Snapshot& now = *bridge.latest();
    QString why;
    const auto log = findPlaces("Zone ranges", now, &why);
    ASSERT_FALSE(log.empty());
    const auto* moment = std::get_if<FoundMoment>(&log[0]);
    ASSERT_TRUE(moment);
    EXPECT_TRUE(moment->line.contains("Zone ranges"));
    EXPECT_GT(now.history.log_lines_at(moment->at), now.history.log_lines_at(moment->at - 1))
        << "the moment just after the line was printed";
    const auto event = findPlaces("memblock_reserve [mem", now, &why);
    ASSERT_FALSE(event.empty()) << why.toStdString();
    EXPECT_FALSE(std::get<FoundMoment>(event.back()).frames.empty());
}

}  // namespace
}  // namespace mm::gui
