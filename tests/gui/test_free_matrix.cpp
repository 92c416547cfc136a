// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gui/models/free_matrix.h"
#include "tests/support/zones.h"

namespace mm::gui {
namespace {

Zone zoneWith(unsigned order, MigrateType type, NrPages blocks) {
    Zone zone = test::zone_at(ZoneType::dma32, 0, 4096, 4000);
    zone.nid = 1;
    zone.managed = 3000;
    zone.free_pages = 1000;
    zone.free_area[order].free_list[static_cast<std::size_t>(type)].blocks = blocks;
    return zone;
}

TEST(FreeMatrix, CountsBlocksPagesAndShares) {
    Zone zone = zoneWith(3, MigrateType::movable, 3);
    zone.free_area[3].free_list[0].blocks = 1;
    const FreeMatrix m = freeMatrix(zone, 11, nullptr);
    EXPECT_EQ(m.cells.size(), 44u);
    EXPECT_EQ(m.at(3, 1).blocks, 3u);
    EXPECT_EQ(m.at(3, 1).pages, 24u);
    EXPECT_DOUBLE_EQ(m.at(3, 1).share, 0.75);
    EXPECT_EQ(m.at(4, 1).blocks, 0u);
    EXPECT_EQ(m.pages, 32u);
    EXPECT_EQ(m.nid, 1);
}

TEST(FreeMatrix, ShowsRareTypesOnlyWhereTheyHaveBlocks) {
    EXPECT_EQ(freeMatrix(zoneWith(0, MigrateType::movable, 1), 11, nullptr).columns.size(), 4u);
    const FreeMatrix m = freeMatrix(zoneWith(0, MigrateType::isolate, 1), 11, nullptr);
    ASSERT_EQ(m.columns.size(), 5u);
    EXPECT_EQ(m.columns.back(), MigrateType::isolate);
}

TEST(FreeMatrix, MarksListsThatChanged) {
    const Zone before = zoneWith(2, MigrateType::movable, 5), now = zoneWith(2, MigrateType::movable, 4);
    const FreeMatrix m = freeMatrix(now, 11, &before);
    unsigned changed = 0;
    for (const FreeCell& cell : m.cells)
        changed += cell.changed;
    EXPECT_EQ(changed, 1u);
    EXPECT_TRUE(m.at(2, 1).changed);
}

TEST(FreeMatrix, AnEmptyZoneHasNoShares) {
    const FreeMatrix m = freeMatrix(Zone{}, 11, nullptr);
    EXPECT_TRUE(m.empty());
    EXPECT_DOUBLE_EQ(m.at(0, 0).share, 0);
}

TEST(FreeMatrix, DividesAZonesSpan) {
    //      [free 1000][used 2000][reserved 1000][holes 96]
    const ZoneParts parts = zoneParts(zoneWith(0, MigrateType::movable, 0));
    EXPECT_EQ(parts.free, 1000u);
    EXPECT_EQ(parts.used, 2000u);
    EXPECT_EQ(parts.reserved, 1000u);
    EXPECT_EQ(parts.holes, 96u);
}

TEST(FreeMatrix, NamesBlockSizes) {
    EXPECT_EQ(blockSizeText(0).toStdString(), "4K");
    EXPECT_EQ(blockSizeText(8).toStdString(), "1M");
    EXPECT_EQ(blockSizeText(10).toStdString(), "4M");
}

}  // namespace
}  // namespace mm::gui
