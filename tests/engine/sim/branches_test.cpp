// SPDX-License-Identifier: GPL-3.0-or-later
// Branches of a history: what they share is kept once, a switch brings back the very state, and no branch loses what it
// has because of what is done in another.
#include <gtest/gtest.h>

#include <map>

#include "engine/types/rng.h"
#include "tests/support/commands.h"
#include "tests/support/from_environment.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

std::unique_ptr<Timeline> machine() {
    return test::opened(test::machine_folder("pc-128m"));
}

Command alloc(Order order) {
    return test::alloc_pages(order);
}

SharedCommands commands_of(std::initializer_list<Order> orders) {
    SharedCommands out;
    for (const Order order : orders)
        out.append(alloc(order));
    return out;
}

//      a: 0 1 2 3      b = a up to 2, then 7      Expect: two commands kept once; each goes on without the other
TEST(SharedCommands, PiecesAreSharedAndEachListGoesItsOwnWay) {
    SharedCommands a = commands_of({0, 1, 2, 3});
    SharedCommands b = a;
    EXPECT_EQ(b.shared_with(a), 4u);
    b.cut(2);
    b.append(alloc(7));
    a.append(alloc(4));
    EXPECT_EQ(b.shared_with(a), 2u);
    EXPECT_EQ(a.size(), 5u);
    ASSERT_EQ(b.size(), 3u);
    for (const Order i : {0u, 1u, 2u, 3u, 4u})
        EXPECT_EQ(a[i], alloc(i));
    EXPECT_EQ(b[2], alloc(7));
    a.cut(2);
    a.append(alloc(7));
    EXPECT_EQ(a.shared_with(b), 2u) << "the same command, but done twice";
    EXPECT_EQ(a.common(b), 3u);
}

TEST(SharedCommands, CuttingForgetsAndNothingComesBack) {
    SharedCommands a = commands_of({0, 1, 2});
    a.cut(1);
    a.append(alloc(9));
    ASSERT_EQ(a.size(), 2u);
    EXPECT_EQ(a[1], alloc(9));
    a.cut(0);
    EXPECT_EQ(a.size(), 0u);
    a.append(alloc(5));
    EXPECT_EQ(a[0], alloc(5));
}

TEST(BranchesTest, NamesAreOneLineAndDiffer) {
    Branches branches;
    EXPECT_FALSE(branches.add("", 0, 0));
    EXPECT_FALSE(branches.add("two\nlines", 0, 0));
    EXPECT_FALSE(branches.add("main", 0, 0));
    ASSERT_TRUE(branches.add("other", 0, 0));
    EXPECT_FALSE(branches.rename("other", "main"));
    EXPECT_TRUE(branches.rename("other", "third"));
    EXPECT_FALSE(branches.drop("main")) << "one is in it";
    EXPECT_TRUE(branches.drop("third"));
    EXPECT_FALSE(branches.drop("third"));
    EXPECT_EQ(branches.check(), std::nullopt);
}

//      boot | 1 | 2 | 3        main
//                `----| 5      other      Expect: both ends bit for bit, from either side
TEST(TimelineBranches, ASwitchBringsBackTheState) {
    const auto timeline = machine();
    std::vector<Position> ends;
    for (const Order order : {1u, 2u, 3u}) {
        ASSERT_TRUE(timeline->execute(alloc(order)));
        ends.push_back(timeline->total());
    }
    const std::uint64_t main_end = timeline->hash();
    timeline->seek(ends[1]);
    ASSERT_TRUE(timeline->begin_branch("other"));
    EXPECT_EQ(timeline->total(), ends[1]);
    EXPECT_EQ(timeline->cursor(), ends[1]);
    ASSERT_TRUE(timeline->execute(alloc(5)));
    const std::uint64_t other_end = timeline->hash();
    const auto infos = timeline->branches();
    ASSERT_EQ(infos.size(), 2u);
    EXPECT_EQ(infos[0], (BranchInfo{"main", 3, 2, false}));
    EXPECT_EQ(infos[1], (BranchInfo{"other", 3, 3, true}));

    const auto fork = timeline->switch_to("main");
    ASSERT_TRUE(fork);
    EXPECT_EQ(*fork, ends[1]);
    EXPECT_EQ(timeline->cursor(), ends[1]) << "where it was left";
    EXPECT_EQ(timeline->total(), ends[2]);
    timeline->seek(timeline->total());
    EXPECT_EQ(timeline->hash(), main_end);
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 3");
    ASSERT_TRUE(timeline->switch_to("other"));
    EXPECT_EQ(timeline->hash(), other_end);
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 5");
    EXPECT_FALSE(timeline->switch_to("nowhere"));
    EXPECT_FALSE(timeline->drop_branch("other"));
    EXPECT_TRUE(timeline->drop_branch("main"));
    EXPECT_EQ(timeline->branches().size(), 1u);
}

//      from within the boot, and from the middle of a command      Expect: the moment is not lost
TEST(TimelineBranches, BeginAtAnyMoment) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(alloc(3)));
    ASSERT_TRUE(timeline->execute(alloc(8)));
    const Position middle = timeline->boot_end() + 1;
    timeline->seek(middle);
    ASSERT_TRUE(timeline->begin_branch("middle"));
    EXPECT_EQ(timeline->cursor(), middle);
    EXPECT_EQ(timeline->commands(), std::vector<Command>{alloc(3)});
    timeline->seek(timeline->boot_end() / 2);
    ASSERT_TRUE(timeline->begin_branch("boot"));
    EXPECT_EQ(timeline->cursor(), timeline->boot_end() / 2);
    EXPECT_EQ(timeline->total(), timeline->boot_end());
    EXPECT_TRUE(timeline->commands().empty());
    ASSERT_TRUE(timeline->switch_to("main"));
    EXPECT_EQ(timeline->commands(), (std::vector<Command>{alloc(3), alloc(8)}));
}

//      Expect: another branch's end, and oneself where one was, history and all
TEST(TimelineBranches, TheEndOfAnotherIsLookedAtFromHere) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(alloc(1)));
    ASSERT_TRUE(timeline->begin_branch("other"));
    ASSERT_TRUE(timeline->execute(alloc(9)));
    ASSERT_TRUE(timeline->execute(alloc(2)));
    timeline->seek(timeline->total() - 1);
    const std::uint64_t here = timeline->hash();
    const Position cursor = timeline->cursor(), total = timeline->total();
    const auto end = timeline->end_of_branch("main");
    ASSERT_TRUE(end);
    EXPECT_LT((*end)->total, total);
    EXPECT_EQ((*end)->at, (*end)->total);
    EXPECT_EQ(timeline->cursor(), cursor);
    EXPECT_EQ(timeline->total(), total);
    EXPECT_EQ(timeline->hash(), here);
}

//      main  a a a ... a (700)       given up on the way there, and on the way to its end
//      other a b                     Expect: nothing is lost of either, and the way there is open still
TEST(TimelineBranches, AWayThatIsGivenUpLeavesAllAsItWas) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(alloc(1)));
    const Position fork = timeline->total();
    for (int i = 0; i < 700; ++i)
        ASSERT_TRUE(timeline->execute(alloc(0)));
    const std::uint64_t main_end = timeline->hash();
    timeline->seek(fork);
    ASSERT_TRUE(timeline->begin_branch("other"));
    ASSERT_TRUE(timeline->execute(alloc(4)));
    timeline->begin_action("two");
    ASSERT_TRUE(timeline->execute(alloc(9)));
    ASSERT_TRUE(timeline->execute(alloc(2)));
    timeline->end_action();
    const std::uint64_t other_end = timeline->hash();
    timeline->seek(timeline->total() - 1);
    const std::uint64_t here = timeline->hash();
    const Position cursor = timeline->cursor(), total = timeline->total();
    const auto commands = timeline->commands();
    const auto actions = timeline->actions();
    const auto infos = timeline->branches();
    std::vector<double> told;
    const Timeline::Progress third = [&](double done) {
        told.push_back(done);
        return told.size() % 3 != 0;
    };
    const auto gone = timeline->switch_to("main", third);
    ASSERT_TRUE(gone);
    EXPECT_FALSE(*gone);
    const auto end = timeline->end_of_branch("main", third);
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
    ASSERT_EQ(told.size(), 6u);
    EXPECT_EQ(told[0], 0);
    EXPECT_LT(told[1], told[2]);
    EXPECT_EQ(timeline->cursor(), cursor);
    EXPECT_EQ(timeline->total(), total);
    EXPECT_EQ(timeline->hash(), here);
    EXPECT_EQ(timeline->commands(), commands);
    EXPECT_EQ(timeline->actions(), actions);
    EXPECT_EQ(timeline->branches(), infos);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
    timeline->seek(total);
    EXPECT_EQ(timeline->hash(), other_end);
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(timeline->undo_name(), "alloc_pages order 4");
    ASSERT_TRUE(timeline->redo());
    EXPECT_EQ(timeline->hash(), other_end);
    const auto there = timeline->switch_to("main", [](double) { return true; });
    ASSERT_TRUE(there);
    EXPECT_EQ(*there, fork);
    timeline->seek(timeline->total());
    EXPECT_EQ(timeline->hash(), main_end);
    ASSERT_TRUE(timeline->switch_to("other"));
    timeline->seek(timeline->total());
    EXPECT_EQ(timeline->hash(), other_end);
}

//      a branch out of a file whose last command this machine refuses      Expect: it ends before it, with its actions
TEST(TimelineBranches, EndsWhereACommandIsRefused) {
    const auto timeline = machine();
    KeptBranch branch{"written", "main", 0, {alloc(1), FreePages{0x7fffffff, 0, 0}}, {{"one", 0}, {"two", 1}}, 0};
    ASSERT_FALSE(timeline->execute(branch.own[1])) << "there is no such frame";
    ASSERT_TRUE(timeline->add_branch(branch));
    ASSERT_TRUE(timeline->switch_to("written"));
    EXPECT_EQ(timeline->undo_name(), "one");
    EXPECT_EQ(timeline->commands(), std::vector<Command>{alloc(1)});
    EXPECT_EQ(timeline->actions(), (std::vector<ActionLog::Done>{{"one", 0}}));
    ASSERT_TRUE(timeline->switch_to("main"));
    ASSERT_EQ(timeline->other_branches().size(), 1u);
    EXPECT_EQ(timeline->other_branches()[0].own, std::vector<Command>{alloc(1)});
    ASSERT_TRUE(timeline->switch_to("written"));
    EXPECT_TRUE(timeline->undo());
    EXPECT_FALSE(timeline->undo());
}

//      at random: commands, seeks, undo, redo, branches begun, switched to, dropped, written down and read again
//      Expect: each branch's end is what it was when it was left, and its list of commands
TEST(TimelineBranches, AtRandomNoBranchLosesAnything) {
    const std::uint64_t seed = test::from_environment("MMSCOPE_SEED", 11);
    SCOPED_TRACE("MMSCOPE_SEED=" + std::to_string(seed));
    Rng rng(seed);
    const auto timeline = machine();
    std::map<std::string, std::pair<std::vector<Command>, std::uint64_t>> left;
    const auto current = [&] {
        for (const BranchInfo& info : timeline->branches())
            if (info.current) return info.name;
        return std::string();
    };
    const auto leave = [&] {
        const Position cursor = timeline->cursor();
        timeline->seek(timeline->total());
        left[current()] = {timeline->commands(), timeline->hash()};
        timeline->seek(cursor);
    };
    const auto look = [&] {
        const Position cursor = timeline->cursor();
        timeline->seek(timeline->total());
        EXPECT_EQ(timeline->commands(), left[current()].first);
        EXPECT_EQ(timeline->hash(), left[current()].second);
        timeline->seek(cursor);
    };
    for (int step = 0; step < 120; ++step) {
        const auto infos = timeline->branches();
        const std::string any = infos[rng.below(infos.size())].name;
        switch (rng.below(8)) {
            case 0:
                timeline->seek(timeline->boot_end() + rng.below(timeline->total() - timeline->boot_end() + 1));
                break;
            case 1:
                leave();
                ASSERT_TRUE(timeline->begin_branch("b" + std::to_string(step)));
                break;
            case 2:
                leave();
                ASSERT_TRUE(timeline->switch_to(any, [&](double) { return rng.below(3) != 0; }));
                look();  // there, or given up
                break;
            case 3:
                (void)timeline->undo();
                break;
            case 4:
                (void)timeline->redo();
                break;
            case 5:
                if (any != current() && infos.size() > 4) {
                    ASSERT_TRUE(timeline->drop_branch(any));
                }
                break;
            default:
                (void)timeline->execute(alloc(static_cast<Order>(rng.below(4))));
        }
        ASSERT_EQ(timeline->system().check(), std::nullopt) << "step " << step;
    }
    leave();
    const auto kept = timeline->other_branches();
    const auto again = machine();
    for (const Command& command : timeline->commands())
        (void)again->execute(command);
    ASSERT_TRUE(again->rename_branch("main", current()));
    for (const KeptBranch& branch : kept)
        ASSERT_TRUE(again->add_branch(branch)) << branch.name;
    for (const BranchInfo& info : timeline->branches()) {
        ASSERT_TRUE(again->switch_to(info.name));
        again->seek(again->total());
        EXPECT_EQ(again->hash(), left[info.name].second) << info.name;
    }
}

}  // namespace
}  // namespace mm
