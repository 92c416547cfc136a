// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/highmem/highmem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/highmem/pkmap_text.h"
#include "engine/types/rng.h"
#include "tests/engine/highmem/highmem_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::HighmemMachine;
using testing::HasSubstr;

constexpr Pfn high = HighmemMachine::first_high;

VirtAddr must(const Outcome<std::optional<VirtAddr>>& answer) {
    EXPECT_TRUE(answer) << answer.error().text();
    EXPECT_TRUE(answer && *answer);
    return answer ? answer->value_or(0) : 0;
}

//  slots  0 [ - ] 1 [ a: 2 users ] 2 [ b: 1 user ] 3 [ - ]
//  Expect: the first slot is 1; a second user gets the same address; without users it stays mapped until a flush.
TEST(Highmem, ASlotCountsItsUsers) {
    HighmemMachine m(4);
    const Pfn a = high, b = high + 1;
    EXPECT_EQ(must(m.highmem.kmap(a)), m.slot(1));
    EXPECT_EQ(must(m.highmem.kmap(b)), m.slot(2));
    EXPECT_EQ(must(m.highmem.kmap(a)), m.slot(1));
    EXPECT_EQ(m.state.slots[1].count, 3u);
    EXPECT_EQ(m.tables.walk(m.slot(1) + 5).phys, phys_of(a) + 5);
    EXPECT_TRUE(m.highmem.kunmap(a));
    EXPECT_TRUE(m.highmem.kunmap(a));
    EXPECT_EQ(m.state.slots[1].count, 1u);
    EXPECT_EQ(*m.highmem.page_address(a), m.slot(1)) << "it is still mapped";
    EXPECT_FALSE(m.highmem.kunmap(a)) << "nobody uses it";
    EXPECT_EQ(std::nullopt, m.highmem.check());
    m.highmem.kmap_flush_unused();
    EXPECT_EQ(*m.highmem.page_address(a), std::nullopt);
    EXPECT_FALSE(m.tables.walk(m.slot(1)).phys);
    EXPECT_EQ(*m.highmem.page_address(b), m.slot(2));
    EXPECT_FALSE(m.highmem.kunmap(a));
    EXPECT_EQ(std::nullopt, m.highmem.check());
}

//  slots  1 [a unused] 2 [b] 3 [c]        next: 0
//  Expect: at 0 the round begins anew: a is flushed, slot 0 serves d and slot 1 e; then a full round finds none.
TEST(Highmem, WhenTheRoundBeginsAnewUnusedSlotsAreFlushed) {
    HighmemMachine m(4);
    for (Pfn p = high; p < high + 3; ++p)
        must(m.highmem.kmap(p));
    EXPECT_TRUE(m.highmem.kunmap(high));
    test::Events events;
    EXPECT_EQ(must(m.highmem.kmap(high + 3, Tracer(&events))), m.slot(0));
    EXPECT_THAT(events.texts, testing::Contains("1 slots are free again, 2 have users"));
    EXPECT_EQ(must(m.highmem.kmap(high + 4)), m.slot(1));
    EXPECT_EQ(m.state.used(), 4u);
    const auto none = m.highmem.kmap(high + 5, Tracer(&events));
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, std::nullopt);
    EXPECT_EQ(events.texts.back(), "all 4 slots have users: the task sleeps until one is unmapped");
    EXPECT_EQ(m.state.last_slot, 3u) << "from 0, where the flush was, once around";
    EXPECT_EQ(must(m.highmem.kmap(high + 4)), m.slot(1)) << "who is mapped needs no slot";
    EXPECT_EQ(std::nullopt, m.highmem.check());
    EXPECT_TRUE(m.highmem.kunmap(high + 1));
    EXPECT_EQ(must(m.highmem.kmap(high + 5)), m.slot(2));
    EXPECT_EQ(std::nullopt, m.highmem.check());
}

//  Expect: lowmem is where the direct map has it and takes no slot; what is no memory is refused.
TEST(Highmem, LowmemNeedsNoSlot) {
    HighmemMachine m(4);
    EXPECT_EQ(must(m.highmem.kmap(5)), 0xc0005000u);
    EXPECT_EQ(must(m.highmem.kmap_local(5, 0)), 0xc0005000u);
    EXPECT_TRUE(m.highmem.kunmap(5));
    EXPECT_TRUE(m.highmem.kunmap_local(0xc0005000, 0));
    EXPECT_FALSE(m.highmem.kunmap_local(0x1000, 0)) << "an address of user space";
    EXPECT_EQ(m.state.used(), 0u);
    EXPECT_FALSE(m.highmem.kmap(m.pages.end_pfn()));
    EXPECT_EQ(std::nullopt, m.highmem.check());
}

//  CPU 0: | .. idx 1: b | idx 0: a |  FIX_KMAP_BEGIN          CPU 1: | idx 0: a |  3 slots lower
//  Expect: each CPU has slots of its own, undone in reverse order; one too many is refused.
TEST(Highmem, LocalMappingsAreLastInFirstOut) {
    HighmemMachine m(4);
    const VirtAddr a = must(m.highmem.kmap_local(high, 0)), b = must(m.highmem.kmap_local(high + 1, 0));
    EXPECT_EQ(a, m.window.fixmap);
    EXPECT_EQ(b, a - page_size);
    EXPECT_EQ(must(m.highmem.kmap_local(high, 1)), a - 3 * page_size);
    EXPECT_EQ(m.tables.walk(b).phys, phys_of(high + 1));
    EXPECT_EQ(*m.highmem.page_address(high), std::nullopt) << "kmap() alone gives a page an address";
    EXPECT_FALSE(m.highmem.kmap_local(high + 2, 0)) << "KM_MAX_IDX 3: two at once";
    EXPECT_FALSE(m.highmem.kunmap_local(a, 0)) << "b first";
    EXPECT_TRUE(m.highmem.kunmap_local(b + 100, 0)) << "anywhere in the page";
    EXPECT_TRUE(m.highmem.kunmap_local(a, 0));
    EXPECT_FALSE(m.highmem.kunmap_local(a, 0));
    EXPECT_EQ(std::nullopt, m.highmem.check());
}

TEST(Highmem, IsPrinted) {
    HighmemMachine m(4);
    EXPECT_EQ(print_pkmap(HighmemState{}), "");
    must(m.highmem.kmap(high));
    must(m.highmem.kmap(high + 1));
    EXPECT_TRUE(m.highmem.kunmap(high));
    must(m.highmem.kmap_local(high, 1));
    EXPECT_EQ(print_pkmap(m.state),
              "pkmap 0xff800000-0xff804000 LAST_PKMAP 4 last_pkmap_nr 2\n"
              "slot     address   pfn         pkmap_count\n"
              "1        ff801000  0x00000040  1\n"
              "2        ff802000  0x00000041  2\n"
              "1 in use, 1 wait for a flush, 2 free\n"
              "kmap_local cpu 1 index 0 fffb8000  0x00000040\n");
}

/// check() finds each kind of damage.
TEST(Highmem, CheckFindsDamage) {
    HighmemMachine m(4);
    must(m.highmem.kmap(high));
    HighmemState s = m.state;
    s.slots.edit()[2] = {high + 1, 2};
    EXPECT_THAT(check_highmem(s, nullptr).value_or(""), HasSubstr("has another address"));
    EXPECT_THAT(check_highmem(s, &m.tables).value_or(""), HasSubstr("does not map frame"));
    s = m.state;
    s.slots.edit()[1] = {};
    EXPECT_THAT(check_highmem(s, &m.tables).value_or(""), HasSubstr("is free and is mapped"));
    EXPECT_THAT(check_highmem(s, nullptr).value_or(""), HasSubstr("not its own"));
}

/// Against a plain count of each page's users: after each command everything must add up.
TEST(Highmem, RandomCommandsAddUp) {
    const test::RandomRun run = test::random_run("HIGHMEM", 20000);
    constexpr unsigned slots = 16, frames = 40;
    HighmemMachine m(slots);
    Rng rng(run.seed);
    std::map<Pfn, unsigned> users;
    std::uint64_t slept = 0;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        const Pfn pfn = high + rng.below(frames);
        const unsigned cpu = static_cast<unsigned>(rng.below(2));
        const std::uint64_t dice = rng.below(100);
        if (dice < 40) {
            const auto address = m.highmem.kmap(pfn);
            ASSERT_TRUE(address);
            slept += !*address;
            if (*address) ++users[pfn];
            ASSERT_EQ(address->has_value(), users.contains(pfn) || users.size() < slots);
        } else if (dice < 80) {
            const bool used = users.contains(pfn);
            ASSERT_EQ(used, bool(m.highmem.kunmap(pfn)));
            if (used && --users[pfn] == 0) users.erase(pfn);
        } else if (dice < 90) {
            const bool room = m.state.local[cpu].size() < 2;
            ASSERT_EQ(room, bool(m.highmem.kmap_local(pfn, cpu)));
        } else if (dice < 99) {
            const auto depth = static_cast<unsigned>(m.state.local[cpu].size());
            if (depth != 0) {
                ASSERT_TRUE(m.highmem.kunmap_local(m.window.local_address(cpu, depth - 1), cpu));
            }
        } else {
            m.highmem.kmap_flush_unused();
        }
        ASSERT_EQ(users.size(), m.state.used());
        for (const auto& [page, count] : users)
            ASSERT_EQ(m.state.slots[m.state.by_page->at(page)].count, count + 1);
        const Broken broken = m.highmem.check();
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i << ", " << run.seed_text;
    }
    EXPECT_GT(slept, 0u) << "slots never ran out";
}

}  // namespace
}  // namespace mm
