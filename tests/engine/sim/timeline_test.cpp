// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/timeline.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/sim/workload.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;

/// Runs the workload for so many commands; returns how many allocations succeeded.
unsigned run_workload(Timeline& timeline, Workload& workload, unsigned commands) {
    unsigned allocated = 0;
    std::vector<Nid> nodes;
    for (const Node& node : timeline.system().state().zones.nodes)
        if (node.present) nodes.push_back(node.nid);
    for (unsigned i = 0; i < commands; ++i) {
        const Command command = workload.next(timeline.system().state().zones.sum(&Zone::managed),
                                              timeline.system().state().zones.sum(&Zone::free_pages), nodes);
        const auto result = timeline.execute(command);
        if (!result) {
            ADD_FAILURE() << to_text(command) << ": " << result.error().text();
            return allocated;
        }
        if (const auto* alloc = std::get_if<AllocPages>(&command)) {
            workload.moved(result->moved);
            workload.allocated(result->pfn, alloc->request.order);
            allocated += result->pfn != no_pfn;
        }
    }
    return allocated;
}

TEST(Timeline, boots_and_every_room_agrees_with_itself_after_each_stage) {
    for (const char* name : {"pc-512m", "q35-ovmf-8g", "numa-2n-2g"}) {
        auto timeline = boot(name);
        EXPECT_EQ(timeline->cursor(), timeline->boot_end());
        const auto& spans = timeline->history().spans();
        for (std::size_t stage = 0; stage < spans.size(); ++stage) {
            timeline->seek(spans[stage].last);
            const Broken broken = timeline->system().check();
            EXPECT_FALSE(broken) << name << " after " << timeline->history().stages()[stage].name << ": " << *broken;
        }
        EXPECT_GT(timeline->system().state().zones.sum(&Zone::free_pages), 0u);
        EXPECT_EQ(timeline->system().state().panic, "");
    }
}

TEST(Timeline, every_position_of_the_boot_is_the_same_forwards_backwards_and_by_seeking) {
    auto timeline = boot("pc-512m");
    const std::uint64_t end_hash = timeline->hash();
    std::map<Position, std::uint64_t> forwards;
    timeline->seek(0);
    for (Position p = 0; p <= timeline->boot_end(); p = timeline->step_into()) {
        forwards[p] = timeline->hash();
        if (p == timeline->boot_end()) break;
    }
    EXPECT_EQ(forwards.size(), timeline->boot_end() + 1) << "step_into goes event by event";
    EXPECT_EQ(forwards.rbegin()->second, end_hash) << "stepping to the end equals the straight run";
    for (; timeline->cursor() > 0; timeline->step_back())
        ASSERT_EQ(timeline->hash(), forwards[timeline->cursor()]) << "stepping back at " << timeline->cursor();
    EXPECT_EQ(timeline->hash(), forwards[0]);
    Rng rng(20261122);
    for (int i = 0; i < 200; ++i) {
        const Position p = rng.below(timeline->total() + 1);
        timeline->seek(p);
        ASSERT_EQ(timeline->hash(), forwards[p]) << "seek to " << p << ", seed 20261122, round " << i;
    }
}

TEST(Timeline, stepping_over_stops_at_the_ends_of_leaf_stages_and_stepping_out_at_their_parents) {
    auto timeline = boot("pc-512m");
    const History history = timeline->history();
    const auto span = [&](const char* name) {
        return history.spans()[static_cast<std::size_t>(history.stage_named(name))];
    };
    timeline->seek(0);
    EXPECT_EQ(timeline->step_over(), span("detect_memory").last);
    EXPECT_EQ(timeline->step_over(), span("early_reserve_memory").last);
    timeline->step_into();
    EXPECT_EQ(timeline->step_out(), span("setup_arch").last) << "out of e820__memory_setup is the end of setup_arch";
    EXPECT_EQ(timeline->step_back_over(), span("e820__register_nosave_regions").last);
    timeline->seek(span("sparse_init").first + 1);
    EXPECT_EQ(timeline->step_out(), span("paging_init").last);
}

TEST(Timeline, run_time_commands_step_back_and_forth_and_a_new_one_cuts_the_future) {
    auto timeline = boot("pc-512m");
    Workload workload(WorkloadSpec{.seed = 11, .mean_lifetime = 1000});
    EXPECT_GT(run_workload(*timeline, workload, 3000), 1000u);
    const Position end = timeline->total();
    const std::uint64_t end_hash = timeline->hash();
    std::map<Position, std::uint64_t> seen;
    Rng rng(5);
    for (int i = 0; i < 50; ++i) {
        const Position p = rng.below(end + 1);
        timeline->seek(p);
        const auto [it, fresh] = seen.emplace(p, timeline->hash());
        if (!fresh) {
            EXPECT_EQ(it->second, timeline->hash());
        }
        const Broken broken = timeline->system().check();
        EXPECT_FALSE(broken) << "at " << p << ": " << *broken;
    }
    for (const auto& [p, hash] : seen) {
        timeline->seek(p);
        EXPECT_EQ(timeline->hash(), hash) << "position " << p << " again";
    }
    timeline->seek(end);
    EXPECT_EQ(timeline->hash(), end_hash);

    timeline->seek(timeline->boot_end());
    ASSERT_TRUE(timeline->execute(AllocPages{}));
    EXPECT_LT(timeline->total(), end) << "the future was cut";
    EXPECT_EQ(timeline->cursor(), timeline->total());
    EXPECT_EQ(timeline->history().size() <= end, true);
}

TEST(Timeline, the_same_seed_gives_the_same_state_and_another_seed_another) {
    std::uint64_t hashes[3];
    for (int i = 0; i < 3; ++i) {
        auto timeline = boot("pc-128m");
        Workload workload(WorkloadSpec{.seed = i == 2 ? 8u : 7u});
        run_workload(*timeline, workload, 2000);
        hashes[i] = timeline->hash();
    }
    EXPECT_EQ(hashes[0], hashes[1]);
    EXPECT_NE(hashes[0], hashes[2]);
}

TEST(Timeline, refuses_commands_before_the_allocator_exists_and_after_a_panic) {
    auto timeline = boot("pc-128m");
    timeline->seek(10);
    EXPECT_FALSE(timeline->execute(AllocPages{}));
    EXPECT_EQ(timeline->cursor(), 10u) << "a refused command changes nothing";

    // 64 KiB of RAM: memblock cannot place the first page table.
    auto tiny = boot(test::machine_of({{0, 64 * KiB, E820Type::ram}, {0xf0000, 0x10000, E820Type::reserved}}));
    EXPECT_NE(tiny->system().state().panic, "");
    const auto result = tiny->execute(AllocPages{});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().text().find("panic"), std::string::npos);
    EXPECT_FALSE(tiny->snapshot()->booted);
}

TEST(Timeline, snapshots_are_moments_that_later_commands_do_not_touch) {
    auto timeline = boot("pc-128m");
    const SnapshotPtr before = timeline->snapshot();
    const std::uint64_t hash = state_hash(before->state, before->pages);
    const NrPages free_before = before->state.zones.nodes[0].zones[1].free_pages;
    Workload workload(WorkloadSpec{});
    run_workload(*timeline, workload, 1000);
    const SnapshotPtr after = timeline->snapshot();
    EXPECT_EQ(state_hash(before->state, before->pages), hash);
    EXPECT_NE(state_hash(after->state, after->pages), hash);
    EXPECT_LT(after->state.zones.nodes[0].zones[1].free_pages, free_before);
    EXPECT_EQ(before->total, timeline->boot_end());
}

}  // namespace
}  // namespace mm
