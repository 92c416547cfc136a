// SPDX-License-Identifier: GPL-3.0-or-later
// Views as files and text: every format has what it promises, bad names are answered in words.
#include <gtest/gtest.h>

#include <QClipboard>
#include <QFile>
#include <QMenu>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/shell/export.h"
#include "gui/shell/main_window.h"
#include "gui/shell/options.h"
#include "gui/shell/panel_menu.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class ExportTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        window.resize(1280, 800);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
    }
    View& view(const char* id) {
        window.panels().reveal(id);
        QApplication::processEvents();
        return *window.panels().view(id);
    }
    QByteArray saved(const char* id, const QString& fileName) {
        const QString path = folder.filePath(fileName);
        View& shown = view(id);
        EXPECT_EQ(saveView(*window.panels().panel(id), shown, path), QString());
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
        return file.readAll();
    }

    QTemporaryDir folder;
    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(ExportTest, EveryViewIsAPictureInThreeFormats) {
    for (const ViewInfo& info : allViews()) {
        const QString id = QString::fromLatin1(info.id);
        EXPECT_TRUE(saved(info.id, id + ".png").startsWith("\x89PNG")) << info.id;
        EXPECT_TRUE(saved(info.id, id + ".pdf").startsWith("%PDF-")) << info.id;
        QSvgRenderer svg(saved(info.id, id + ".svg"));
        EXPECT_TRUE(svg.isValid()) << info.id;
        EXPECT_EQ(svg.viewBox().size(), window.panels().panel(info.id)->size()) << info.id;
    }
}

TEST_F(ExportTest, TablesAreCsvAndTheKernelsFormatIsTheKernels) {
    const QByteArray csv = saved("zones", "zones.csv");
    EXPECT_TRUE(csv.startsWith("node,zone,order,migratetype,blocks,pages\r\n")) << csv.left(80).toStdString();
    EXPECT_FALSE(QString::fromUtf8(csv).contains(QChar(thinSpace))) << "numbers are for machines";
    EXPECT_EQ(saved("zones", "zones.txt").toStdString(), print_buddyinfo(*bridge.latest()));
    EXPECT_EQ(saved("log", "log.txt").toStdString(), print_dmesg(*bridge.latest()));
    EXPECT_EQ(saved("physmap", "map.txt").toStdString(), print_iomem(*bridge.latest()));
    EXPECT_TRUE(saved("log", "log.csv").startsWith("line\r\n")) << "a list is a table of one column";
    EXPECT_GT(saved("events", "events.csv").count('\n'), 300);
}

TEST_F(ExportTest, AViewThatSaysItHasATableHasOne) {
    state.select({.frames = {0x1000, 0x1001}, .list = {}, .event = {}});
    for (const ViewInfo& info : allViews())
        EXPECT_EQ(view(info.id).hasTable(), !view(info.id).table().empty()) << info.id;
}

TEST_F(ExportTest, WhatCannotBeIsAnsweredInWords) {
    View& heatmap = view("heatmap");
    QWidget& frame = *window.panels().panel("heatmap");
    EXPECT_TRUE(saveView(frame, heatmap, folder.filePath("x.gif")).contains("png, svg, pdf"));
    EXPECT_TRUE(saveView(frame, heatmap, "/nowhere/at/all.png").contains("/nowhere/at/all.png"));
    EXPECT_TRUE(saveView(frame, heatmap, "/nowhere/at/all.svg").contains("could not be written"));
    EXPECT_TRUE(saveView(frame, heatmap, "/nowhere/at/all.pdf").contains("could not be written"));
    EXPECT_TRUE(saveView(frame, view("zones"), "/nowhere/at/all.csv").contains("could not be written"));
}

TEST_F(ExportTest, TheContextMenuCopies) {
    QMenu menu;
    View& zones = view("zones");
    fillPanelMenu(menu, *window.panels().panel("zones"), zones, [](const QString&) {});
    const auto choose = [&menu](const QString& words) {
        for (QAction* action : menu.actions())
            if (action->text() == words) return action->trigger();
        FAIL() << words.toStdString();
    };
    choose("Copy as CSV");
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith("node,zone,order"));
    choose("Copy as /proc/buddyinfo");
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith("Node 0, zone"));
    choose("Copy as text");
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith("node  zone "));
}

std::variant<Options, int> parse(std::vector<std::string> words) {
    std::vector<char*> argv;
    words.insert(words.begin(), "mmscope");
    for (std::string& word : words)
        argv.push_back(word.data());
    return parseOptions(static_cast<int>(argv.size()), argv.data());
}

TEST(ExportOptionsTest, ViewAndFileAreChecked) {
    const auto good = parse({"--export", "zones", "out.csv", "log.txt"});
    ASSERT_TRUE(std::holds_alternative<Options>(good));
    EXPECT_EQ(std::get<Options>(good).view, "zones");
    EXPECT_EQ(std::get<Options>(good).exportFile, "out.csv");
    EXPECT_EQ(std::get<Options>(good).file, "log.txt");
    EXPECT_TRUE(std::get<Options>(good).writes());
    for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
             {"--export", "nothing", "a.png"}, {"--export", "zones", "a.doc"}, {"--export", "zones"}}) {
        const auto answer = parse(bad);
        ASSERT_TRUE(std::holds_alternative<int>(answer)) << bad.back();
        EXPECT_EQ(std::get<int>(answer), 2);
    }
}

}  // namespace
}  // namespace mm::gui
