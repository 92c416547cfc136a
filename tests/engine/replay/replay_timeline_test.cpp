// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/replay_timeline.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/snapshot/describe.h"
#include "engine/types/rng.h"

namespace mm {
namespace {

const std::string folder = MMSCOPE_TEST_DATA "/recordings/idle-128m";

std::uint64_t hash_at(ReplayTimeline& timeline) {
    const SnapshotPtr s = timeline.snapshot();
    return state_hash(s->state, s->pages);
}

TEST(ReplayTimeline, AnyMomentIsTheSameHoweverOneComesThere) {
    for (const bool plain : {false, true}) {
        SCOPED_TRACE(plain ? "plain tracepoints" : "all events");
        auto opened = ReplayTimeline::open(folder, {.plain = plain});
        ASSERT_TRUE(opened) << opened.error().text();
        ReplayTimeline& timeline = **opened;
        EXPECT_EQ(timeline.cursor(), 0u);
        std::vector<std::uint64_t> forward;
        constexpr Position stride = 97;
        for (Position p = 0; p < timeline.total(); p += stride) {
            timeline.seek(p);
            ASSERT_EQ(timeline.cursor(), p);
            forward.push_back(hash_at(timeline));
        }
        EXPECT_GT(std::set<std::uint64_t>(forward.begin(), forward.end()).size(), forward.size() / 2);
        for (std::size_t i = forward.size(); i-- > 0;) {
            timeline.seek(i * stride);
            EXPECT_EQ(hash_at(timeline), forward[i]) << "backwards, at " << i * stride;
        }
        Rng rng(11);
        for (int n = 0; n < 60; ++n) {
            const std::size_t i = rng.below(forward.size());
            timeline.seek(i * stride);
            EXPECT_EQ(hash_at(timeline), forward[i]) << "seed 11, jump " << n << " to " << i * stride;
        }
        EXPECT_EQ(timeline.report().predicted, timeline.report().known) << "walking about is not counted again";
        EXPECT_EQ(timeline.report().allocations, 909u);
    }
}

TEST(ReplayTimeline, StepsGoFromAllocationToAllocation) {
    auto opened = ReplayTimeline::open(folder);
    ASSERT_TRUE(opened);
    ReplayTimeline& timeline = **opened;
    const Position first = timeline.step_over();
    const SnapshotPtr there = timeline.snapshot();
    EXPECT_EQ(there->last_event().event.kind, EventKind::mm_page_alloc);
    EXPECT_NE(describe(there->last_event()).find("as predicted"), std::string::npos) << describe(there->last_event());
    const Position second = timeline.step_over();
    EXPECT_GT(second, first);
    EXPECT_EQ(timeline.step_back_over(), first);
    EXPECT_EQ(timeline.step_into(), first + 1);
    EXPECT_EQ(timeline.step_back(), first);
    EXPECT_EQ(timeline.step_back_over(), 0u);
    EXPECT_EQ(timeline.step_out(), timeline.total()) << "no prediction is wrong";
    timeline.seek(timeline.total() + 5);
    EXPECT_EQ(timeline.cursor(), timeline.total());
    EXPECT_EQ(timeline.step_into(), timeline.total());
}

//      keyframe made while notes are told ── notes end ── restored
//  Expect: nobody is told anything any more; opening can be stopped, and says so.
TEST(ReplayTimeline, AKeyframeForgetsWhoLookedOn) {
    auto replay = Replay::open(folder);
    ASSERT_TRUE(replay);
    ReplayNotes notes;
    replay->tell(&notes);
    const Replay::Keyframe keyframe = replay->keyframe();
    replay->tell(nullptr);
    replay->restore(keyframe);
    while (replay->position() < 600) {
        replay->step();
        ASSERT_TRUE(notes.freed.empty() && !notes.locked && notes.retyped.empty()) << replay->position();
    }
}

TEST(ReplayTimeline, OpeningTellsHowFarItIsAndCanBeStopped) {
    std::vector<std::size_t> told;
    const auto opened = ReplayTimeline::open(folder, {}, [&](std::size_t done, std::size_t all) {
        EXPECT_EQ(all, 5379u);
        told.push_back(done);
        return done < 3000;
    });
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("stopped"), std::string::npos);
    EXPECT_EQ(told, (std::vector<std::size_t>{0, 1024, 2048, 3072}));
}

TEST(ReplayTimeline, TheHistoryHasEachEventAndSamples) {
    auto opened = ReplayTimeline::open(folder);
    ASSERT_TRUE(opened);
    const SnapshotPtr s = (*opened)->snapshot();
    EXPECT_EQ(s->history.size(), 5379u);
    EXPECT_EQ(s->total, 5379u);
    EXPECT_GT(s->history.samples().size(), 100u);
    EXPECT_FALSE(s->booted) << "a recording takes no commands";
    EXPECT_EQ(s->machine->name, "recording idle-128m");
    EXPECT_TRUE(is_recording(folder));
    EXPECT_FALSE(is_recording(MMSCOPE_TEST_DATA "/machines/pc-512m"));
}

}  // namespace
}  // namespace mm
