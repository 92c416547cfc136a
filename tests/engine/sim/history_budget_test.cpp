// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "engine/sim/story_player.h"
#include "engine/sim/timeline.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

std::unique_ptr<Timeline> play(std::string_view story, Position events, Bytes budget) {
    auto timeline = test::boot("pc-512m");
    timeline->set_history_budget(budget);
    StoryPlayer player(*story_named(story), 3);
    while (timeline->total() - timeline->boot_end() < events)
        if (!player.step(*timeline)) break;
    return timeline;
}

/// events   boot | forgotten ........ | kept        one can go to each of them, and what was forgotten is the same
/// again
TEST(HistoryBudget, OldEventsAreForgottenAndTimeStillGoesThere) {
    auto whole = play("kernel-build", 150000, GiB), small = play("kernel-build", 150000, least_history_budget);
    ASSERT_EQ(whole->total(), small->total());
    const History all = whole->snapshot()->history, some = small->snapshot()->history;
    EXPECT_EQ(all.forgotten_first(), all.forgotten_end());
    ASSERT_LT(some.forgotten_first(), some.forgotten_end());
    EXPECT_GE(some.forgotten_first(), small->boot_end());
    EXPECT_LE(some.forgotten_first(), small->boot_end() + History::chunk_size);
    EXPECT_LT(small->history_size().records, whole->history_size().records);
    EXPECT_LE(small->history_size().total(), least_history_budget);
    for (const Position p : {Position{0}, small->boot_end(), some.forgotten_end(), small->total() - 1})
        EXPECT_EQ(all.event(p).event, some.event(p).event) << p;
    const Position forgotten = (some.forgotten_first() + some.forgotten_end()) / 2;
    EXPECT_EQ(EventKind::forgotten, some.event(forgotten).event.kind);
    EXPECT_EQ(whole->moment(forgotten).who, small->moment(forgotten).who) << "the command is known";
    const auto why = small->explain(forgotten);
    ASSERT_FALSE(why);
    EXPECT_THAT(why.error().text(), testing::HasSubstr("no longer kept: the history's budget of 16 MiB is spent"));
    for (Timeline* t : {whole.get(), small.get()})
        t->seek(forgotten);
    EXPECT_EQ(whole->hash(), small->hash());
    EXPECT_EQ(std::nullopt, small->system().check());
}

TEST(HistoryBudget, APastThatWasForgottenCanBeGoneOnFrom) {
    auto timeline = play("kernel-build", 150000, least_history_budget);
    const History before = timeline->snapshot()->history;
    ASSERT_LT(before.forgotten_first(), before.forgotten_end());
    timeline->seek(before.forgotten_first() + 3 * History::chunk_size / 2);
    timeline->step_over();
    const Position here = timeline->cursor();
    ASSERT_TRUE(timeline->execute(AllocPages{}));
    const History after = timeline->snapshot()->history;
    EXPECT_EQ(here, after.forgotten_end());
    EXPECT_EQ(EventKind::forgotten, after.event(here - 1).event.kind);
    EXPECT_NE(EventKind::forgotten, after.event(here).event.kind);
    EXPECT_TRUE(timeline->undo());
    EXPECT_EQ(here, timeline->total());
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(HistoryBudget, WhenCommandsFillItNothingMoreIsDone) {
    auto timeline = test::boot("pc-512m");
    timeline->set_history_budget(least_history_budget);
    Outcome<CommandResult> result = timeline->execute(FoldVmstat{});
    Bytes commands = 0;
    while (result && commands < least_history_budget) {
        const auto got = timeline->execute(AllocPages{});
        if (!got) {
            result = got;
            break;
        }
        result = timeline->execute(FreePages{got->pfn, 0});
        commands = timeline->history_size().commands;
    }
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), testing::HasSubstr("the history is full"));
    EXPECT_LE(commands, least_history_budget / 4 + KiB);
    EXPECT_TRUE(timeline->undo()) << "back is always possible";
    timeline->set_history_budget(2 * least_history_budget);
    EXPECT_TRUE(timeline->execute(AllocPages{}));
}

}  // namespace
}  // namespace mm
