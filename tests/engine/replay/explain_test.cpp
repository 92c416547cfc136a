// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<TraceEvent> events_of(std::initializer_list<TraceEvent> list) {
    return list;
}

TraceEvent event(TraceKind kind, std::uint32_t pid, std::uint8_t order = 0) {
    TraceEvent e;
    e.kind = kind;
    e.pid = pid;
    e.order = order;
    return e;
}

//      0 req    pid 1          first attempt
//      1 req    pid 2          another task
//      2 req    pid 1          second attempt of the same
//      3 req    pid 1 order 2    an interrupt asks
//      4 take                    and gets
//      5 alloc                   its answer
//      6 take   pid 1
//      7 alloc  pid 1          the answer
TEST(RequestAround, AttemptsBelongTogetherAndInterruptsDoNot) {
    const auto events = events_of({event(TraceKind::req, 1), event(TraceKind::req, 2), event(TraceKind::req, 1),
                                   event(TraceKind::req, 1, 2), event(TraceKind::pcp_take, 1, 2),
                                   event(TraceKind::mm_page_alloc, 1, 2), event(TraceKind::pcp_take, 1),
                                   event(TraceKind::mm_page_alloc, 1), event(TraceKind::vmstat_fold, 1)});
    const auto outer = request_around(events, 7);
    ASSERT_TRUE(outer);
    EXPECT_EQ(outer->first, 0u);
    EXPECT_EQ(outer->last, 7u);
    EXPECT_THAT(outer->attempts, ElementsAre(0, 2));
    const auto inner = request_around(events, 4);
    ASSERT_TRUE(inner);
    EXPECT_EQ(inner->first, 3u);
    EXPECT_EQ(inner->last, 5u);
    EXPECT_FALSE(request_around(events, 8)) << "vmstat's fold is nobody's request";
    EXPECT_FALSE(request_around(events, 1)) << "never answered";
    EXPECT_FALSE(request_around(events, 99));
    EXPECT_EQ(event_of_allocation(events, 1), 7u);
    EXPECT_EQ(event_of_allocation(events, 2), std::nullopt);
}

/// All explanations of a recording whose requests meet a condition.
template<class Wanted, class See>
void each_explained(const std::string& name, Wanted wanted, See see) {
    auto replay = Replay::open(std::string(MMSCOPE_TEST_DATA "/recordings/") + name, {true});
    ASSERT_TRUE(replay);
    const auto& events = replay->events();
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (!wanted(events[i])) continue;
        const auto span = request_around(events, i);
        if (!span || span->first < replay->position()) continue;
        see(explain(*replay, *span), events, *replay);
        i = span->last;
    }
}

/// The steals of an explanation.
std::vector<why::Steal> steals(const Explanation& x) {
    std::vector<why::Steal> out;
    for (const WhyStep& step : x.steps)
        if (const auto* s = std::get_if<why::Steal>(&step.fact)) out.push_back(*s);
    return out;
}

std::size_t attempts(const Explanation& x) {
    return static_cast<std::size_t>(std::count_if(x.steps.begin(), x.steps.end(), [](const WhyStep& step) {
        return std::holds_alternative<why::Attempt>(step.fact);
    }));
}

//  The kernel told what each steal moved and counted (steal_count, free= and movable=), and whether it claimed (setmt).
//  Expect: the explanation's numbers are those, and its claim is the arithmetic's.
TEST(Explain, StealsHaveTheKernelsNumbers) {
    std::size_t seen = 0, claimed = 0;
    each_explained(
        "pressure-128m", [](const TraceEvent& e) { return e.kind == TraceKind::steal_count; },
        [&](const Explanation& x, const std::vector<TraceEvent>& events, const Replay&) {
            std::vector<TraceEvent> real;
            std::size_t set = 0;
            for (std::size_t i = x.first; i <= x.last; ++i) {
                if (events[i].kind == TraceKind::steal_count) real.push_back(events[i]);
                set += events[i].kind == TraceKind::setmt;
            }
            std::vector<why::Steal> told = steals(x);
            std::size_t claims = 0;
            for (const why::Steal& s : told)
                claims += s.claims;
            std::erase_if(told, [](const why::Steal& s) { return !s.whole; });
            EXPECT_LE(claims, set) << print_text(x);  // the kernel also sets the type that is there
            ASSERT_EQ(told.size(), real.size()) << print_text(x);
            for (std::size_t i = 0; i < told.size(); ++i) {
                const auto movable = static_cast<NrPages>(real[i].other);
                const why::Steal& s = told[i];
                EXPECT_EQ(s.free, static_cast<NrPages>(real[i].count)) << print_text(x);
                const NrPages alike = s.to == MigrateType::movable    ? movable
                                      : s.was == MigrateType::movable ? 512 - s.free - movable
                                                                      : 0;
                EXPECT_EQ(s.alike, alike);
                const bool enough = s.free + s.alike >= 256;
                EXPECT_EQ(s.claims == 1, enough && s.was != s.to) << print_text(x);
                claimed += s.claims;
                ++seen;
            }
        });
    EXPECT_GT(seen, 60u);
    EXPECT_GT(claimed, 30u);
}

//  The kernel told from which zone each request was served, and which attempts failed.
//  Expect: the walk with its watermarks says the same, for each.
TEST(Explain, ZonesAreTakenAndPassedOverAsTheKernelDid) {
    std::size_t served = 0, failed = 0, second = 0;
    for (const char* name : {"pressure-128m", "highorder-384m", "normal-full-5g", "numa2-512m"})
        each_explained(
            name, [n = 0](const TraceEvent& e) mutable { return e.kind == TraceKind::req && n++ % 97 == 0; },
            [&](const Explanation& x, const std::vector<TraceEvent>&, const Replay&) {
                const why::ZoneTried* last = nullptr;
                bool wrong = false;
                for (const WhyStep& step : x.steps) {
                    if (const auto* z = std::get_if<why::ZoneTried>(&step.fact)) last = z, served += z->served;
                    if (const auto* t = std::get_if<why::PerCpuTake>(&step.fact))
                        wrong |= !last || !last->served || last->zone != t->zone;
                    if (const auto* t = std::get_if<why::BuddyTake>(&step.fact))
                        wrong |= !last || !last->served || last->zone != t->zone;
                    failed += std::holds_alternative<why::Reclaim>(step.fact);
                }
                second += attempts(x) > 1;
                EXPECT_FALSE(wrong) << name << "\n" << print_text(x);
                const auto& answer = std::get<why::Answer>(x.steps.back().fact);
                EXPECT_TRUE(answer.known && answer.pfn == answer.real);
            });
    EXPECT_GT(served, 1500u);
    EXPECT_GT(failed, 0u);
    EXPECT_GT(second, 10u);
}

//      event 5597 of pressure-128m: a refill of 3 takes the last movable page, then steals
TEST(Explain, ARefillThatStealsIsToldInWords) {
    auto replay = Replay::open(MMSCOPE_TEST_DATA "/recordings/pressure-128m");
    ASSERT_TRUE(replay);
    const auto span = request_around(replay->events(), 5598);
    ASSERT_TRUE(span);
    EXPECT_EQ(span->first, 5597u);
    const Explanation x = explain(*replay, *span);
    const std::string text = print_text(x);
    EXPECT_THAT(text, HasSubstr("prepare_alloc_pages(): order 0 Movable, GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO"));
    EXPECT_THAT(text, HasSubstr("attempt 1: ALLOC_WMARK_LOW|ALLOC_KSWAPD"));
    EXPECT_THAT(text, HasSubstr("rmqueue_bulk(): the CPU's list 1 (order 0 Movable) is empty: 3 blocks asked for"));
    EXPECT_THAT(text, HasSubstr("its pageblock's 306 free pages come along, 138 of its pages are alike: 444 >= 256"));
    EXPECT_THAT(text, HasSubstr("Unmovable becomes Movable"));
    EXPECT_THAT(text, HasSubstr("answer: pfn 17919, as the kernel's"));
    EXPECT_EQ(replay->position(), span->last + 1);
}

}  // namespace
}  // namespace mm
