// SPDX-License-Identifier: GPL-3.0-or-later
// What the menu of a panel offers for a page frame, and that it does it.
#include <QMenu>

#include "gui/views/page/page_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class FrameMenuTest : public ViewTest<PageView> {
protected:
    QStringList offered() {
        QStringList words;
        menu.clear();
        view.fillMenu(menu, {});
        for (const QAction* action : menu.actions())
            words.push_back(action->text().section(':', 0, 0));
        return words;
    }
    QMenu menu;
};

TEST_F(FrameMenuTest, AFrameIsBrokenAndMended) {
    open("resources/machines/pc-512m");
    EXPECT_TRUE(offered().isEmpty()) << "no frame is selected";
    select({0x8000, 0x8001});
    EXPECT_EQ(offered(), (QStringList{"memory_failure", "soft_offline_page"}));
    menu.actions().first()->trigger();
    settle();
    EXPECT_TRUE(bridge.latest()->pages.at(0x8000).flags & bit(PageFlag::hwpoison));
    EXPECT_EQ(offered(), QStringList{"unpoison_memory"});
    menu.actions().first()->trigger();
    settle();
    EXPECT_FALSE(bridge.latest()->pages.at(0x8000).flags & bit(PageFlag::hwpoison));
    EXPECT_EQ(now().stats.poisoned, 0u);
    bridge.post(Seek{0});
    settle();
    EXPECT_TRUE(offered().isEmpty()) << "before the kernel runs";
}

//      a page of somebody's: how it is cached can be changed, and back
TEST_F(FrameMenuTest, AFrameInUseIsCachedOtherwise) {
    open("resources/machines/pc-512m");
    bridge.post(RunCommand{QStringLiteral("alloc_pages GFP_KERNEL order 0 node 0 cpu 0")});
    settle();
    Pfn pfn = 0x8000;
    while (state_of(bridge.latest()->pages.at(pfn).state) != PageState::allocated)
        ++pfn;
    select({pfn, pfn + 1});
    ASSERT_EQ(offered(), (QStringList{"memory_failure", "soft_offline_page", "set_memory_uc", "set_memory_wc"}));
    menu.actions().at(2)->trigger();
    settle();
    EXPECT_TRUE(bridge.latest()->pages.at(pfn).flags & bit(PageFlag::uncached));
    ASSERT_EQ(offered().last(), QStringLiteral("set_memory_wb"));
    menu.actions().last()->trigger();
    settle();
    EXPECT_FALSE(bridge.latest()->pages.at(pfn).flags & bit(PageFlag::uncached));
}

}  // namespace
}  // namespace mm::gui
