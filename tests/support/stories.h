// SPDX-License-Identifier: GPL-3.0-or-later
// Checks over a workload that has been played.
#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "engine/sim/story_player.h"
#include "engine/sim/timeline.h"

namespace mm::test {

/// So many commands of the workload are played; then time goes back and forth between five moments of it: each is what
/// it was, and everything adds up.
inline void expect_time_goes_back(Timeline& timeline, std::string_view story, int commands) {
    StoryPlayer player(*story_named(story), 3);
    std::vector<std::pair<Position, std::uint64_t>> moments;
    for (int i = 0; i < commands; ++i) {
        ASSERT_TRUE(player.step(timeline));
        if (i % (commands / 5) == 0) moments.emplace_back(timeline.cursor(), timeline.hash());
    }
    for (const auto& [position, hash] : {moments[1], moments[4], moments[0], moments[3]}) {
        timeline.seek(position);
        EXPECT_EQ(hash, timeline.hash()) << "at " << position;
        EXPECT_EQ(std::nullopt, timeline.system().check());
    }
}

}  // namespace mm::test
