// SPDX-License-Identifier: GPL-3.0-or-later
// The page cache: files are read, written, synced and dropped from the title line; pages select their frames and frames
// their file. Reclaim: the lists' tails are drawn, pages select their frames, swap is given.
#include "gui/views/cache/cache_view.h"

#include "gui/views/reclaim/reclaim_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class CacheTest : public ViewTest<CacheView> {
protected:
    const File& file(std::string_view path) { return *now().processes.file_named(path); }
};

TEST_F(CacheTest, AFileIsReadWrittenSyncedAndDropped) {
    open("resources/machines/pc-512m");
    EXPECT_FALSE(button("read")->isEnabled()) << "there is no file";
    run("open /data 262144");
    press("read");
    EXPECT_EQ(file("/data").nrpages, 64u);
    EXPECT_EQ(view.contextText(), "1 files · 256 KiB cached · 0 B dirty");
    press("write");
    EXPECT_EQ(file("/data").dirty, 64u);
    EXPECT_TRUE(view.canvas().words(7).contains("dirty"));
    press("drop pages");
    EXPECT_EQ(file("/data").nrpages, 64u) << "dirty pages stay";
    press("sync");
    press("drop pages");
    EXPECT_EQ(file("/data").nrpages, 0u);
    EXPECT_EQ(view.canvas().words(7), "page 7 of /data: not in memory");
    ASSERT_EQ(view.table().rows.size(), 1u);
    EXPECT_EQ(view.table().rows[0].back(), "name");
    for (int i = 0; i < 3; ++i)
        press("drop names");
    EXPECT_EQ(view.table().rows[0].back(), "disk");
    EXPECT_TRUE(view.procText().contains("/data"));
}

TEST_F(CacheTest, PagesSelectTheirFramesAndFramesTheirFile) {
    open("resources/machines/pc-512m");
    run("open /first 65536");
    run("read /first 0 65536");
    run("open /second 65536");
    run("read /second 0 65536");
    const FileId first = file("/first").id, second = file("/second").id;
    const Pfn page = file("/second").slot(3).pfn();
    select({page, page + 1});
    EXPECT_EQ(view.canvas().file(), second);
    select({file("/first").slot(5).pfn(), file("/first").slot(5).pfn() + 1});
    EXPECT_EQ(view.canvas().file(), first);
    click(view.canvas(), view.canvas().rectOfPage(9).center());
    EXPECT_EQ(state.selection().frames.start, file("/first").slot(9).pfn());
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    EXPECT_EQ(state.selection().frames.start, file("/first").slot(10).pfn());
}

/// 5000 pages: two a cell; one page that is read is seen among those that are not.
TEST_F(CacheTest, AnOddPageOfALargeFileStaysVisible) {
    open("resources/machines/pc-512m");
    run("open /large 20480000");
    run("read /large 16384000 4096");
    EXPECT_EQ(view.canvas().pages().perCell, 2u);
    const QRectF cell = view.canvas().rectOfPage(4000);
    const QImage picture = view.canvas().grab().toImage();
    const double scale = picture.devicePixelRatio();
    const auto at = [&](QPointF p) { return picture.pixelColor((p * scale).toPoint()); };
    const QColor blank = at(view.canvas().rectOfPage(1000).center());
    bool seen = false;
    for (double x = cell.left() + 0.5; x < cell.right(); x += 0.5)
        seen |= at({x, cell.center().y()}) != blank;
    EXPECT_TRUE(seen);
}

class ReclaimTest : public ViewTest<ReclaimView> {};

TEST_F(ReclaimTest, TheTailIsDrawnAndItsPagesSelectTheirFrames) {
    open("resources/machines/pc-512m");
    EXPECT_FALSE(view.canvas().isVisible());
    run("open /data 262144");
    run("read /data 0 262144");
    ASSERT_TRUE(view.canvas().isVisible());
    const File& file = *now().processes.file_named("/data");
    const auto cell = view.canvas().listsLayout().cellOf(0, LruList::inactive_file, 0);
    EXPECT_EQ(view.canvas().pageAt(cell.center()), file.slot(0).pfn()) << "the oldest page is looked at first";
    click(view.canvas(), cell.center());
    EXPECT_EQ(state.selection().frames.start, file.slot(0).pfn());
    QTest::keyClick(&view.canvas(), Qt::Key_Right);
    EXPECT_EQ(state.selection().frames.start, file.slot(1).pfn());
    EXPECT_EQ(view.canvas().stateWords(0), "kswapd sleeps");
    EXPECT_TRUE(view.contextText().endsWith("no swap"));
    press("swapon");
    EXPECT_TRUE(now().processes.swap.on());
    EXPECT_FALSE(button("swapon")->isEnabled());
    EXPECT_TRUE(view.procText().contains("inactive_file"));
    EXPECT_EQ(view.table().rows.size(), std::size_t{nr_lru_lists});
}

}  // namespace
}  // namespace mm::gui
