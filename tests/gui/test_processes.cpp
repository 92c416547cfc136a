// SPDX-License-Identifier: GPL-3.0-or-later
// Processes: nothing before the first; one that is spawned from the panel shows its areas; a page of it that is clicked
// is selected everywhere, and a frame selected elsewhere shows who maps it.
#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

#include "engine/mm/user_tables.h"
#include "engine/snapshot/process_format.h"
#include "gui/shell/search.h"
#include "gui/views/processes/process_model.h"
#include "gui/views/processes/processes_view.h"
#include "gui/views/walk/walk_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class ProcessesTest : public ViewTest<ProcessesView> {
protected:
    void SetUp() override {
        ViewTest::SetUp();
        open("resources/machines/pc-512m");
    }
    void run(const QString& words) {
        ViewTest::run(words);
        ASSERT_EQ("", bridge.status().error);
    }
    const MmState& processes() { return now().processes; }
};

TEST_F(ProcessesTest, NothingIsThereBeforeTheFirst) {
    EXPECT_EQ(view.contextText(), "");
    EXPECT_FALSE(view.findChild<QTableView*>()->isVisible());
    EXPECT_TRUE(button("spawn")->isEnabled());
    EXPECT_FALSE(button("exit")->isEnabled());
}

TEST_F(ProcessesTest, OneIsSpawnedShownAndEnded) {
    auto* table = view.findChild<QTableView*>();
    QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QTest::mouseClick(button("spawn"), Qt::LeftButton);
    settle();
    ASSERT_EQ(1u, processes().tasks->size());
    EXPECT_EQ(1, view.canvas().process());
    EXPECT_TRUE(view.contextText().startsWith("1 process "));
    EXPECT_EQ("sh", table->model()->index(0, ProcessModel::command).data().toString());
    EXPECT_TRUE(view.procText().contains("[stack]"));
    EXPECT_EQ("/proc/1/maps", view.procName());
    QTest::mouseClick(button("spawn"), Qt::LeftButton);
    settle();
    EXPECT_EQ(2, table->model()->rowCount());
    EXPECT_EQ(1, view.canvas().process()) << "what is looked at stays";
    QTest::mouseClick(button("exit"), Qt::LeftButton);
    settle();
    EXPECT_EQ(1, table->model()->rowCount());
    EXPECT_EQ(2, view.canvas().process());
}

TEST_F(ProcessesTest, APageIsSelectedEverywhereAndAFrameShowsWhoMapsIt) {
    run("spawn /bin/one");
    run("spawn /bin/two");
    view.findChild<QTableView*>()->selectRow(0);
    ASSERT_EQ(1, view.canvas().process());
    const Mm& mm = *processes().mm_of(1);
    const VirtAddr stack = mm.areas.rbegin()->first;
    const QRectF bar = view.canvas().barOf(stack);
    ASSERT_FALSE(bar.isEmpty());
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, QPoint(int(bar.right()) - 1, int(bar.center().y())));
    const VirtAddr top = mm.areas.rbegin()->second.range.end - page_size;
    const UserPte pte = decode(paging_of(processes().layout.paging), find_entry(processes(), mm, top).entry);
    EXPECT_EQ(state.selection().frames, (PfnRange{pte.pfn, pte.pfn + 1}));
    // The other process's stack, selected elsewhere.
    const UserPte other =
        decode(paging_of(processes().layout.paging), find_entry(processes(), *processes().mm_of(2), top).entry);
    ASSERT_NE(other.pfn, pte.pfn);
    state.select({.frames = {other.pfn, other.pfn + 1}, .list = {}, .event = {}});
    EXPECT_EQ(2, view.canvas().process());
    // Nothing is mapped at the stack's lower end: the selection goes.
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {},
                      QPoint(int(bar.left()) + 1, int(view.canvas().barOf(stack).center().y())));
    EXPECT_TRUE(state.selection().frames.empty());
}

//  a frame ──► the direct map's address ──"Walk process 1"──► the process's address, through its own tables
TEST_F(ProcessesTest, AFrameIsFollowedBackToTheProcessThatMapsIt) {
    run("spawn /bin/one");
    const VirtAddr top = processes().mm_of(1)->areas.rbegin()->second.range.end - page_size;
    const Pfn pfn = pagemap_entry(*bridge.latest(), *processes().mm_of(1), top) & 0xffffffff;
    WalkView walk{ViewContext{theme, state}};
    walk.setSnapshot(bridge.latest());
    walk.show();
    auto* entry = walk.findChild<QLineEdit*>();
    auto* back = walk.findChild<QPushButton*>("walk process");
    EXPECT_FALSE(back->isVisible()) << "nobody maps the kernel's text";
    state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
    ASSERT_TRUE(back->isVisible());
    EXPECT_EQ("Walk process 1", back->text());
    QTest::mouseClick(back, Qt::LeftButton);
    EXPECT_EQ(QString("1:0x%1").arg(top, 0, 16), entry->text());
    const auto& canvas = *walk.findChild<WalkCanvas*>();
    EXPECT_EQ(1, canvas.report().pid);
    EXPECT_EQ(pfn, pfn_down(*canvas.report().phys));
    EXPECT_FALSE(back->isVisible());
    QString why;
    const auto found = findPlaces(entry->text(), *bridge.latest(), &why);
    ASSERT_EQ(1u, found.size());
    EXPECT_EQ(pfn, std::get<FoundFrame>(found.front()).pfn);
}

TEST_F(ProcessesTest, AWorkloadRunsByItsName) {
    StartWorkload start;
    start.story = "kernel-build";
    start.commands = 400;
    start.commandsPerSecond = 0;
    bridge.post(start);
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return bridge.settled() && !bridge.status().workload && bridge.status().commandsDone == 400; },
        60000));
    settle();
    EXPECT_GT(processes().tasks->size(), 1u);
    EXPECT_GT(processes().events.pgfault, 100u);
    EXPECT_EQ("kernel-build, seed 7", bridge.status().undo);
    start.story = "no-such-thing";
    bridge.post(start);
    settle();
    EXPECT_TRUE(bridge.status().error.contains("no-such-thing"));
}

}  // namespace
}  // namespace mm::gui
