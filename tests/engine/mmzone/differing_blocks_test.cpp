// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/differing_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/types/rng.h"

namespace mm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Pfn frames = 200 * pageblock_pages;  // four sections, the last of them not whole

std::vector<Pfn> really_differing(const FrozenPages& a, const FrozenPages& b) {
    std::vector<Pfn> out;
    for (Pfn first = 0; first < frames; first += pageblock_pages)
        for (Pfn p = first; p < first + pageblock_pages; ++p)
            if (a.at(p) != b.at(p)) {
                out.push_back(first);
                break;
            }
    return out;
}

//  picture 1 ──► 2 ──► 3     Expect: what lies between neighbours, both ways, and what adds up over both steps
TEST(DifferingBlocks, AreFoundInBothDirectionsAndOverSeveralPictures) {
    PageColumns pages(frames);
    const FrozenPages empty = pages.freeze();
    pages.set_state(0, frames, state_byte(PageState::free));
    const FrozenPages one = pages.freeze();
    EXPECT_EQ(differing_blocks(empty, one).size(), frames / pageblock_pages);
    pages.set_refcount(3 * pageblock_pages + 5, 7);
    const FrozenPages two = pages.freeze();
    pages.set_state(130 * pageblock_pages, pageblock_pages, state_byte(PageState::allocated));
    const FrozenPages three = pages.freeze();
    EXPECT_THAT(differing_blocks(one, one), IsEmpty());
    EXPECT_THAT(differing_blocks(one, two), ElementsAre(3 * pageblock_pages));
    EXPECT_THAT(differing_blocks(two, one), ElementsAre(3 * pageblock_pages));
    EXPECT_THAT(differing_blocks(two, three), ElementsAre(130 * pageblock_pages));
    EXPECT_THAT(differing_blocks(one, three), ElementsAre(3 * pageblock_pages, 130 * pageblock_pages));
    pages.restore(two);
    pages.set_state(199 * pageblock_pages, 1, state_byte(PageState::allocated));
    const FrozenPages other = pages.freeze();
    EXPECT_THAT(differing_blocks(three, other), ElementsAre(130 * pageblock_pages, 199 * pageblock_pages));
    EXPECT_THAT(differing_blocks(two, other), ElementsAre(199 * pageblock_pages));
    PageColumns stranger(frames);
    stranger.set_state(0, frames, state_byte(PageState::free));
    EXPECT_THAT(differing_blocks(one, stranger.freeze()), IsEmpty()) << "another machine's, made of nothing, too";
}

//  [ 200 pageblocks ]  ──►  [ 200 | 100 more ]     Expect: what was there is as it was; what has come differs once used
TEST(DifferingBlocks, FramesThatComeAreZeroBefore) {
    PageColumns pages(frames);
    pages.set_state(0, frames, state_byte(PageState::free));
    pages.set_refcount(77, 3);
    const FrozenPages before = pages.freeze();
    pages.grow(frames + 100 * pageblock_pages);
    EXPECT_EQ(pages.end_pfn(), frames + 100 * pageblock_pages);
    EXPECT_EQ(pages.refcount(77), 3);
    EXPECT_EQ(pages.state(frames - 1), state_byte(PageState::free));
    EXPECT_EQ(pages.record(frames + 5), PageRecord{});
    EXPECT_THAT(differing_blocks(before, pages.freeze()), IsEmpty());
    pages.set_state(frames + pageblock_pages, 1, state_byte(PageState::free));
    EXPECT_THAT(differing_blocks(before, pages.freeze()), ElementsAre(frames + pageblock_pages));
    EXPECT_THAT(differing_blocks(pages.freeze(), before), ElementsAre(frames + pageblock_pages));
}

TEST(DifferingBlocks, NoneIsForgotten) {
    PageColumns pages(frames);
    Rng rng(5);
    std::vector<FrozenPages> pictures{pages.freeze()};
    for (int step = 0; step < 60; ++step) {
        for (std::uint64_t i = rng.below(6); i > 0; --i) {
            const Pfn p = rng.below(frames);
            rng.chance(500) ? pages.set_refcount(p, static_cast<std::int32_t>(rng.below(3)))
                            : pages.set_state(p, 1, state_byte(static_cast<PageState>(rng.below(nr_page_states))));
        }
        if (rng.chance(100)) pages.restore(pictures[rng.below(pictures.size())]);
        if (rng.chance(600)) pictures.push_back(pages.freeze());
        const FrozenPages &a = pictures[rng.below(pictures.size())], &b = pictures[rng.below(pictures.size())];
        const std::vector<Pfn> found = differing_blocks(a, b);
        for (const Pfn block : really_differing(a, b))
            EXPECT_TRUE(std::find(found.begin(), found.end(), block) != found.end()) << "step " << step;
    }
}

}  // namespace
}  // namespace mm
