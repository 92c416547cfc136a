// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/page_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "engine/types/rng.h"

namespace mm {
namespace {

constexpr Pfn section = pageblock_pages * section_blocks;
constexpr std::uint8_t free_state = state_byte(PageState::free);

std::vector<PageRecord> records(const PageColumns& pages) {
    std::vector<PageRecord> out;
    for (Pfn p = 0; p < pages.end_pfn(); ++p)
        out.push_back(pages.record(p));
    return out;
}

std::vector<PageRecord> records(const FrozenPages& pages) {
    std::vector<PageRecord> out;
    for (Pfn p = 0; p < pages.end_pfn(); ++p)
        out.push_back(pages.at(p));
    return out;
}

/// One random change of a few frames.
void change(PageColumns& pages, Rng& rng) {
    const Pfn p = rng.below(pages.end_pfn());
    const NrPages n = std::min<NrPages>(pages.end_pfn() - p, 1 + rng.below(rng.chance(100) ? 3000 : 8));
    const auto value = static_cast<std::uint32_t>(rng.next());
    switch (rng.below(11)) {
        case 0:
            return pages.set_state(p, n, state_byte(PageState::allocated, MigrateType::movable));
        case 1:
            return pages.set_state(p, n, rng.chance(500) ? 0 : free_state);
        case 2:
            return pages.set_flags(p, n, value);
        case 3:
            return pages.clear_flags(p, n, value);
        case 4:
            return pages.set_refcount(p, n, rng.chance(500) ? 0 : 1);
        case 5:
            return pages.set_mapcount(p, rng.chance(500) ? -1 : 3);
        case 6:
            return pages.set_head(p, rng.chance(500) ? std::uint8_t{0} : head_byte(3, MigrateType::movable));
        case 7:
            return pages.set_link(p, {value, value / 2});
        case 8:
            return pages.clear_links(p, n);
        case 9:
            return pages.set_next(p, value);
        default: {  // back to uniform: a whole pageblock becomes free with its head at the first frame
            const Pfn first = align_down(p, pageblock_pages);
            if (first + pageblock_pages > pages.end_pfn()) return;
            for (Pfn f = first; f < first + pageblock_pages; ++f)
                pages.set_free_head(f, 0, {});
            pages.set_state(first, pageblock_pages, free_state);
            pages.clear_flags(first, pageblock_pages, ~0u);
            pages.set_refcount(first, pageblock_pages, 0);
            for (Pfn f = first; f < first + pageblock_pages; ++f)
                pages.set_mapcount(f, -1);
            pages.set_free_head(first, head_byte(9), {no_link, 7});
        }
    }
}

TEST(PageColumns, AFreshArrayIsAllZeroAndItsPictureHasNoSections) {
    PageColumns pages(3 * section + 5);
    const FrozenPages& frozen = pages.freeze();
    EXPECT_EQ(frozen.end_pfn(), 3 * section + 5);
    ASSERT_EQ(frozen.nr_sections(), 4u);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(frozen.section(i), nullptr);
    EXPECT_EQ(frozen.at(17), PageRecord{});
    EXPECT_EQ(frozen.at(17).mapcount, -1);
    EXPECT_EQ(frozen.at(99 * section), PageRecord{});
}

//      block 0 free order 10 [0 ............][512 ...........]   two uniform blocks, the head in the first
//      block 2               [1024 F][1025 A] ...                detail
TEST(PageColumns, UniformBlocksAreStoredWithoutDetail) {
    PageColumns pages(section);
    pages.set_state(0, 1024, free_state);
    pages.set_free_head(0, head_byte(10, MigrateType::movable), {no_link, no_link});
    pages.set_state(1024, 1, free_state);
    const FrozenPages& frozen = pages.freeze();
    EXPECT_EQ(frozen.block_image(0), nullptr);
    EXPECT_EQ(frozen.block_image(512), nullptr);
    EXPECT_NE(frozen.block_image(1024), nullptr);
    EXPECT_EQ(frozen.at(0).order, 10);
    EXPECT_EQ(frozen.at(0).list, MigrateType::movable);
    EXPECT_EQ(frozen.at(1).order, not_a_head);
    EXPECT_EQ(frozen.at(512).state, free_state);
    std::array<std::uint8_t, pageblock_pages> states;
    EXPECT_EQ(frozen.block_states(512, states), free_state);
    EXPECT_THAT(states, testing::Each(free_state));
    EXPECT_EQ(frozen.block_states(1024, states), -1);
    EXPECT_EQ(states[0], free_state);
    EXPECT_EQ(states[1], 0);
}

TEST(PageColumns, ReservedMemoryIsUniformToo) {
    PageColumns pages(section);
    pages.set_state(0, 512, state_byte(PageState::reserved));
    pages.set_flags(0, 512, bit(PageFlag::reserved));
    pages.set_refcount(0, 512, 1);
    const FrozenPages& frozen = pages.freeze();
    EXPECT_EQ(frozen.block_image(0), nullptr);
    EXPECT_EQ(frozen.at(100).flags, bit(PageFlag::reserved));
    EXPECT_EQ(frozen.at(100).refcount, 1);
}

TEST(PageColumns, ASmallChangeSharesEverythingElse) {
    PageColumns pages(2 * section);
    Rng rng(3);
    for (int i = 0; i < 3000; ++i)
        change(pages, rng);
    const FrozenPages before = pages.freeze();
    pages.set_flags(section + 700, bit(PageFlag::locked));
    const FrozenPages after = pages.freeze();
    EXPECT_EQ(before.section(0), after.section(0)) << "the other section is the same object";
    EXPECT_EQ(before.block_image(section), after.block_image(section)) << "the other pageblock is the same object";
    EXPECT_NE(before.hash(), after.hash());
    EXPECT_EQ(records(after), records(pages));
}

TEST(PageColumns, FreezeAndRestoreRoundTripAfterRandomChanges) {
    const std::uint64_t seed = 20240611;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    PageColumns pages(section + 1000);
    std::vector<FrozenPages> pictures{pages.freeze()};
    std::vector<std::vector<PageRecord>> truth{records(pages)};
    for (int round = 0; round < 60; ++round) {
        for (std::uint64_t i = rng.below(40); i > 0; --i)
            change(pages, rng);
        if (rng.chance(300)) {
            const std::size_t i = rng.below(pictures.size());
            pages.restore(pictures[i]);
            ASSERT_EQ(records(pages), truth[i]) << "round " << round << " restored picture " << i;
            ASSERT_EQ(pages.freeze().hash(), pictures[i].hash());
        } else {
            pictures.push_back(pages.freeze());
            truth.push_back(records(pages));
            ASSERT_EQ(records(pictures.back()), truth.back()) << "round " << round;
        }
    }
    for (std::size_t i = 0; i < pictures.size(); ++i)
        ASSERT_EQ(records(pictures[i]), truth[i]) << "immutable " << i;
}

/// The same frames one by one: what PageColumns would be without pageblocks that are one record.
class PlainFrames {
public:
    explicit PlainFrames(Pfn end) : m_frames(end) {}
    template<class Change>
    void each(Pfn p, NrPages n, Change change) {
        for (Pfn i = p; i < p + n; ++i)
            change(m_frames[i]);
    }
    void set_head(Pfn p, std::uint8_t head) {
        m_frames[p].order = order_of_head(head), m_frames[p].list = list_of_head(head);
    }
    const std::vector<PageRecord>& frames() const { return m_frames; }

private:
    std::vector<PageRecord> m_frames;
};

/// The same random write to both: mostly whole pageblocks, so that they stay one record until a small write spreads
/// them.
void write_both(PageColumns& pages, PlainFrames& plain, Rng& rng) {
    const bool whole = rng.chance(700);
    const Pfn p = whole ? align_down(rng.below(pages.end_pfn()), pageblock_pages) : rng.below(pages.end_pfn());
    const NrPages n = std::min<NrPages>(pages.end_pfn() - p, whole ? 512u << rng.below(3) : 1 + rng.below(600));
    const auto value = static_cast<std::uint32_t>(rng.below(3));
    const std::uint8_t state = value == 0 ? std::uint8_t{0} : free_state, head = value == 0 ? 0 : head_byte(9 + value);
    const auto count = static_cast<std::int32_t>(value);
    switch (rng.below(11)) {
        case 0:
            return pages.set_state(p, n, state), plain.each(p, n, [&](PageRecord& r) { r.state = state; });
        case 1:
            return pages.set_flags(p, n, value), plain.each(p, n, [&](PageRecord& r) { r.flags |= value; });
        case 2:
            return pages.clear_flags(p, n, value), plain.each(p, n, [&](PageRecord& r) { r.flags &= ~value; });
        case 3:
            return pages.set_refcount(p, n, count), plain.each(p, n, [&](PageRecord& r) { r.refcount = count; });
        case 4:
            return pages.clear_links(p, n), plain.each(p, n, [&](PageRecord& r) { r.link = {}; });
        case 5:
            return pages.set_head(p, head), plain.set_head(p, head);
        case 6:
            pages.set_free_head(p, head, {value, 2 * value}), plain.set_head(p, head);
            return plain.each(p, 1, [&](PageRecord& r) { r.link = {value, 2 * value}; });
        case 7:
            return pages.set_next(p, value), plain.each(p, 1, [&](PageRecord& r) { r.link.next = value; });
        case 8:
            return pages.set_prev(p, value), plain.each(p, 1, [&](PageRecord& r) { r.link.prev = value; });
        case 9:
            return pages.set_refcount(p, count), plain.each(p, 1, [&](PageRecord& r) { r.refcount = count; });
        default:
            return pages.set_mapcount(p, count - 1), plain.each(p, 1, [&](PageRecord& r) { r.mapcount = count - 1; });
    }
}

// Expect: every write is seen frame by frame, pictures too, and going back to a picture undoes it.
TEST(PageColumns, AgreesWithFramesOneByOne) {
    const std::uint64_t seed = 77;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    PageColumns pages(9 * pageblock_pages + 100);
    PlainFrames plain(pages.end_pfn());
    for (int round = 0; round < 400; ++round) {
        const PlainFrames before = plain;
        const FrozenPages picture = pages.freeze();
        for (std::uint64_t i = 1 + rng.below(6); i > 0; --i)
            write_both(pages, plain, rng);
        ASSERT_EQ(records(pages), plain.frames()) << "round " << round;
        ASSERT_EQ(records(picture), before.frames()) << "round " << round;
        for (Pfn p = 0; p < pages.end_pfn(); ++p) {
            const bool is_plain = plain.frames()[p] == PageRecord{.state = free_state};
            ASSERT_EQ(pages.plain(p, 1, free_state), is_plain) << "round " << round << " frame " << p;
            ASSERT_TRUE(pages.may_have_flags(p) || pages.flags(p) == 0) << "round " << round << " frame " << p;
        }
        if (rng.chance(300)) pages.restore(picture), plain = before;
        ASSERT_EQ(records(pages.freeze()), plain.frames()) << "round " << round;
    }
}

TEST(PageColumns, TheHashDependsOnContentsAndNotOnHistory) {
    PageColumns a(section), b(section);
    for (Pfn p : {5u, 900u, 30000u})
        a.set_flags(p, 1);
    for (Pfn p : {30000u, 5u, 7u, 900u})
        b.set_flags(p, 1);
    b.freeze();
    EXPECT_NE(a.freeze().hash(), b.freeze().hash());
    b.clear_flags(7, 1);
    EXPECT_EQ(a.freeze().hash(), b.freeze().hash());
    b.set_state(20000, 10, free_state);
    b.freeze();
    b.set_state(20000, 10, 0);
    EXPECT_EQ(a.freeze().hash(), b.freeze().hash());
    EXPECT_NE(PageColumns(section).freeze().hash(), PageColumns(section + 1).freeze().hash());
}

TEST(PageColumns, PlainSeesEveryColumn) {
    PageColumns pages(2048);
    pages.set_state(0, 2048, free_state);
    EXPECT_TRUE(pages.plain(3, 1500, free_state));
    EXPECT_FALSE(pages.plain(3, 1500, 0));
    pages.set_flags(1000, 1);
    EXPECT_FALSE(pages.plain(3, 1500, free_state));
    pages.clear_flags(1000, 1);
    EXPECT_TRUE(pages.plain(3, 1500, free_state));
    pages.set_next(1502, 1);
    EXPECT_FALSE(pages.plain(3, 1500, free_state));
    EXPECT_TRUE(pages.plain(3, 1499, free_state));
}

TEST(PageColumns, SixteenTebibytesOfFramesCostNothingUntilTouched) {
    PageColumns pages(Pfn{1} << 32);
    pages.set_refcount((Pfn{1} << 32) - 1, 1);
    EXPECT_EQ(pages.freeze().at((Pfn{1} << 32) - 1).refcount, 1);
}

}  // namespace
}  // namespace mm
