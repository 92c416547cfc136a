// SPDX-License-Identifier: GPL-3.0-or-later
// What the menu of a panel offers for a page frame, and that it does it.
#include <QMenu>

#include "gui/models/address_axis.h"
#include "gui/models/frame_facts.h"
#include "gui/models/page_pyramid_modes.h"
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
    EXPECT_EQ(offered(), (QStringList{"memory_failure", "soft_offline_page", "Memory block 1 (128 MiB)"}));
    menu.actions().first()->trigger();
    settle();
    EXPECT_TRUE(bridge.latest()->pages.at(0x8000).flags & bit(PageFlag::hwpoison));
    EXPECT_EQ(offered(), (QStringList{"unpoison_memory", "Memory block 1 (128 MiB)"}));
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
    ASSERT_EQ(offered(), (QStringList{"memory_failure", "soft_offline_page", "set_memory_uc", "set_memory_wc",
                                      "Memory block " + QString::number(pfn / 0x8000) + " (128 MiB)"}));
    menu.actions().at(2)->trigger();
    settle();
    EXPECT_TRUE(bridge.latest()->pages.at(pfn).flags & bit(PageFlag::uncached));
    ASSERT_EQ(offered().at(2), QStringLiteral("set_memory_wb"));
    menu.actions().at(2)->trigger();
    settle();
    EXPECT_FALSE(bridge.latest()->pages.at(pfn).flags & bit(PageFlag::uncached));
}

//      [ 512 MiB ]   the menu's slot at 4 GiB: offline, then in use, then pulled out; the map shows it meanwhile
TEST_F(FrameMenuTest, AModuleIsPluggedInUsedAndPulledOut) {
    open("resources/machines/pc-512m");
    const auto choose = [&](Pfn pfn, const QString& command) {
        select({pfn, pfn + 1});
        (void)offered();
        for (QAction* action : menu.actions().last()->menu()->actions())
            if (action->text().startsWith(command + ':')) return action->trigger(), settle(), true;
        return false;
    };
    constexpr Pfn slot = pfn_down(4 * GiB), middle = slot + 100;
    EXPECT_FALSE(choose(0x8000, "memory_remove"));
    ASSERT_TRUE(choose(0x8000, "memory_add"));
    const auto onMap = [&] {
        const std::vector<PfnRange> memory = groundOf(*bridge.latest()).memory;
        return memory.back().contains(middle);
    };
    EXPECT_TRUE(onMap());
    EXPECT_EQ(stateInWords(frameFacts(*bridge.latest(), middle)), "offline: its memory block is not in use");
    EXPECT_EQ(addressFacts(*bridge.latest()).ram.back().end, 4 * GiB + 128 * MiB);
    ASSERT_TRUE(choose(middle, "memory_online_movable"));
    EXPECT_EQ(state_of(bridge.latest()->pages.at(middle).state), PageState::free);
    EXPECT_FALSE(choose(middle, "memory_online"));
    EXPECT_FALSE(choose(middle, "memory_remove"));
    ASSERT_TRUE(choose(middle, "memory_offline"));
    ASSERT_TRUE(choose(middle, "memory_remove"));
    EXPECT_FALSE(onMap());
}

}  // namespace
}  // namespace mm::gui
