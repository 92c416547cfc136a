// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/undo_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::SmallMemory;
using testing::ElementsAre;

struct Journaled : SmallMemory {
    Journaled() : SmallMemory({{0, ZoneType::normal, {0, 4096}}}) { journal.start(); }
    std::vector<Pfn> list(Order order) {
        return list_blocks(zone(ZoneType::normal).free_area[order].free_list[1], pages);
    }
    Pfn alloc(Order order, Gfp more = 0) {
        AllocRequest request;
        request.gfp = gfp::GFP_HIGHUSER_MOVABLE | more;
        request.order = order;
        const Pfn pfn = *allocator.alloc_pages(request);
        journal.end_command();
        return pfn;
    }
    void free(Pfn pfn, Order order) {
        ASSERT_TRUE(allocator.free_pages(pfn, order));
        journal.end_command();
    }
    struct Moment {
        Zones zones;
        AllocStats stats;
        std::uint64_t pages;
        friend bool operator==(const Moment&, const Moment&) = default;
    };
    Moment now() { return {zones, stats, pages.freeze().hash()}; }
    UndoJournal journal{{zones, pages, stats, profile}};
};

//      order 10   [0] <-> [1024] <-> [2048] <-> [3072]
//      alloc_pages order 8 takes 0 and leaves [256] order 8, [512] order 9; back again there are four blocks in order
TEST(UndoJournal, ASplitBlockIsWholeAgainAndFirstOnItsList) {
    Journaled m;
    const auto before = m.now();
    EXPECT_EQ(m.alloc(8), 0u);
    EXPECT_THAT(m.list(8), ElementsAre(256));
    EXPECT_THAT(m.list(10), ElementsAre(1024, 2048, 3072));
    m.journal.undo_command();
    EXPECT_THAT(m.list(8), ElementsAre());
    EXPECT_THAT(m.list(10), ElementsAre(0, 1024, 2048, 3072));
    EXPECT_TRUE(m.now() == before);
    EXPECT_EQ(m.journal.bytes(), 0u);
    EXPECT_EQ(m.allocator.check(), std::nullopt);
}

//      order 0   [7] <-> [5] <-> [3] <-> [1]      4 is freed: its buddy 5 leaves the middle of the list
TEST(UndoJournal, ABuddyTakenFromTheMiddleOfItsListReturnsThere) {
    Journaled m;
    for (Pfn p = 0; p < 8; ++p)
        EXPECT_EQ(m.alloc(0), p);
    for (Pfn p = 1; p < 8; p += 2)
        m.free(p, 0);
    ASSERT_THAT(m.list(0), ElementsAre(7, 5, 3, 1));
    const auto before = m.now();
    m.free(4, 0);
    EXPECT_THAT(m.list(0), ElementsAre(7, 3, 1));
    m.journal.undo_command();
    EXPECT_THAT(m.list(0), ElementsAre(7, 5, 3, 1));
    EXPECT_TRUE(m.now() == before);
}

TEST(UndoJournal, TailsOfACompoundPageNameItsHeadAgain) {
    Journaled m;
    const Pfn head = m.alloc(3, gfp::comp);
    const auto before = m.now();
    m.free(head, 3);
    EXPECT_EQ(compound_page_of(m.pages, head + 5).head, no_pfn);
    m.journal.undo_command();
    EXPECT_EQ(compound_page_of(m.pages, head + 5).head, head);
    EXPECT_TRUE(m.now() == before);
    m.journal.undo_command();
    EXPECT_EQ(m.pages.link(head + 5), PageLink{});
}

/// Pages of a CPU's list: refilled in a batch, one is taken.
TEST(UndoJournal, ARefillGoesBackToTheFreeLists) {
    Journaled m;
    PerCpuPages lists;
    lists.batch = 8;
    lists.high = 24;
    m.zone(ZoneType::normal).pcp.assign(2, lists);
    m.journal.start();
    const auto before = m.now();
    m.alloc(0);
    EXPECT_EQ(m.zone(ZoneType::normal).pcp[0].count, 7u);
    const auto refilled = m.now();
    m.alloc(0);
    m.journal.undo_command();
    EXPECT_TRUE(m.now() == refilled);
    m.journal.undo_command();
    EXPECT_TRUE(m.now() == before);
    EXPECT_EQ(m.zone(ZoneType::normal).pcp[0].count, 0u);
}

TEST(UndoJournal, HistoryIsAFewBytesACommand) {
    Journaled m;
    for (int i = 0; i < 1000; ++i)
        m.free(m.alloc(0), 0);
    EXPECT_LT(m.journal.bytes(), 2000u * 40) << "whole splits and merges each time";
    EXPECT_EQ(m.journal.commands(), 2000u);
    m.journal.start();
    EXPECT_EQ(m.journal.bytes(), 0u) << "forgotten";
}

}  // namespace
}  // namespace mm
