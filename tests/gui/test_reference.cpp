// SPDX-License-Identifier: GPL-3.0-or-later
// Views against pictures that were looked at and found good (tests/gui/reference). After a change that is meant to be
// seen: MMSCOPE_RECORD_PICTURES=1 with this test, and look at every picture it has written before keeping it.
#include <gtest/gtest.h>

#include <QFontDatabase>
#include <QPainter>

#include "gui/bridge/bridge.h"
#include "gui/style/theme.h"
#include "gui/views/heatmap/heatmap_legend.h"
#include "gui/views/registry.h"
#include "tests/gui/picture_difference.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

constexpr const char* folder = MMSCOPE_SOURCE_DIR "/tests/gui/reference/";
constexpr QSize pictureSize{480, 320};

/// Before the application exists: fonts are those packaging/setup installs, whatever else there is.
struct PinnedFonts {
    PinnedFonts() { qputenv("FONTCONFIG_FILE", QByteArray(folder) + "fonts.conf"); }
};

class ReferenceTest : protected PinnedFonts, protected WithApplication, public testing::Test {
protected:
    void SetUp() override {
        if (!QFontDatabase::hasFamily("Noto Sans") || !QFontDatabase::hasFamily("DejaVu Sans Mono"))
            GTEST_SKIP() << "the fonts of packaging/setup are not installed";
        bridge.post(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/numa-2n-2g"});
        ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.latest(); }));
        StartWorkload workload;
        workload.commands = 2000;
        workload.commandsPerSecond = 0;
        bridge.post(workload);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));  // a command would end it
        for (const char* words :
             {"kmalloc 3000 GFP_KERNEL", "vmalloc 70000", "ioremap 0xfed00000 8192", "vmalloc 20000",
              "alloc_percpu 6000", "alloc_percpu 40000", "alloc_task cpu 0", "alloc_task cpu 0", "free_task 1 cpu 0",
              "spawn /bin/sh text 900000 data 40000 bss 9000 cpu 0"})
            bridge.post(RunCommand{words});
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
        ASSERT_EQ(bridge.status().error, "");
        state.select({.frames = {0x4000, 0x4001}, .list = {}, .event = {}});
        theme.applyToApplication();
    }
    std::unique_ptr<View> open(const char* id) {
        std::unique_ptr<View> view(findView(id)->make({theme, state}, nullptr));
        view->resize(pictureSize);
        view->setSnapshot(bridge.latest());
        view->show();
        for (int round = 0; round < 4; ++round)
            QApplication::processEvents();
        return view;
    }
    QImage paint(const char* id) { return pictureOf(*open(id)); }
    static QImage pictureOf(View& view) { return view.grab().toImage().convertToFormat(QImage::Format_RGB32); }

    Theme theme;
    ViewState state;
    Bridge bridge;
};

TEST_F(ReferenceTest, ViewsLookAsTheyDidWhenTheyWereLookedAt) {
    for (const bool dark : {false, true}) {
        theme.setDark(dark);
        theme.applyToApplication();
        for (const char* id : {"heatmap", "physmap", "zones", "buddy", "numa", "page", "slab", "vmalloc", "percpu",
                               "kstack", "processes", "hierarchy", "fragmentation", "layout"}) {
            const QString file = QString("%1-%2.png").arg(id, dark ? "dark" : "light");
            const QImage now = paint(id);
            if (qEnvironmentVariableIsSet("MMSCOPE_RECORD_PICTURES")) {
                ASSERT_TRUE(now.save(folder + file));
                continue;
            }
            const double difference = pictureDifference(QImage(folder + file), now);
            if (difference < differentShare) continue;
            const QString beside = "build/different-" + file;
            ADD_FAILURE() << file.toStdString() << ": " << 100 * difference << " % of it looks different, see "
                          << (now.save(beside) ? beside : QString("nowhere")).toStdString();
        }
    }
}

//      what may happen to a window       Expect: another picture
TEST_F(ReferenceTest, AnotherPaletteALayoutThatMovedAndAMissingLegendAreSeen) {
    const auto heatmap = open("heatmap");
    const QImage good = pictureOf(*heatmap);
    EXPECT_EQ(pictureDifference(good, good), 0);
    EXPECT_GE(pictureDifference(good, good.rgbSwapped()), differentShare) << "red for blue";
    QImage moved(good.size(), good.format());
    moved.fill(theme.tokens().panel);
    QPainter(&moved).drawImage(0, 8, good);
    EXPECT_GE(pictureDifference(good, moved), differentShare) << "everything a grid step lower";
    heatmap->findChild<HeatmapLegend*>()->setVisible(false);
    EXPECT_GE(pictureDifference(good, pictureOf(*heatmap)), differentShare) << "no legend";
    theme.setZoom(1.25);
    EXPECT_GE(pictureDifference(good, paint("heatmap")), differentShare) << "another size of letters";
    theme.setZoom(1);
    theme.setDark(true);
    EXPECT_GE(pictureDifference(good, paint("heatmap")), differentShare) << "the other theme";
}

//      every pixel a little lighter or darker, edges smeared by a quarter of a pixel
//      Expect: the same picture
TEST_F(ReferenceTest, EdgesDrawnOtherwiseAreNotSeen) {
    for (const char* id : {"heatmap", "zones", "page"}) {
        const QImage good = paint(id);
        QImage smeared = good;
        QPainter painter(&smeared);
        painter.setOpacity(0.25);
        painter.drawImage(1, 0, good);
        painter.end();
        unsigned noise = 1;
        for (int y = 0; y < smeared.height(); ++y)
            for (int x = 0; x < smeared.width(); ++x) {
                noise = noise * 1103515245u + 12345u;
                const int by = static_cast<int>(noise >> 16 & 15) - 8;
                const QColor was = smeared.pixelColor(x, y);
                const auto shifted = [by](int channel) { return std::clamp(channel + by, 0, 255); };
                smeared.setPixelColor(x, y, QColor(shifted(was.red()), shifted(was.green()), shifted(was.blue())));
            }
        EXPECT_NE(good, smeared);
        EXPECT_LT(pictureDifference(good, smeared), differentShare) << id;
    }
}

}  // namespace
}  // namespace mm::gui
