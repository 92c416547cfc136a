// SPDX-License-Identifier: GPL-3.0-or-later
// Why a simulated allocation got what it got: its command is done once more and watched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/run_workload.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::unique_ptr<Timeline> machine() {
    return test::opened(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
}

void run(Timeline& timeline, unsigned commands) {
    Workload workload({});
    for (unsigned i = 0; i < commands; ++i)
        ASSERT_TRUE(do_next(workload, timeline));
    (void)timeline.snapshot();
}

/// Half of all memory is taken by single unmovable pages, every second one of them given back: nothing larger than a
/// page is left, and nothing can be moved.
//
//      U . U . U . U . U . ...
void shatter(Timeline& timeline) {
    std::vector<Pfn> pages;
    while (!testing::Test::HasFailure()) {
        const auto got = timeline.execute(AllocPages{{gfp::GFP_KERNEL | gfp::nowarn | gfp::noretry, 0, 0, 0}});
        ASSERT_TRUE(got);
        if (got->pfn == no_pfn) break;
        pages.push_back(got->pfn);
    }
    for (const Pfn pfn : pages)
        if (pfn % 2 == 0) (void)timeline.execute(FreePages{pfn, 0});
    ASSERT_TRUE(timeline.execute(DrainPages{}));
    (void)timeline.snapshot();
}

template<class Fact>
std::vector<Fact> all(const Explanation& x) {
    std::vector<Fact> out;
    for (const WhyStep& step : x.steps)
        if (const auto* fact = std::get_if<Fact>(&step.fact)) out.push_back(*fact);
    return out;
}

//  Expect: for each allocation of a workload the explanation's answer, zone and block are those of the event; asking
//  changes nothing.
TEST(Why, EachAllocationOfAWorkloadIsExplained) {
    const auto timeline = machine();
    run(*timeline, 3000);
    const History history = timeline->history();
    const std::uint64_t hash = timeline->hash();
    std::size_t asked = 0, refills = 0, steals = 0;
    for (Position p = timeline->boot_end(); p < history.size(); ++p) {
        const Event e = history.event(p).event;
        const bool stolen = p > 0 && history.event(p - 1).event.kind == EventKind::mm_page_alloc_extfrag;
        if (e.kind != EventKind::mm_page_alloc || (p % 5 != 0 && !stolen)) continue;
        const auto x = timeline->explain(p);
        ASSERT_TRUE(x) << x.error().text();
        EXPECT_EQ(timeline->cursor(), timeline->total());
        ASSERT_TRUE(x->request() && x->answer());
        EXPECT_EQ(x->request()->order, e.order);
        EXPECT_EQ(phys_of(x->answer()->pfn), e.touched.start) << print_text(*x);
        EXPECT_EQ(x->steps.back().event, p);
        const auto tried = all<why::ZoneTried>(*x);
        ASSERT_FALSE(tried.empty());
        EXPECT_TRUE(tried.back().served && tried.back().mark.check.ok) << print_text(*x);
        EXPECT_EQ(static_cast<std::uint8_t>(tried.back().zone.type), e.zone);
        refills += all<why::Refill>(*x).size();
        steals += all<why::Steal>(*x).size();
        ++asked;
    }
    EXPECT_GT(asked, 250u);
    EXPECT_GT(refills, 5u);
    EXPECT_GT(steals, 0u);
    EXPECT_EQ(timeline->hash(), hash) << "asking has changed the machine";
}

//  Expect: a failed order-9 request tells each attempt, each zone with its arithmetic and that no block is large
//  enough, that compaction found fragmentation, why it was given up, and has the kernel's report; also when asked from
//  elsewhere in time.
TEST(Why, AFailedRequestTellsWhatWasTriedAndWhyItWasGivenUp) {
    const auto timeline = machine();
    shatter(*timeline);
    const auto result = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 9, 0, 0}});
    ASSERT_TRUE(result);
    ASSERT_EQ(result->pfn, no_pfn);
    (void)timeline->snapshot();
    const Position failed = timeline->total() - 1;
    timeline->seek(timeline->boot_end() + 1);
    const auto x = timeline->explain(failed);
    ASSERT_TRUE(x) << x.error().text();
    EXPECT_EQ(timeline->cursor(), timeline->boot_end() + 1);
    const std::string text = print_text(*x);
    EXPECT_GT(all<why::Attempt>(*x).size(), 1u) << text;
    for (const why::ZoneTried& z : all<why::ZoneTried>(*x)) {
        EXPECT_FALSE(z.served) << text;
        EXPECT_FALSE(z.mark.check.ok && z.verdict == ZoneVisit::Verdict::refused) << text;
    }
    const auto compactions = all<why::Compaction>(*x);
    ASSERT_FALSE(compactions.empty()) << text;
    EXPECT_GT(compactions.front().fragmentation_index, 900) << text;
    const auto given_up = all<why::GaveUp>(*x);
    ASSERT_EQ(given_up.size(), 1u) << text;
    EXPECT_EQ(given_up[0].reason, why::GaveUp::Reason::costly);
    ASSERT_TRUE(x->answer());
    EXPECT_EQ(x->answer()->pfn, no_pfn);
    EXPECT_EQ(x->steps.back().event, failed);
    EXPECT_THAT(text, HasSubstr("no free block is large enough"));
    EXPECT_THAT(x->log, Contains(HasSubstr("page allocation failure: order:9, mode:0xcc0(GFP_KERNEL)")));
    EXPECT_THAT(print_json(*x), HasSubstr("\"kind\": \"gave_up\""));
}

//  Expect: an atomic request is given up for another reason than one that may not retry, or one that may.
TEST(Why, EachWayOfGivingUpIsNamed) {
    const auto timeline = machine();
    shatter(*timeline);
    const auto reason = [&](Gfp flags, Order order) {
        const auto result = timeline->execute(AllocPages{{flags, order, 0, 0}});
        EXPECT_TRUE(result && result->pfn == no_pfn);
        (void)timeline->snapshot();
        const auto x = timeline->explain(timeline->total() - 1);
        EXPECT_TRUE(x);
        const auto given_up = all<why::GaveUp>(*x);
        EXPECT_EQ(given_up.size(), 1u) << print_text(*x);
        return given_up.empty() ? why::GaveUp::Reason::dying : given_up[0].reason;
    };
    using Reason = why::GaveUp::Reason;
    EXPECT_EQ(reason(gfp::GFP_ATOMIC, 9), Reason::may_not_wait);
    EXPECT_EQ(reason(gfp::GFP_KERNEL | gfp::noretry, 9), Reason::no_retry);
    EXPECT_EQ(reason(gfp::GFP_NOIO | gfp::noretry, 9), Reason::no_retry);
    EXPECT_EQ(reason(gfp::GFP_KERNEL | gfp::retry_mayfail, 9), Reason::oom_would_not_help);
}

//  Expect: what asks for no memory cannot be explained, and the error says what the event is of.
TEST(Why, EventsOfBootAndOfFreesHaveNoWhy) {
    const auto timeline = machine();
    run(*timeline, 1);
    const auto boot = timeline->explain(3);
    ASSERT_FALSE(boot);
    EXPECT_THAT(boot.error().message, HasSubstr("event 3 is of the boot"));
    const auto got = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 4, 0, 0}});
    ASSERT_TRUE(got && timeline->execute(FreePages{got->pfn, 4}));
    (void)timeline->snapshot();
    const auto freed = timeline->explain(timeline->total() - 1);
    ASSERT_FALSE(freed);
    EXPECT_THAT(freed.error().message, HasSubstr("which asks for no memory"));
    EXPECT_FALSE(timeline->explain(timeline->total()));
}

//  Expect: the first object of a cache tells size class, cache, that a slab is made, the page allocator's own facts
//  and the object; the second comes from the CPU's freelist and asks for no page; one too large for any cache is pages.
TEST(Why, AnObjectIsFollowedFromItsSizeClassToItsPage) {
    const auto timeline = machine();
    const auto why_of = [&](const std::string& words) {
        const auto result = timeline->execute(*parse_command(words));
        EXPECT_TRUE(result && result->object) << words;
        const auto x = timeline->explain(timeline->total() - 1);
        EXPECT_TRUE(x) << words << ": " << x.error().text();
        EXPECT_TRUE(x && x->object() && x->object()->object == *result->object) << words;
        EXPECT_EQ(x->steps.back().event, timeline->total() - 1);
        return *x;
    };
    const Explanation first = why_of("kmalloc 3000 GFP_KERNEL");
    const std::string text = print_text(first);
    EXPECT_THAT(text, HasSubstr("kmalloc_slab(): 3000 bytes: size class 4096, 1096 of them unused; cache kmalloc-4k: "
                                "objects of 4096 bytes, 8 in a slab of order 3"));
    EXPECT_THAT(text, HasSubstr("allocate_slab(): no slab had a free object"));
    ASSERT_TRUE(first.request() && first.answer()) << text;
    EXPECT_EQ(first.request()->order, 3u) << "bringing the caches up is no part of it\n" << text;
    EXPECT_EQ(first.answer()->pfn, first.object()->pfn);
    EXPECT_THAT(text, HasSubstr("of kmalloc-4k (CPU), 1 of them in use"));
    const std::uint64_t hash = timeline->hash();
    const Explanation second = why_of("kmalloc 4000 GFP_KERNEL");
    EXPECT_THAT(print_text(second), HasSubstr("slab_alloc_node(): the first object of this CPU's freelist"));
    EXPECT_FALSE(second.request());
    EXPECT_EQ(second.object()->pfn, first.object()->pfn);
    EXPECT_NE(timeline->hash(), hash);
    EXPECT_THAT(print_text(why_of("kmalloc 20000 GFP_KERNEL")),
                HasSubstr("kmalloc_large(): 20000 bytes are more than the largest class: a block of order 3, 12768 "));
    EXPECT_THAT(print_text(why_of("kmem_cache_alloc kmalloc-64 GFP_KERNEL")),
                HasSubstr("kmem_cache_alloc(): cache kmalloc-64: "));
    const auto freed = timeline->execute(*parse_command("kfree 0x" + std::string("10")));
    EXPECT_TRUE(freed);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

}  // namespace
}  // namespace mm
