// SPDX-License-Identifier: GPL-3.0-or-later
// Taking back and doing again what was done to a machine: states, events and log lines are what they were, bit for bit.
#include <gtest/gtest.h>

#include "engine/sim/workload.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

std::unique_ptr<Timeline> machine() {
    return test::opened(test::machine_folder("pc-128m"));
}

Command alloc(Order order) {
    return test::alloc_pages(order);
}

std::uint64_t hash_at(Timeline& timeline, Position at) {
    timeline.seek(at);
    return timeline.hash();
}

/// A whole workload as one action.
void run_workload(Timeline& timeline, unsigned commands) {
    Workload workload({.seed = 3});
    timeline.begin_action("workload");
    for (unsigned i = 0; i < commands; ++i) {
        const Zones& zones = timeline.system().state().zones;
        const Command command = workload.next(zones.sum(&Zone::managed), zones.sum(&Zone::free_pages), {0});
        const auto result = timeline.execute(command);
        if (!std::holds_alternative<AllocPages>(command) || !result) continue;
        workload.moved(result->moved);
        workload.allocated(result->pfn, std::get<AllocPages>(command).request.order);
    }
    timeline.end_action();
}

//      boot | a | b |      undo: b, a      redo: a, b
//      Expect: at each step the state of before, and a history of just that length
TEST(Undo, TakesBackOneActionAfterTheOtherAndDoesThemAgain) {
    const auto timeline = machine();
    std::vector<std::uint64_t> hashes{timeline->hash()};
    std::vector<Position> totals{timeline->total()};
    EXPECT_EQ(timeline->undo_name(), "");
    EXPECT_FALSE(timeline->undo()) << "the boot is not taken back";
    for (const Order order : {3u, 5u}) {
        ASSERT_TRUE(timeline->execute(alloc(order)));
        hashes.push_back(timeline->hash());
        totals.push_back(timeline->total());
    }
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 5");
    EXPECT_EQ(timeline->redo_name(), "");
    for (const std::size_t left : {1u, 0u}) {
        ASSERT_TRUE(timeline->undo());
        EXPECT_EQ(timeline->hash(), hashes[left]);
        EXPECT_EQ(timeline->total(), totals[left]);
        EXPECT_EQ(timeline->cursor(), totals[left]);
        EXPECT_EQ(timeline->snapshot()->history.size(), totals[left]);
    }
    EXPECT_EQ(timeline->redo_name(), "alloc_pages order 3");
    for (const std::size_t done : {1u, 2u}) {
        ASSERT_TRUE(timeline->redo());
        EXPECT_EQ(timeline->hash(), hashes[done]);
        EXPECT_EQ(timeline->total(), totals[done]);
    }
    EXPECT_FALSE(timeline->redo());
    EXPECT_EQ(hash_at(*timeline, totals[1]), hashes[1]) << "and one still walks in it";
}

TEST(Undo, AnotherActionForgetsWhatWasTakenBack) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(alloc(3)));
    ASSERT_TRUE(timeline->undo());
    ASSERT_TRUE(timeline->execute(alloc(1)));
    EXPECT_EQ(timeline->redo_name(), "");
    EXPECT_FALSE(timeline->redo());
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 1");
}

//      boot | a | b | c |     the cursor goes back behind a, then d is done: b and c are cut off
//      Expect: undo takes d, then a
TEST(Undo, FollowsWhatAnActionInThePastCutsOff) {
    const auto timeline = machine();
    const std::uint64_t booted = timeline->hash();
    ASSERT_TRUE(timeline->execute(alloc(0)));
    const Position after_a = timeline->cursor();
    const std::uint64_t hash_a = timeline->hash();
    ASSERT_TRUE(timeline->execute(alloc(1)));
    ASSERT_TRUE(timeline->execute(alloc(2)));
    timeline->seek(after_a);
    ASSERT_TRUE(timeline->execute(alloc(4)));
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 4");
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), hash_a);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), booted);
    EXPECT_FALSE(timeline->undo());
}

//      one looks at the middle of the boot; undo and redo act on the end all the same
TEST(Undo, WorksFromAnyMoment) {
    const auto timeline = machine();
    const std::uint64_t booted = timeline->hash();
    ASSERT_TRUE(timeline->execute(alloc(3)));
    const std::uint64_t after = timeline->hash();
    timeline->seek(17);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), booted);
    timeline->seek(timeline->boot_end() / 2);
    ASSERT_TRUE(timeline->redo());
    EXPECT_EQ(timeline->hash(), after);
}

//      get_page emits no event: a command that takes no time is still an action
TEST(Undo, ACommandWithoutEventsIsTakenBackToo) {
    const auto timeline = machine();
    const auto block = timeline->execute(alloc(0));
    ASSERT_TRUE(block);
    const std::uint64_t before = timeline->hash();
    ASSERT_TRUE(timeline->execute(GetPage{block->pfn}));
    const std::uint64_t held = timeline->hash();
    ASSERT_NE(before, held);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), before);
    ASSERT_TRUE(timeline->redo());
    EXPECT_EQ(timeline->hash(), held);
}

//      thousands of commands, several keyframes: one action
TEST(Undo, AWorkloadIsOneAction) {
    const auto timeline = machine();
    const std::uint64_t booted = timeline->hash();
    const Position boot_end = timeline->total();
    run_workload(*timeline, 60000);
    const std::uint64_t after = timeline->hash();
    const Position end = timeline->total();
    ASSERT_GT(end, boot_end + 65536) << "beyond keyframes";
    EXPECT_EQ(timeline->undo_name(), "workload");
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->hash(), booted);
    EXPECT_EQ(timeline->total(), boot_end);
    ASSERT_TRUE(timeline->redo());
    EXPECT_EQ(timeline->hash(), after);
    EXPECT_EQ(timeline->total(), end);
    EXPECT_EQ(timeline->undo_name(), "workload");
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

TEST(Undo, NamesLeaveOutWhatIsSeldomMeant) {
    EXPECT_EQ(action_name(alloc(3)), "alloc_pages order 3");
    EXPECT_EQ(action_name(FreePages{0x1a8c0, 3, 0}), "free_pages 0x1a8c0 order 3");
    EXPECT_EQ(action_name(DrainPages{}), "drain_all_pages");
    EXPECT_EQ(action_name(PutPage{16, 1}), "put_page 0x10");
}

}  // namespace
}  // namespace mm
