// SPDX-License-Identifier: GPL-3.0-or-later
// The window around the views: keys move in time, a bad file is a banner and no more, the search box and the command
// line answer in words. Waits are for conditions.
#include <gtest/gtest.h>

#include <QApplication>
#include <QKeyEvent>

#include "gui/shell/launch.h"
#include "gui/shell/main_window.h"
#include "gui/shell/options.h"
#include "gui/shell/panels.h"
#include "gui/shell/search.h"
#include "gui/style/theme.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/time_slider.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class ShellTest : public testing::Test {
protected:
    void open() {
        window.resize(1280, 800);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.latest(); }));
    }
    void press(int key, Qt::KeyboardModifiers modifiers = {}) {
        QKeyEvent event(QEvent::KeyPress, key, modifiers);
        QApplication::sendEvent(&window, &event);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    Position at() const { return bridge.latest()->at; }

    int argc = 1;
    char name[5] = "test";
    char* argv[2] = {name, nullptr};
    QApplication app{argc, argv};
    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(ShellTest, PlainKeysStepThroughTime) {
    open();
    press(Qt::Key_Home);
    EXPECT_EQ(at(), 0u);
    press(Qt::Key_Right);
    EXPECT_EQ(at(), 1u);
    press(Qt::Key_Right, Qt::ControlModifier);
    EXPECT_GT(at(), 1u);
    press(Qt::Key_Left, Qt::ControlModifier);
    EXPECT_EQ(at(), 0u);
    press(Qt::Key_End);
    EXPECT_EQ(at(), bridge.latest()->total);
    EXPECT_EQ(window.slider().position(), at()) << "the slider stands where time stands";
}

TEST_F(ShellTest, ABadFileIsABannerAndTheMachineStays) {
    open();
    window.openFile("/nowhere/at/all.log");
    ASSERT_TRUE(waitFor([this] { return window.banner().isVisible(); }));
    EXPECT_TRUE(window.banner().sentence().contains("/nowhere/at/all.log"));
    EXPECT_EQ(bridge.latest()->machine->name, "pc-512m");
    press(Qt::Key_Escape);
    EXPECT_FALSE(window.banner().isVisible());
}

TEST_F(ShellTest, EveryRegisteredViewHasAPanelAndTheThemeCanChange) {
    open();
    for (const ViewInfo& info : allViews())
        EXPECT_NE(window.panels().view(info.id), nullptr) << info.id;
    theme.setDark(true);
    theme.setZoom(1.5);
    EXPECT_FALSE(window.grab().isNull());
    window.panels().resetLayout();
    EXPECT_FALSE(window.grab().isNull());
}

TEST_F(ShellTest, TheSearchBoxFindsFramesAddressesAndStages) {
    open();
    const Snapshot& now = *bridge.latest();
    QString why;
    EXPECT_EQ(std::get<FoundFrame>(findPlace("0x1a8c1000", now, &why)).pfn, 0x1a8c1u);
    EXPECT_EQ(std::get<FoundFrame>(findPlace("pfn 1a8c1", now, &why)).pfn, 0x1a8c1u);
    EXPECT_EQ(std::get<FoundFrame>(findPlace("4096", now, &why)).pfn, 4096u);
    EXPECT_EQ(std::get<FoundStage>(findPlace("sparse", now, &why)).stage, now.history.stage_named("sparse_init"));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(findPlace("no such thing", now, &why)));
    EXPECT_TRUE(why.contains("no such thing"));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(findPlace("0xffffffffffffffff", now, &why)));
}

TEST_F(ShellTest, AnUnknownStageIsAnsweredWithTheNamesThereAre) {
    Options options;
    options.stage = "no_such_stage";
    Launch launch(options, bridge, state);
    QString sentence;
    QObject::connect(&launch, &Launch::failed, &launch, [&](const QString& s) { sentence = s; });
    launch.start();
    ASSERT_TRUE(waitFor([&] { return !sentence.isEmpty(); }));
    EXPECT_TRUE(sentence.contains("e820__memory_setup")) << sentence.toStdString();
}

std::variant<Options, int> parse(std::vector<std::string> words) {
    std::vector<char*> argv;
    words.insert(words.begin(), "mmscope");
    for (std::string& word : words)
        argv.push_back(word.data());
    return parseOptions(static_cast<int>(argv.size()), argv.data());
}

TEST(OptionsTest, GoodOptionsAreTakenAndBadOnesEndWithTwo) {
    const auto good = parse({"--size", "1280x800", "--theme", "dark", "--select", "0x10"});
    ASSERT_TRUE(std::holds_alternative<Options>(good));
    EXPECT_EQ(std::get<Options>(good).size, QSize(1280, 800));
    EXPECT_EQ(std::get<Options>(good).select, 0x10u);
    for (const std::vector<std::string>& bad :
         std::vector<std::vector<std::string>>{{"--size", "big"},
                                               {"--size", "0x0"},
                                               {"--theme", "blue"},
                                               {"--view", "nothing"},
                                               {"--zoom", "99"},
                                               {"--select", "xyz"},
                                               {"--stage", "a", "--position", "1"},
                                               {"--no-such-option"}}) {
        const auto answer = parse(bad);
        ASSERT_TRUE(std::holds_alternative<int>(answer)) << bad.front();
        EXPECT_EQ(std::get<int>(answer), 2) << bad.front();
    }
}

}  // namespace
}  // namespace mm::gui
