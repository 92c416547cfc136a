// SPDX-License-Identifier: GPL-3.0-or-later
// The allocation hierarchy: boxes that do not overlap, edges that reach them, the way of what is selected, and where a
// click leads.
#include <gtest/gtest.h>

#include <QTest>

#include "gui/bridge/bridge.h"
#include "gui/views/hierarchy/hierarchy_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class HierarchyTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        view.resize(1200, 700);
        view.show();
        QObject::connect(&view, &View::revealed, [this](const QString& id) { revealed = id; });
        bridge.post(OpenFile{MMSCOPE_SOURCE_DIR "/resources/machines/numa-2n-2g"});
        settle();
    }
    void run(const QString& words) {
        bridge.post(RunCommand{words});
        settle();
    }
    void settle() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
        view.setSnapshot(bridge.latest());
        QApplication::processEvents();
    }
    QStringList way() {
        QStringList boxes;
        for (const PathStep& step : view.canvas().path())
            boxes.push_back(QString::fromStdString(step.box));
        return boxes;
    }
    void click(const QString& box) {
        ASSERT_FALSE(view.canvas().rectOf(box).isEmpty()) << box.toStdString();
        QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, view.canvas().rectOf(box).center().toPoint());
    }

    Theme theme;
    ViewState state;
    Bridge bridge;
    HierarchyView view{ViewContext{theme, state}};
    QString revealed;
};

TEST_F(HierarchyTest, BoxesStandApartAndEdgesGoFromOneToTheOther) {
    const Hierarchy& h = view.canvas().hierarchy();
    for (const double width : {500.0, 1200.0}) {
        const HierarchyLayout layout = HierarchyLayout::fit(h, {width, 600, 12});
        ASSERT_EQ(layout.boxes.size(), h.boxes.size());
        for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
            EXPECT_GE(layout.boxes[i].width(), 60) << h.boxes[i].id;
            EXPECT_LE(layout.boxes[i].right(), width + 1e-6) << h.boxes[i].id;
            for (std::size_t j = 0; j < i; ++j)
                EXPECT_FALSE(layout.boxes[i].intersects(layout.boxes[j])) << h.boxes[i].id << " " << h.boxes[j].id;
        }
        for (std::size_t e = 0; e < layout.edges.size(); ++e) {
            const QRectF from = layout.boxes[h.edges[e].from], to = layout.boxes[h.edges[e].to];
            EXPECT_TRUE(from.adjusted(-1, -1, 1, 1).contains(layout.edges[e].first()));
            EXPECT_TRUE(to.adjusted(-1, -1, 1, 1).contains(layout.edges[e].last()));
            // No edge runs through a box that is not its own.
            for (std::size_t p = 1; p < std::size_t(layout.edges[e].size()); ++p) {
                const QPointF middle = (layout.edges[e][qsizetype(p) - 1] + layout.edges[e][qsizetype(p)]) / 2;
                for (std::size_t i = 0; i < layout.boxes.size(); ++i)
                    EXPECT_FALSE(layout.boxes[i].adjusted(1, 1, -1, -1).contains(middle)) << h.boxes[i].id;
            }
        }
    }
}

TEST_F(HierarchyTest, TheWayOfWhatIsSelectedIsLit) {
    EXPECT_TRUE(way().isEmpty());
    run("kmalloc 100 GFP_KERNEL");
    const PhysAddr object = *bridge.status().answer.object;
    state.select({.frames = {pfn_down(object), pfn_down(object) + 1}, .list = {}, .event = {}, .object = object});
    EXPECT_EQ(way().mid(0, 6), (QStringList{"kmalloc", "size_class", "cache", "cpu_slab", "slab", "page_allocator"}));
    EXPECT_TRUE(view.canvas().path()[4].words.starts_with("object "));
    EXPECT_TRUE(view.contextText().contains("the way of object 0x")) << view.contextText().toStdString();
    state.select({.frames = {0x1000, 0x1001}, .list = {}, .event = {}});
    EXPECT_EQ(way().front(), "memblock");
    state.clearSelection();
    EXPECT_TRUE(way().isEmpty());
    EXPECT_FALSE(view.grab().isNull());
}

TEST_F(HierarchyTest, AClickOrAKeyOpensTheViewThatShowsMore) {
    click("cache");
    EXPECT_EQ(revealed, "slab");
    click("area");
    EXPECT_EQ(revealed, "vmalloc");
    click("zone 1 DMA32");
    EXPECT_EQ(revealed, "zones");
    EXPECT_EQ(state.zone(), (ZoneRef{1, ZoneType::dma32}));
    click("page_allocator");
    EXPECT_EQ(revealed, "buddy");
    click("kmalloc");
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    QTest::keyClick(&view.canvas(), Qt::Key_Down);
    QTest::keyClick(&view.canvas(), Qt::Key_Return);
    EXPECT_EQ(revealed, "vmalloc") << "right of kmem_cache_alloc(), and down to its areas";
    EXPECT_TRUE(view.canvas().accessibleDescription().startsWith("area"));
    EXPECT_EQ(view.table().rows.size(), view.canvas().hierarchy().boxes.size());
}

}  // namespace
}  // namespace mm::gui
