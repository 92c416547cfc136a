// SPDX-License-Identifier: GPL-3.0-or-later
// What is not what it was at the moment A is marked where it stands: drawn boxes in the ink of differences, rows of
// tables by their role. Nothing is while nothing has changed, nor once A is forgotten.
#include <QAbstractItemView>
#include <QLineEdit>

#include "gui/models/difference_words.h"
#include "gui/views/hierarchy/hierarchy_view.h"
#include "gui/views/highmem/highmem_view.h"
#include "gui/views/layout/layout_view.h"
#include "gui/views/log/log_view.h"
#include "gui/views/reclaim/reclaim_view.h"
#include "gui/views/vmalloc/vmalloc_view.h"
#include "gui/views/walk/walk_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

template<class V>
class MarksTest : public ViewTest<V> {
protected:
    void markNow() {
        this->state.setMark(this->bridge.latest());
        this->settle();
    }
    void forget() { this->state.setMark(nullptr); }

    /// Pixels of the picture in the ink of differences.
    int ink() {
        const QImage picture = this->view.grab().toImage().convertToFormat(QImage::Format_RGB32);
        const QRgb wanted = this->theme.difference().ink.rgb();
        int count = 0;
        for (int y = 0; y < picture.height(); ++y) {
            const auto* line = reinterpret_cast<const QRgb*>(picture.constScanLine(y));
            count += static_cast<int>(std::count(line, line + picture.width(), wanted));
        }
        return count;
    }
    /// Rows of the table that say they differ.
    std::vector<int> rows() {
        const QAbstractItemModel& model = *this->view.template findChild<QAbstractItemView*>()->model();
        std::vector<int> marked;
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.index(row, 0).data(differsRole).toBool()) marked.push_back(row);
        return marked;
    }
    /// Drawn: none, then some after the commands, none without A.
    void expectInkAfter(const QStringList& commands) {
        markNow();
        EXPECT_EQ(ink(), 0) << "nothing has changed yet";
        for (const QString& words : commands)
            this->run(words);
        EXPECT_GT(ink(), 0);
        forget();
        EXPECT_EQ(ink(), 0) << "there is nothing to compare with";
    }
};

using HierarchyMarks = MarksTest<HierarchyView>;
TEST_F(HierarchyMarks, BoxesOfOwnersWithMorePages) {
    open("resources/machines/pc-512m");
    run("kmalloc 100 GFP_KERNEL");
    expectInkAfter({"alloc_pages GFP_KERNEL order 5 cpu 0"});
}

using ReclaimMarks = MarksTest<ReclaimView>;
TEST_F(ReclaimMarks, ListsThatGrew) {
    open("resources/machines/pc-512m");
    run("open /data 262144");
    run("read /data 0 65536");
    expectInkAfter({"read /data 65536 131072"});
}

using HighmemMarks = MarksTest<HighmemView>;
TEST_F(HighmemMarks, SlotsThatMapAnotherPage) {
    open("tests/data/machines/i386-pae-2g");
    run("kmap 0x5a000");
    expectInkAfter({"kmap 0x5a100"});
}

using LayoutMarks = MarksTest<LayoutView>;
TEST_F(LayoutMarks, AreasWhoseFramesAreNotWhatTheyWere) {
    open("resources/machines/pc-512m");
    expectInkAfter({"vmalloc 300000", "alloc_pages GFP_KERNEL order 8 cpu 0"});
}

using WalkMarks = MarksTest<WalkView>;
TEST_F(WalkMarks, EntriesThatWereOtherWords) {
    open("resources/machines/pc-512m");
    run("vmalloc 4096");
    ASSERT_FALSE(now().vmalloc.busy->empty());
    const VirtAddr next = now().vmalloc.busy->rbegin()->second.va.range.end;
    view.template findChild<QLineEdit*>()->setText(QString("0x%1").arg(next, 0, 16));
    view.walkEntered();
    expectInkAfter({"vmalloc 4096"});
}

using VmallocMarks = MarksTest<VmallocView>;
TEST_F(VmallocMarks, AreasThatWereNotThere) {
    open("resources/machines/pc-512m");
    run("vmalloc 4096");
    markNow();
    EXPECT_TRUE(rows().empty());
    run("vmalloc 8192");
    EXPECT_EQ(rows().size(), 1u);
    run(QString("vfree 0x%1").arg(now().vmalloc.busy->rbegin()->first, 0, 16));
    EXPECT_TRUE(rows().empty());
}

using LogMarks = MarksTest<LogView>;
TEST_F(LogMarks, LinesPrintedSince) {
    open("resources/machines/pc-512m");
    const std::size_t before = bridge.latest()->history.log_lines_at(bridge.latest()->at);
    markNow();
    EXPECT_TRUE(rows().empty());
    run("memory_failure 0x5000 cpu 0");
    const std::size_t after = bridge.latest()->history.log_lines_at(bridge.latest()->at);
    ASSERT_GT(after, before) << "it says what became of the frame";
    const std::vector<int> marked = rows();
    ASSERT_EQ(marked.size(), after - before);
    EXPECT_EQ(marked.front(), static_cast<int>(before));
    forget();
    EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace mm::gui
