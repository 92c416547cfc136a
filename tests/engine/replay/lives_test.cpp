// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/block_watch.h"
#include "engine/replay/task_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using testing::HasSubstr;
using Role = LifeLine::Role;
using Kind = BlockEventKind;

Replay recording(const std::string& name) {
    auto replay = Replay::open(MMSCOPE_TEST_DATA "/recordings/" + name, {true});
    EXPECT_TRUE(replay);
    return std::move(*replay);
}

/// Where a frame can be. Between a free and the list it goes to, and between a list and its user, it is in limbo.
enum class At { used, limbo, cpu_list, free_lists };

At at_of(std::uint8_t state) {
    if (state_of(state) == PageState::free) return At::free_lists;
    return state_of(state) == PageState::pcp ? At::cpu_list : At::used;
}

/// Where the line leaves the frame; nothing: it cannot happen to a frame that is there.
std::optional<At> next(At at, const LifeLine& line) {
    const auto from = [at](At wanted, At to) { return at == wanted ? std::optional(to) : std::nullopt; };
    if (line.role != Role::itself) return from(At::free_lists, At::free_lists);
    switch (line.what.kind) {
        case Kind::handed_out:
            return at == At::limbo ? At::used : from(At::cpu_list, At::used);
        case Kind::freed:
            return from(At::used, At::limbo);
        case Kind::to_cpu_list:
            return from(At::limbo, At::cpu_list);
        case Kind::to_free_lists:
            return from(At::limbo, At::free_lists);
        case Kind::refilled:
            return from(At::free_lists, At::cpu_list);
        case Kind::left_lists:
            return from(At::free_lists, At::limbo);
        case Kind::drained:
            return from(At::cpu_list, At::free_lists);
        case Kind::captured:
            return at == At::cpu_list ? At::limbo : from(At::limbo, At::limbo);
        case Kind::isolated:
            return from(At::free_lists, At::used);
        case Kind::stolen:
            return from(At::free_lists, At::free_lists);
        case Kind::moved_away:  // recordings do not tell moves by compaction
        case Kind::moved_here:
        case Kind::split_up:
            return std::nullopt;
        case Kind::retyped:
            return at;
    }
    return std::nullopt;
}

//      start ─► used ─ freed ─► limbo ─ to_cpu_list ─► cpu_list ─ drained ─► free_lists ─ refilled ─► ...
//  Expect: each line of each frame's life can follow the one before, events ascend, and the life ends where the frame
//  really is at the end.
TEST(Biography, EachFrameOfARecordingLivesAPossibleLife) {
    for (const char* name : {"pressure-128m", "highorder-384m", "numa2-512m"}) {
        Replay replay = recording(name);
        const SnapshotPtr start = replay.snapshot();
        const LifeIndex index = record_lives(replay, replay.events().size());
        std::size_t lines = 0, wrong = 0;
        for (Pfn pfn = 0; pfn < replay.pages().end_pfn(); ++pfn) {
            At at = at_of(start->pages.at(pfn).state);
            std::size_t before = 0;
            for (const LifeLine& line : index.life_of(pfn)) {
                const auto to = next(at, line);
                if ((!to || line.what.event < before) && wrong++ < 5)
                    ADD_FAILURE() << name << " pfn " << pfn << " event " << line.what.event << ": "
                                  << text_of(line, pfn) << " while " << static_cast<int>(at);
                at = to.value_or(at);
                before = line.what.event;
                ++lines;
            }
            if (at != at_of(replay.pages().state(pfn)) && at != At::limbo && wrong++ < 5)
                ADD_FAILURE() << name << " pfn " << pfn << " ends as " << static_cast<int>(at);
        }
        EXPECT_EQ(wrong, 0u) << name;
        EXPECT_GT(lines, 100000u) << name;
        EXPECT_LT(index.entries(), 2 * replay.events().size()) << "8 bytes an entry: at most 16 an event";
    }
}

//      [0 ....................... 1023]  order 10    order 0 taken at 0: frame 700 stays in 512..1023
//      frame 1 is freed and merges with 0: 0..1
TEST(Biography, SplitsAndMergesAreToldFromTheFramesSide) {
    const LifeLine split{{5, Kind::refilled, 0, 0, 10, MigrateType::movable, {}}, Role::split};
    EXPECT_EQ(text_of(split, 700), "free: its block 0..1023 is split for 0; it stays in 512..1023 (order 9)");
    EXPECT_EQ(text_of(split, 1), "free: its block 0..1023 is split for 0; it stays in 1 (order 0)");
    const LifeLine merged{{6, Kind::drained, 1, 0, 1, MigrateType::movable, {}}, Role::merged};
    EXPECT_EQ(text_of(merged, 0), "free: its block grows to 0..1 (order 1) on Movable");
    const LifeLine drained{{6, Kind::drained, 1, 0, 1, MigrateType::movable, {}}, Role::itself};
    EXPECT_EQ(text_of(drained, 1), "from the CPU's list to the free lists: 1 Movable, merged to 0..1 (order 1)");
}

//      17919: last movable page of a refill in event 5599, taken in 5606 by the task work-94
TEST(Biography, NamesEventsTimesAndTasks) {
    Replay replay = recording("pressure-128m");
    const SnapshotPtr start = replay.snapshot();
    const LifeIndex index = record_lives(replay, 6000);
    const TaskNames names{{94, "work"}};
    const Biography life{pfn_report(*start, 17919), false,
                         lines_of(index, 17919, recorded_moments(replay.events(), names))};
    const std::string text = print_text(life);
    EXPECT_THAT(text, HasSubstr("frame 17919 (0x45ff), zone 0:DMA32, pageblock 17408 Movable"));
    EXPECT_THAT(text, HasSubstr("6.297210  work-94            from the free lists to the CPU's list: 17919 Movable"));
    EXPECT_THAT(text, HasSubstr("work-94            allocated: 17919 Movable"));
    EXPECT_THAT(print_json(life), HasSubstr("\"kind\": \"handed_out\""));
    EXPECT_TRUE(index.life_of(99'999'999).empty());
}

TEST(TaskNames, AreReadFromLines) {
    const TaskNames names =
        task_names("1.0 kworker/u2:0-9 ..... x\nnonsense\n1.1 a-b-17 ..... y\n1.2 init-9 ..... z\n");
    EXPECT_EQ(names.size(), 2u);
    EXPECT_EQ(task_text(9, names), "kworker/u2:0-9");
    EXPECT_EQ(task_text(17, names), "a-b-17");
    EXPECT_EQ(task_text(1, names), "?-1");
}

}  // namespace
}  // namespace mm
