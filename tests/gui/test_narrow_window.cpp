// SPDX-License-Identifier: GPL-3.0-or-later
// What a window of 1280x800 has to hold without cutting it, and columns that stay apart when letters are large.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QSpinBox>
#include <QStyleOptionSpinBox>
#include <QTabBar>
#include <QTableWidget>
#include <QTest>
#include <cmath>
#include <utility>

#include "gui/format/machine_facts.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "gui/views/registry.h"
#include "gui/widgets/elided_label.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class NarrowWindowTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        theme.applyToApplication();
        window.resize(1280, 800);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.latest(); }));
        for (int round = 0; round < 4; ++round)
            QApplication::processEvents();
    }
    /// The words beside the tabs among which that one is.
    ElidedLabel* besideTab(const QString& title) {
        for (QTabBar* bar : window.panels().findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
            for (int i = 0; i < bar->count(); ++i)
                if (bar->tabText(i) == title) return bar->findChild<ElidedLabel*>("context");
        return nullptr;
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

TEST_F(NarrowWindowTest, TheMachinesFactsAreWhole) {
    const QString facts = machineFacts(*bridge.latest()->machine, bridge.latest()->profile);
    const QLabel* shown = nullptr;
    for (const QLabel* label : window.findChildren<QLabel*>())
        if (label->text() == facts) shown = label;
    ASSERT_NE(shown, nullptr);
    EXPECT_GE(shown->contentsRect().width(), shown->fontMetrics().horizontalAdvance(facts)) << facts.toStdString();
}

TEST_F(NarrowWindowTest, TheWeightsOfAWorkloadAreWhole) {
    window.panels().reveal("experiment");
    ASSERT_TRUE(waitFor([this] { return window.panels().view("experiment")->isVisible(); }));
    for (QSpinBox* box : window.panels().view("experiment")->findChildren<QSpinBox*>()) {
        if (!box->property("plain").toBool()) continue;
        box->setValue(100);
        QStyleOptionSpinBox option;
        option.initFrom(box);
        option.buttonSymbols = box->buttonSymbols();
        option.frame = true;
        const QRect room = box->style()->subControlRect(QStyle::CC_SpinBox, &option, QStyle::SC_SpinBoxEditField, box);
        EXPECT_GE(room.width(), box->fontMetrics().horizontalAdvance(box->text())) << box->text().toStdString();
    }
}

TEST_F(NarrowWindowTest, WhatAPanelShowsIsSaidBesideItsTabAndItsLineIsLow) {
    window.panels().resetLayout();  // the comparison with the real log is closed
    ElidedLabel* words = besideTab("Page frames");
    ASSERT_NE(words, nullptr);
    EXPECT_TRUE(waitFor([&] { return words->text().startsWith("one cell = "); }, 5000)) << words->text().toStdString();
    EXPECT_TRUE(words->isVisible());
    QDockWidget* heatmap = window.panels().panel("heatmap");
    EXPECT_LE(heatmap->titleBarWidget()->height(), theme.px(12));
    EXPECT_EQ(besideTab("struct page")->text(), "") << "it has tabs of its own, and a line for them";
    // The words are of the tab in front: those of the group that the view is a tab of.
    window.panels().reveal("walk");
    EXPECT_TRUE(waitFor([&] { return words->text() == window.panels().view("walk")->contextText(); }, 5000))
        << words->text().toStdString();
    window.panels().reveal("numa");
    const ElidedLabel* beside = besideTab(window.panels().panel("numa")->windowTitle());
    ASSERT_NE(beside, nullptr);
    EXPECT_TRUE(waitFor([&] { return beside->text().startsWith("1 node"); }, 5000)) << beside->text().toStdString();
    heatmap->setFloating(true);
    EXPECT_TRUE(waitFor([&] { return heatmap->titleBarWidget()->height() > theme.px(20); }, 5000))
        << "no tab: a line again";
}

/// Counts what widgets do when they are laid out anew.
class LayoutCounter : public QObject {
public:
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize;
        return false;
    }
};

TEST_F(NarrowWindowTest, EveryPresetComesToRest) {
    LayoutCounter counter;
    app.installEventFilter(&counter);
    for (const Preset& preset : presets()) {
        window.panels().arrange(preset);
        int quiet = 0;  // turns of the event loop, one after the other, in which nothing was laid out
        EXPECT_TRUE(waitFor(
            [&] {
                quiet = std::exchange(counter.count, 0) == 0 ? quiet + 1 : 0;
                return quiet >= 20;
            },
            20000))
            << preset.name.toStdString();
    }
}

//      width of 1280                        Expect: each column and the strip as wide and high as the preset says
TEST_F(NarrowWindowTest, TheFirstPresetHasItsProportions) {
    Panels& panels = window.panels();
    panels.resetLayout();
    const Preset& preset = panels.preset();
    for (const Preset::Column& column : preset.columns) {
        const auto share = [&] { return panels.panel(column.cells[0].tabs[0])->width() / double(panels.width()); };
        EXPECT_TRUE(waitFor([&] { return std::abs(share() - column.share) < 0.02; }, 5000))
            << column.cells[0].tabs[0].toStdString() << " " << share() << ", expected " << column.share;
    }
    const double strip = panels.panel(preset.strip[0])->height() / double(panels.height());
    EXPECT_LT(strip, preset.stripShare + 0.03);
}

TEST_F(NarrowWindowTest, TheMapsControlsAreWholeWhereItsLegendIsShort) {
    std::unique_ptr<View> view(findView("heatmap")->make({theme, state}, nullptr));
    view->resize(420, 300);
    view->setSnapshot(bridge.latest());
    view->show();
    for (int round = 0; round < 4; ++round)
        QApplication::processEvents();
    for (const QComboBox* box : view->findChildren<QComboBox*>()) {
        if (!box->isVisible()) continue;
        QStyleOptionComboBox option;
        option.initFrom(box);
        const QRect room =
            box->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box);
        EXPECT_GE(room.width(), box->fontMetrics().horizontalAdvance(box->currentText()))
            << box->currentText().toStdString();
    }
}

//      at A     now      Expect: half a letter's height and more between the numbers, at every size of letters
TEST_F(NarrowWindowTest, NumbersOfTwoMomentsStayApart) {
    state.setMark(bridge.latest());
    for (const double zoom : {1.0, 2.6}) {
        theme.setZoom(zoom);
        theme.applyToApplication();
        std::unique_ptr<View> view(findView("compare-moments")->make({theme, state}, nullptr));
        view->resize(theme.px(1400), theme.px(800));
        view->setSnapshot(bridge.latest());
        view->show();
        QApplication::processEvents();
        const auto* table = view->findChild<QTableWidget*>();
        ASSERT_GT(table->rowCount(), 0);
        for (int row = 0; row < table->rowCount(); ++row)
            for (int column = 1; column < table->columnCount(); ++column) {
                const int words = table->fontMetrics().horizontalAdvance(table->item(row, column)->text());
                EXPECT_GE(table->columnWidth(column) - words, table->fontMetrics().height() / 2);
            }
        EXPECT_LT(table->columnWidth(0), view->width() / 2) << "names and numbers near each other";
    }
}

}  // namespace
}  // namespace mm::gui
