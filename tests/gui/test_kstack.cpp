// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel stacks: tasks are made and ended from the panel; pages and task_struct select what they are made of.
#include <QTableView>

#include "gui/views/kstack/kstack_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class KstackTest : public ViewTest<KstackView> {
protected:
    StackCanvas& canvas() { return view.canvas(); }
    const KernelTask& task(TaskId id) { return now().kstack.tasks->at(id); }
};

TEST_F(KstackTest, NothingIsThereBeforeTheFirstTask) {
    open("resources/machines/pc-512m");
    EXPECT_EQ(view.contextText(), "");
    EXPECT_FALSE(canvas().isVisible());
    EXPECT_TRUE(button("alloc_task")->isEnabled());
    EXPECT_FALSE(button("free_task")->isEnabled());
}

//  task 1: [guard][ 4 pages ]  ──free_task──►  kept by CPU 0  ──alloc_task──►  task 2 has it
TEST_F(KstackTest, AStackIsMadeKeptAndUsedAgain) {
    open("resources/machines/pc-512m");
    press("alloc_task");
    ASSERT_TRUE(canvas().stack().has_value());
    EXPECT_EQ(view.contextText(), "1 stack of 16 KiB");
    const VirtAddr stack = task(1).stack;
    press("free_task");
    EXPECT_EQ(view.contextText(), "0 stacks of 16 KiB · 1 kept");
    ASSERT_TRUE(canvas().stack().has_value());
    EXPECT_EQ(canvas().stack()->kept, 0u);
    EXPECT_FALSE(button("free_task")->isEnabled()) << "no task has it";
    press("alloc_task");
    EXPECT_EQ(task(2).stack, stack);
    EXPECT_EQ(canvas().stack()->task, 2u);
    EXPECT_TRUE(view.procText().contains("\n2  ")) << view.procText().toStdString();
}

TEST_F(KstackTest, PagesAndTheTaskSelectTheirFramesAndAFrameShowsItsStack) {
    open("resources/machines/pc-512m");
    press("alloc_task");
    press("alloc_task");
    EXPECT_EQ(canvas().stack()->task, 2u) << "the new one is shown";
    const auto& pages = now().vmalloc.busy->at(task(2).stack).pages;
    EXPECT_GT(canvas().pageRect(0).top(), canvas().pageRect(3).top()) << "low addresses are below";
    for (const std::size_t page : {0u, 3u}) {
        click(canvas(), canvas().pageRect(page).center());
        EXPECT_EQ(state.selection().frames.start, pages[page]);
    }
    QTest::keyClick(&canvas(), Qt::Key_Down);
    EXPECT_EQ(state.selection().frames.start, pages[2]);
    click(canvas(), canvas().taskRect().center());
    EXPECT_EQ(state.selection().object, task(2).at);
    const Pfn other = now().vmalloc.busy->at(task(1).stack).pages[1];
    select({other, other + 1});
    EXPECT_EQ(canvas().stack()->task, 1u);
    select({16, 17});
    EXPECT_EQ(canvas().stack()->task, 1u) << "no stack's frame changes nothing";
}

TEST_F(KstackTest, AProcessHasOneAndOnlyItsExitEndsIt) {
    open("resources/machines/pc-512m");
    run("spawn /sbin/init text 102400 data 4096 bss 4096");
    ASSERT_TRUE(bridge.status().error.isEmpty()) << bridge.status().error.toStdString();
    ASSERT_FALSE(view.table().rows.empty());
    EXPECT_TRUE(view.table().rows[0][1].startsWith("PID ")) << view.table().rows[0].join('|').toStdString();
    press("free_task");
    EXPECT_FALSE(bridge.status().error.isEmpty()) << "a process ends by its exit";
}

TEST_F(KstackTest, WithoutVmallocStacksAreBlocksOfTheDirectMap) {
    open("tests/data/machines/i386-pae-2g");
    press("alloc_task");
    ASSERT_TRUE(canvas().stack().has_value());
    EXPECT_EQ(view.contextText(), "1 stack of 8 KiB");
    const Pfn pfn = task(1).pfn;
    ASSERT_NE(pfn, no_pfn);
    click(canvas(), canvas().pageRect(1).center());
    EXPECT_EQ(state.selection().frames.start, pfn + 1);
    select({pfn, pfn + 1});
    EXPECT_EQ(canvas().stack()->task, 1u);
}

}  // namespace
}  // namespace mm::gui
