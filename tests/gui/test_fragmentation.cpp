// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmentation over time: the figures are the kernel's, of the zone chosen; a click leads to a moment.
#include <gtest/gtest.h>

#include <QTest>

#include "engine/page_alloc/page_allocator.h"
#include "gui/bridge/bridge.h"
#include "gui/views/fragmentation/fragmentation_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

/// One free block of order 2 and four of order 0:  [####] [#] [#] [#] [#]
Sample piecesOf(ZoneRef zone, Position at) {
    ZoneSample counts{zone, {}};
    counts.free_blocks[0] = 4;
    counts.free_blocks[2] = 1;
    Sample sample;
    sample.at = at;
    sample.zones = std::make_shared<const std::vector<ZoneSample>>(1, counts);
    return sample;
}

TEST(FragSeriesTest, FiguresAreThoseOfTheKernel) {
    const ZoneRef normal{0, ZoneType::normal};
    const auto series = fragSeries({piecesOf(normal, 10), piecesOf({1, ZoneType::normal}, 20)}, normal, 11);
    ASSERT_EQ(series.size(), 1u) << "the other sample is of another zone";
    const FragPoint& p = series[0];
    EXPECT_EQ(p.unusable[0], 0);
    EXPECT_EQ(p.unusable[1], 500) << "four of eight pages are single";
    EXPECT_EQ(p.unusable[3], 1000);
    EXPECT_EQ(p.extfrag[2], -1000) << "it would be served";
    // 8 free pages in 5 blocks, wanted 8: 1000 - (1000 + 8 * 1000 / 8) / 5
    EXPECT_EQ(p.extfrag[3], 600);
    EXPECT_EQ(p.largest, 2);
    EXPECT_EQ(pointAt(series, 9), nullptr);
    EXPECT_EQ(pointAt(series, 11), &p);
}

class FragmentationTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        QObject::connect(&view, &View::requested, &view, [this](const Request& r) { asked = r; });
        view.resize(600, 420);
        view.show();
        bridge.post(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m"});
        StartWorkload workload;
        workload.commands = 5000;
        workload.commandsPerSecond = 0;
        bridge.post(workload);
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
    }
    Theme theme;
    ViewState state;
    Bridge bridge;
    FragmentationView view{ViewContext{theme, state}};
    std::optional<Request> asked;
};

TEST_F(FragmentationTest, ARunHasASeriesAndItsEndIsTheStateOfNow) {
    const SnapshotPtr now = bridge.latest();
    view.setSnapshot(now);
    const auto& series = view.canvas().series();
    ASSERT_GT(series.size(), 10u);
    const ZoneRef largest = largestZone(now);
    const Zone& zone = *now->state.zones.zone(largest.nid, largest.type);
    const FragPoint* last = pointAt(series, now->at);
    ASSERT_TRUE(last);
    EXPECT_NEAR(last->unusable[9], int(unusable_free_index(zone, 9, 11)), 20) << "the last sample is not long ago";
    EXPECT_TRUE(view.contextText().contains("order"));
    EXPECT_TRUE(view.procText().startsWith("Node 0, zone      DMA 0.000 ")) << view.procText().toStdString();
    EXPECT_FALSE(view.grab().isNull());
}

TEST_F(FragmentationTest, AClickLeadsToAMomentAndAnotherZoneHasItsOwnSeries) {
    view.setSnapshot(bridge.latest());
    const QRectF area = view.canvas().area(FragCanvas::Map::unusable);
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, area.center().toPoint());
    ASSERT_TRUE(asked);
    const double middle = double(bridge.latest()->total) / 2;
    EXPECT_NEAR(double(std::get<Seek>(*asked).to), middle, middle / 50);
    const int before = view.canvas().series().back().unusable[9];
    state.setZone(ZoneRef{0, ZoneType::dma});
    EXPECT_NE(view.canvas().series().back().unusable[10], -1);
    EXPECT_NE(before, view.canvas().series().back().unusable[9]) << "zone DMA is in other pieces than DMA32";
}

}  // namespace
}  // namespace mm::gui
