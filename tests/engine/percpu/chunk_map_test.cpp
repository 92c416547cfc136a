// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/percpu/chunk_map.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/types/rng.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

const ChunkMap::Usable anywhere = [](int, int) { return std::optional<int>(); };

std::optional<int> take(ChunkMap& map, int wanted, int align = 1) {
    const auto from = map.find_fit(wanted, align, anywhere);
    return from ? map.alloc(wanted, align, *from) : std::nullopt;
}

//  bits  0 [a: 10][b: 6]..16[c: 8]24
//  Expect: places from the left, aligned; a hole is filled by what fits; pages are empty again when all is free.
TEST(ChunkMap, TheFirstPlaceThatFitsIsTaken) {
    ChunkMap map(2);
    EXPECT_EQ(take(map, 10), 0);
    EXPECT_EQ(map.take_empty_change(), -1);
    EXPECT_EQ(take(map, 6), 10);
    EXPECT_EQ(take(map, 8, 8), 16);
    EXPECT_EQ(map.free(0), 10);
    EXPECT_EQ(take(map, 12), 24) << "the hole is too small";
    EXPECT_EQ(take(map, 4), 0);
    EXPECT_EQ(take(map, 4, 8), 36 / 8 * 8 + 8);
    EXPECT_EQ(map.check(), std::nullopt);
    for (const int at : {0, 10, 16, 24, 40})
        map.free(at);
    EXPECT_EQ(map.take_empty_change(), 1);
    EXPECT_EQ(map.hints().contig, 2048);
    EXPECT_EQ(map.check(), std::nullopt);
}

//  |h|....1024....|....2040|h|
//  Expect: bits at the ends are not given out; a region may go across pages.
TEST(ChunkMap, EndsCanBeHidden) {
    ChunkMap map(2);
    map.hide(4, 8);
    EXPECT_EQ(map.free_bits(), 2036);
    EXPECT_EQ(take(map, 2037), std::nullopt);
    EXPECT_EQ(take(map, 2036), 4);
    EXPECT_EQ(map.free_bits(), 0);
    EXPECT_EQ(map.check(), std::nullopt);
    EXPECT_EQ(map.free(4), 2036);
    EXPECT_EQ(map.check(), std::nullopt);
}

/// Hints against the bits after each step; areas do not overlap.
TEST(ChunkMap, RandomSizesAddUp) {
    const test::RandomRun run = test::random_run("PERCPU", 5000);
    ChunkMap map(4);
    Rng rng(run.seed);
    std::map<int, int> areas;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        if (rng.chance(i / 500 % 2 ? 350 : 650)) {
            const int wanted = 1 + static_cast<int>(rng.below(rng.chance(100) ? 1500 : 40));
            const int align = 1 << rng.below(6);
            const auto at = take(map, wanted, align);
            if (at) {
                ASSERT_EQ(*at % align, 0);
                const auto next = areas.lower_bound(*at);
                ASSERT_TRUE(next == areas.end() || *at + wanted <= next->first);
                ASSERT_TRUE(next == areas.begin() || std::prev(next)->second <= *at);
                areas[*at] = *at + wanted;
            }
        } else if (!areas.empty()) {
            auto it = areas.begin();
            std::advance(it, static_cast<long>(rng.below(areas.size())));
            ASSERT_TRUE(map.begins(it->first));
            ASSERT_EQ(map.free(it->first), it->second - it->first);
            areas.erase(it);
        }
        const Broken broken = map.check();
        ASSERT_EQ(std::nullopt, broken) << *broken << " after step " << i << ", " << run.seed_text;
    }
    for (const auto& [at, end] : areas)
        map.free(at);
    EXPECT_EQ(map.free_bits(), 4096);
    EXPECT_EQ(map.hints().contig, 4096) << "all is one region again";
    EXPECT_EQ(map.take_empty_change(), 0);
    EXPECT_EQ(map.check(), std::nullopt);
}

}  // namespace
}  // namespace mm
