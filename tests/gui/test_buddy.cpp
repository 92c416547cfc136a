// SPDX-License-Identifier: GPL-3.0-or-later
// Buddy lists: rows in list order, what a step put on a list is marked, a click selects a block everywhere, and the
// zone chosen in one view is the zone of all.
#include <gtest/gtest.h>

#include <QTest>

#include "engine/page_alloc/page_allocator.h"
#include "gui/views/buddy/buddy_view.h"
#include "gui/views/zones/zones_view.h"
#include "tests/gui/with_application.h"
#include "tests/support/zones.h"

namespace mm::gui {
namespace {

/// 16 MiB in zone DMA32 from pfn 4096, and 8 MiB in zone Normal from pfn 8192, all free in blocks of order 10:
///      4096 [####][####][####][####] 8192 [####][####] 10240
class BuddyTest : public WithApplication, public testing::Test {
protected:
    BuddyTest() {
        Node node;
        node.start_pfn = 4096;
        node.spanned = node.present = 6144;
        node.zones[1] = test::zone_at(ZoneType::dma32, 4096, 4096, 4096);
        node.zones[2] = test::zone_at(ZoneType::normal, 8192, 2048, 2048);
        node.fallback = {{0, ZoneType::normal}, {0, ZoneType::dma32}};
        zones.nodes.push_back(node);
        zones.memory = {{{4096, 8192}, {0, ZoneType::dma32}}, {{8192, 10240}, {0, ZoneType::normal}}};
        zones.pageblock_type.assign(20, static_cast<std::uint8_t>(MigrateType::movable));
        for (Pfn pfn = 4096; pfn < 10240; pfn += 1024)
            allocator.free_pages_core(pfn, 10);
    }
    /// What the window would get now, at the next position.
    SnapshotPtr now() {
        auto s = std::make_shared<Snapshot>();
        s->machine = machine;
        s->profile = &profile;
        s->state.zones = zones;
        s->pages = pages.freeze();
        s->booted = true;
        s->at = ++position;
        return s;
    }
    const BuddyRow& row(unsigned order) {
        for (const BuddyRow& r : view().canvas().rows())
            if (r.order == order) return r;
        throw std::runtime_error("no such row");
    }
    BuddyView& view() {
        if (!m_view) {
            m_view = std::make_unique<BuddyView>(ViewContext{theme, state});
            m_view->resize(500, 320);
            m_view->show();
        }
        return *m_view;
    }

    const KernelProfile& profile = profile_for(Arch::x86_64, {6, 1, 0});
    std::shared_ptr<const Machine> machine = std::make_shared<Machine>();
    Zones zones;
    PageColumns pages{10240};
    AllocStats stats;
    PageAllocator allocator{zones, pages, stats, profile};
    Position position = 0;
    Theme theme;
    ViewState state;
    std::unique_ptr<BuddyView> m_view;
};

TEST_F(BuddyTest, RowsAreTheListsOfTheLargestZoneInTheirOrder) {
    view().setSnapshot(now());
    EXPECT_EQ(view().canvas().rows().size(), 11u) << "eleven orders, movable only";
    // Freed at boot to the tail: the first is the head.
    EXPECT_EQ(row(10).heads, (std::vector<Pfn>{4096, 5120, 6144, 7168}));
    EXPECT_EQ(row(9).blocks, 0u);
    EXPECT_TRUE(view().contextText().startsWith("4 blocks"));
}

TEST_F(BuddyTest, WhatASplitPutOnTheListsIsMarked) {
    view().setSnapshot(now());
    // Order 8 out of the head block 4096: 4096..4351 taken, the rest is split into an order 8 and an order 9.
    ASSERT_TRUE(allocator.alloc_pages({.gfp = gfp::GFP_DMA32 | gfp::movable, .order = 8}));
    view().setSnapshot(now());
    ASSERT_EQ(row(8).heads.size(), 1u);
    ASSERT_EQ(row(9).heads.size(), 1u);
    EXPECT_TRUE(row(8).fresh[0]);
    EXPECT_TRUE(row(9).fresh[0]);
    EXPECT_EQ(row(10).heads.size(), 3u);
    EXPECT_EQ(std::count(row(10).fresh.begin(), row(10).fresh.end(), true), 0) << "the others were there before";
    EXPECT_FALSE(view().grab().isNull());
}

TEST_F(BuddyTest, AClickSelectsTheBlockAndKeysWalkTheLists) {
    view().setSnapshot(now());
    BuddyCanvas& canvas = view().canvas();
    const QRectF second = canvas.box({10, 1});
    ASSERT_FALSE(second.isEmpty());
    QTest::mouseClick(&canvas, Qt::LeftButton, {}, second.center().toPoint());
    EXPECT_EQ(state.selection().frames, (PfnRange{5120, 6144}));
    EXPECT_EQ(state.selection().list, (ListRef{0, ZoneType::dma32, 10, MigrateType::movable}));
    QTest::keyClick(&canvas, Qt::Key_Right);
    EXPECT_TRUE(canvas.accessibleDescription().contains("0x1800")) << canvas.accessibleDescription().toStdString();
    QTest::keyClick(&canvas, Qt::Key_Return);
    EXPECT_EQ(state.selection().frames, (PfnRange{6144, 7168}));
}

TEST_F(BuddyTest, TheZoneChosenInOneViewIsTheZoneOfAll) {
    ZonesView other(ViewContext{theme, state});
    const SnapshotPtr snapshot = now();
    other.setSnapshot(snapshot);
    view().setSnapshot(snapshot);
    EXPECT_EQ(other.currentZone(), (ZoneRef{0, ZoneType::dma32}));
    state.setZone(ZoneRef{0, ZoneType::normal});
    EXPECT_EQ(other.currentZone(), (ZoneRef{0, ZoneType::normal}));
    EXPECT_EQ(row(10).heads, (std::vector<Pfn>{8192, 9216}));
    // A list chosen elsewhere brings its zone.
    state.select({{4096, 5120}, ListRef{0, ZoneType::dma32, 10, MigrateType::movable}, {}});
    EXPECT_EQ(row(10).heads.size(), 4u);
    EXPECT_EQ(view().table().rows.size(), 4u);
}

}  // namespace
}  // namespace mm::gui
