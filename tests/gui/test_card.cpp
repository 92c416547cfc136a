// SPDX-License-Identifier: GPL-3.0-or-later
// "What happens here": each stage of the boot, and each kind of event while the machine runs, has its explanation.
#include <gmock/gmock.h>

#include "gui/views/stages/card_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

using testing::HasSubstr;
using CardTest = ViewTest<CardView>;

QString cell(const View& view, const QString& name) {
    for (const QStringList& row : view.table().rows)
        if (row.value(0) == name) return row.value(1);
    return {};
}

TEST_F(CardTest, TellsOfTheStageAndThenOfTheEvent) {
    open("resources/machines/pc-512m");
    run("alloc_pages GFP_KERNEL order 3 cpu 0");
    EXPECT_THAT(cell(view, "what happened").toStdString(), HasSubstr("mm_page_alloc"));
    EXPECT_THAT(cell(view, "why").toStdString(), HasSubstr("handed out"));
    const QString handedOut = cell(view, "why");
    run("memory_failure 0x8000");
    EXPECT_THAT(cell(view, "why").toStdString(), HasSubstr("broken"));
    EXPECT_NE(handedOut, cell(view, "why"));
    const History& history = bridge.latest()->history;
    const auto& stages = history.stages();
    const auto stage = std::find_if(stages.begin(), stages.end(),
                                    [](const StageInfo& one) { return one.name == "memblock_free_all"; });
    ASSERT_NE(stage, stages.end());
    bridge.post(Seek{history.spans()[static_cast<std::size_t>(stage - stages.begin())].last});
    settle();
    EXPECT_EQ(cell(view, "stage"), "memblock_free_all");
    EXPECT_THAT(cell(view, "why").toStdString(), HasSubstr("Memblock"));
}

class ExplanationsTest : public WithApplication, public testing::Test {};

TEST_F(ExplanationsTest, EachEventOfARunningMachineHasOne) {
    Explanations all;
    const auto kinds = static_cast<unsigned>(EventKind::kernel_note);
    for (auto kind = static_cast<unsigned>(EventKind::mm_page_alloc); kind < kinds; ++kind)
        EXPECT_FALSE(all.ofEvent(static_cast<EventKind>(kind)).isEmpty()) << name_of(static_cast<EventKind>(kind));
}

}  // namespace
}  // namespace mm::gui
