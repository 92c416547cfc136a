// SPDX-License-Identifier: GPL-3.0-or-later
// NUMA: distances, nodes and zonelists of a machine with two nodes; clicks select them everywhere.
#include <gtest/gtest.h>

#include <QTest>

#include "gui/bridge/bridge.h"
#include "gui/views/numa/numa_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

/// The bundled machine of two nodes with 1 GiB each.
class NumaTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        bridge.post(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/numa-2n-2g"});
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
        view.resize(600, 420);
        view.show();
    }
    std::vector<NumaCanvas::Part> parts(NumaCanvas::Part::Kind kind) {
        std::vector<NumaCanvas::Part> result;
        for (const NumaCanvas::Part& part : view.canvas().parts())
            if (part.kind == kind) result.push_back(part);
        return result;
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    NumaView view{ViewContext{theme, state}};
};

TEST_F(NumaTest, TwoNodesHaveFourDistancesAndTheirOwnZonesFirst) {
    view.setSnapshot(bridge.latest());
    EXPECT_EQ(view.contextText(), "2 nodes");
    EXPECT_EQ(parts(NumaCanvas::Part::Kind::distance).size(), 4u);
    EXPECT_EQ(parts(NumaCanvas::Part::Kind::node).size(), 2u);
    EXPECT_EQ(nodeDistance(*bridge.latest(), 0, 0), 10u);
    EXPECT_GT(nodeDistance(*bridge.latest(), 0, 1), 10u);
    const auto zones = parts(NumaCanvas::Part::Kind::zone);
    ASSERT_FALSE(zones.empty());
    for (std::size_t i = 0; i < zones.size(); ++i)
        if (i == 0 || zones[i - 1].nid != zones[i].nid) {
            EXPECT_EQ(zones[i].zone.nid, zones[i].nid) << "a zonelist begins at home";
        }
    EXPECT_EQ(view.procText().split('\n', Qt::SkipEmptyParts).size(), 2);
    EXPECT_FALSE(view.grab().isNull());
}

TEST_F(NumaTest, AClickOnAZoneSelectsItsFramesAndMakesItTheZoneShown) {
    view.setSnapshot(bridge.latest());
    const NumaCanvas::Part zone = parts(NumaCanvas::Part::Kind::zone).back();
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, zone.at.center().toPoint());
    EXPECT_EQ(state.zone(), zone.zone);
    const Zone* real = bridge.latest()->state.zones.zone(zone.zone.nid, zone.zone.type);
    EXPECT_EQ(state.selection().frames, real->span());
    // By keys from there: back to the first part, which is a distance and selects nothing.
    for (std::size_t i = 0; i < view.canvas().parts().size(); ++i)
        QTest::keyClick(&view.canvas(), Qt::Key_Left);
    EXPECT_TRUE(view.canvas().accessibleDescription().startsWith("From node 0 to node 0"));
}

TEST_F(NumaTest, BeforeThereAreNodesItSaysWhenThereWillBe) {
    bridge.post(Seek{0});
    ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest()->at == 0; }, 60000));
    view.setSnapshot(bridge.latest());
    EXPECT_TRUE(view.canvas().parts().empty());
    EXPECT_FALSE(view.canvas().isVisible());
}

}  // namespace
}  // namespace mm::gui
