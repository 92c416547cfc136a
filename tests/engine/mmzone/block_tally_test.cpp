// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/block_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/mmzone/page_columns.h"
#include "engine/types/rng.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using Kind = BlockTally::Kind;
using Bytes512 = std::array<std::uint8_t, 512>;
constexpr std::uint8_t used = state_byte(PageState::allocated, MigrateType::movable);
constexpr std::uint8_t unused = state_byte(PageState::free);

//      frame   0        200              264          512
//              [ free   | allocated ...  | free: 3    | ]      the first stretch belongs to a block that began before
TEST(BlockTally, FreeFramesAreOfTheBlockWhoseHeadTheyFollow) {
    Bytes512 states{}, heads{};
    states.fill(unused);
    std::fill(states.begin() + 200, states.begin() + 264, used);
    heads[264] = 3;
    const BlockTally tally = tally_of(states, heads);
    ASSERT_FALSE(tally.overflown());
    EXPECT_EQ(0, tally.first_head);
    EXPECT_THAT(tally.all(), testing::ElementsAre(Kind{unused, 0, 200}, Kind{used, 0, 64}, Kind{unused, 3, 248}));
}

TEST(BlockTally, AHeadOfFramesInUseIsNoFreeBlocks) {
    Bytes512 states{}, heads{};
    states.fill(used);
    heads[0] = 10;
    const BlockTally tally = tally_of(states, heads);
    EXPECT_EQ(10, tally.first_head);
    EXPECT_THAT(tally.all(), testing::ElementsAre(Kind{used, 0, 512}));
}

/// Stretches of all lengths, few and many kinds: what is told is what one sees frame by frame.
TEST(BlockTally, IsACountOfEachFrame) {
    const test::RandomRun run = test::random_run("TALLY", 2000);
    SCOPED_TRACE(run.seed_text);
    Rng rng(run.seed);
    unsigned overflown = 0;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        Bytes512 states{}, heads{};
        const std::uint64_t longest = 1 + rng.below(200), most_heads = 1 + rng.below(20);
        for (std::size_t p = 0; p < 512;) {
            const std::size_t end = std::min<std::size_t>(512, p + 1 + rng.below(longest));
            const std::uint8_t state = rng.below(2) == 0 ? unused : state_byte(PageState::pcp, MigrateType{});
            if (rng.below(3) != 0) heads[p] = static_cast<std::uint8_t>(1 + rng.below(most_heads));
            while (p < end)
                states[p++] = state;
        }
        std::map<std::pair<std::uint8_t, std::uint8_t>, unsigned> counts;
        std::uint8_t head = 0;
        for (std::size_t p = 0; p < 512; ++p) {
            if (states[p] == unused && heads[p] != 0) head = heads[p];
            ++counts[{states[p], states[p] == unused ? head : std::uint8_t{0}}];
        }
        const BlockTally tally = tally_of(states, heads);
        ASSERT_EQ(counts.size() > BlockTally::most, tally.overflown()) << "block " << i;
        ASSERT_EQ(heads[0], tally.first_head);
        if (tally.overflown()) {
            ++overflown;
            continue;
        }
        ASSERT_EQ(counts.size(), tally.all().size());
        for (const Kind& kind : tally.all())
            ASSERT_EQ((counts[{kind.state, kind.head}]), kind.frames) << "block " << i;
    }
    EXPECT_GT(overflown, 0u);
    EXPECT_LT(overflown, run.commands);
}

/// A picture has the tally of its frames, also when it is the second of the same pageblock.
TEST(BlockTally, APictureHasIt) {
    PageColumns columns(2048);
    for (const Pfn changed : {Pfn{600}, Pfn{601}}) {
        columns.set_state(changed, 1, used);
        const PageBlockImage* const image = columns.freeze().block_image(512);
        ASSERT_TRUE(image);
        EXPECT_EQ(tally_of(image->state, image->head), image->tally);
        EXPECT_EQ(2u, image->tally.all().size());
    }
}

}  // namespace
}  // namespace mm
