// SPDX-License-Identifier: GPL-3.0-or-later
// Geometry of the map: every frame has one cell, cells do not overlap, and everything fits, at all scales.
#include <gtest/gtest.h>

#include <random>

#include "gui/views/heatmap/extents.h"
#include "gui/views/heatmap/heatmap_layout.h"

namespace mm::gui {
namespace {

Ground groundWith(std::vector<PfnRange> memory) {
    Ground g;
    g.end = memory.back().end;
    g.memory = std::move(memory);
    return g;
}

struct Case {
    const char* name;
    std::vector<PfnRange> parts;
};
const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"one pageblock", {{0, 512}}},
        {"512 MiB", {{0, 131072}}},
        {"2 GiB and 6 GiB, 2 GiB between", {{0, 0x80000}, {0x100000, 0x280000}}},
        {"64 GiB", {{0, 0xc0000}, {0x100000, 0x1040000}}},
        {"odd pieces", {{512, 1024}, {0x10000, 0x10600}, {0x7ffe00, 0x800200}}},
        {"1 TiB", {{0, Pfn{1} << 28}}},
    };
    return all;
}

TEST(HeatmapLayout, HoldsEverythingAndFitsAtEverySize) {
    for (const Case& c : cases()) {
        for (const QSize size : {QSize(120, 90), QSize(600, 360), QSize(1040, 700), QSize(3400, 1900)}) {
            for (const Arrangement a : {Arrangement::rows, Arrangement::lines, Arrangement::hilbert}) {
                for (const double ratio : {1.0, 2.0}) {
                    SCOPED_TRACE(testing::Message() << c.name << " in " << size.width() << "x" << size.height() << " "
                                                    << static_cast<int>(a) << " at " << ratio);
                    const HeatmapLayout l = HeatmapLayout::fit(c.parts, size, ratio, a, 14);
                    ASSERT_FALSE(l.empty());
                    EXPECT_LE(l.usedWidth(), size.width());
                    EXPECT_LE(l.usedHeight(), size.height());
                    EXPECT_EQ(l.parts.size(), c.parts.size());
                    for (std::size_t i = 0; i < c.parts.size(); ++i) {
                        EXPECT_LE(l.parts[i].frames.start, c.parts[i].start);
                        EXPECT_EQ(l.parts[i].frames.end, c.parts[i].end);
                        const QRect last = l.cellRect(c.parts[i].end - 1);
                        EXPECT_TRUE(QRect(QPoint(), size).contains(last));
                        EXPECT_TRUE(QRect(QPoint(), size).contains(l.cellRect(c.parts[i].start)));
                    }
                }
            }
        }
    }
}

TEST(HeatmapLayout, ThePixelOfAFrameLeadsBackToItsCell) {
    std::mt19937_64 rng{7};
    for (const Case& c : cases()) {
        for (const Arrangement a : {Arrangement::rows, Arrangement::lines, Arrangement::hilbert}) {
            const HeatmapLayout l = HeatmapLayout::fit(c.parts, {700, 420}, 1, a, 14);
            for (int i = 0; i < 500; ++i) {
                const PfnRange part = c.parts[rng() % c.parts.size()];
                const Pfn pfn = part.start + rng() % part.size();
                const QRect r = l.cellRect(pfn);
                const auto back = l.cellAt(r.center());
                ASSERT_TRUE(back) << c.name;
                EXPECT_TRUE(back->contains(pfn)) << c.name << " pfn " << pfn;
                EXPECT_EQ(l.nearestCell(r.center()), back);
                EXPECT_EQ(l.region({pfn, pfn + 1}).boundingRect(), r);
            }
        }
    }
}

TEST(HeatmapLayout, ShowsSinglePagesWhereThereIsRoom) {
    // 131072 frames on 600 x 360 pixels: more than one pixel a frame.
    EXPECT_EQ(HeatmapLayout::fit({{0, 131072}}, {600, 360}, 1, Arrangement::rows, 14).cellShift, 0u);
    const HeatmapLayout block = HeatmapLayout::fit({{1024, 1536}}, {600, 360}, 1, Arrangement::rows, 14);
    EXPECT_EQ(block.cellShift, 0u);
    EXPECT_GE(block.cellSize().width(), 12);
    EXPECT_GT(block.cellGap, 0);
}

TEST(HeatmapLayout, ARowOfPageblocksStartsAtAPageblock) {
    const HeatmapLayout l = HeatmapLayout::fit({{0, 131072}}, {600, 360}, 1, Arrangement::rows, 14);
    EXPECT_EQ(l.tilePages(), pageblock_pages);
    EXPECT_EQ(l.cellRect(0).topLeft(), QPoint(0, 0));
    EXPECT_EQ(l.cellRect(l.rowPages()).left(), 0);
    EXPECT_EQ(l.tileWidth * l.tileHeight, 512);
}

TEST(HeatmapLayout, RegionsOfRangesHoldTheirCellsAndNoOthers) {
    std::mt19937_64 rng{11};
    for (const Arrangement a : {Arrangement::rows, Arrangement::lines, Arrangement::hilbert}) {
        const std::vector<PfnRange> parts{{0, 8192}, {0x10000, 0x12000}};
        const HeatmapLayout l = HeatmapLayout::fit(parts, {500, 300}, 1, a, 14);
        for (int i = 0; i < 40; ++i) {
            const Pfn start = rng() % 8192, end = start + 1 + rng() % 3000;
            const QRegion region = l.region({start, std::min<Pfn>(end, 8192)});
            for (int j = 0; j < 100; ++j) {
                const Pfn pfn = rng() % 8192;
                const PfnRange cell{align_down(pfn, l.cellPages()), align_down(pfn, l.cellPages()) + l.cellPages()};
                EXPECT_EQ(region.contains(l.cellRect(pfn).center()), cell.overlaps({start, std::min<Pfn>(end, 8192)}))
                    << "pfn " << pfn << " in " << start << ".." << end;
            }
        }
    }
}

//  0 1 2 3 ... 1023      one frame after the other over the whole width, the next line goes on
//  1024 ...
TEST(HeatmapLayout, AsLinesAddressesRunAcrossTheWholeWidth) {
    const HeatmapLayout l = HeatmapLayout::fit({{0, 131072}}, {1100, 700}, 1, Arrangement::lines, 14);
    EXPECT_EQ(l.tileHeight, 1);
    EXPECT_GT(l.usedWidth(), 900) << "the width is used";
    const int top = l.cellRect(0).top();
    int right = -1;
    for (Pfn pfn = 0; pfn < l.rowPages(); pfn += l.cellPages()) {
        const QRect cell = l.cellRect(pfn);
        ASSERT_EQ(cell.left(), right + 1) << "pfn " << pfn << ": without a gap, also from pageblock to pageblock";
        ASSERT_EQ(cell.top(), top);
        right = cell.right();
    }
    EXPECT_EQ(l.cellRect(l.rowPages()).left(), 0);
    EXPECT_GT(l.cellRect(l.rowPages()).top(), top);
}

TEST(HeatmapLayout, AlongAHilbertCurveNeighboursTouch) {
    const HeatmapLayout l = HeatmapLayout::fit({{0, 4096}}, {640, 640}, 1, Arrangement::hilbert, 14);
    ASSERT_EQ(l.tileWidth, l.tileHeight);
    for (unsigned i = 0; i + 1 < static_cast<unsigned>(l.tileWidth * l.tileHeight); ++i) {
        EXPECT_EQ((l.cellInTile(i) - l.cellInTile(i + 1)).manhattanLength(), 1);
        EXPECT_EQ(l.indexInTile(l.cellInTile(i)), i);
    }
}

TEST(Extents, FoldsTheHoleBelowFourGigabytesAndKeepsTheOneBelowOneMegabyte) {
    //  [1, 0x9f) [0x100, 0x7ffdc)  3.0 GiB of nothing  [0x100000, 0x280000)
    const Extents e(groundWith({{1, 0x9f}, {0x100, 0x7ffdc}, {0x100000, 0x280000}}));
    EXPECT_EQ(e.parts(), (std::vector<PfnRange>{{0, 0x80000}, {0x100000, 0x280000}}));
    EXPECT_EQ(e.size(), 0x200000u);
    EXPECT_EQ(e.toLinear(0x100000), 0x80000u);
    EXPECT_EQ(e.fromLinear(0x80000), 0x100000u);
    EXPECT_EQ(e.toLinear(0x90000), 0x80000u) << "a frame of the gap stands at its beginning";
    EXPECT_EQ(e.visible({0x7f000, 0x100100}), (std::vector<PfnRange>{{0x7f000, 0x80000}, {0x100000, 0x100200}}));
    EXPECT_TRUE(e.visible({0x90000, 0x90100}).empty());
}

TEST(Extents, NeverHasMoreThanAFewBreaks) {
    std::vector<PfnRange> memory;
    for (Pfn i = 0; i < 100; ++i)
        memory.push_back({i * 0x100000, i * 0x100000 + 0x40000});
    EXPECT_LE(Extents(groundWith(memory)).parts().size(), 8u);
}

}  // namespace
}  // namespace mm::gui
