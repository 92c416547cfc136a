// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/pollution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/replay/block_watch.h"
#include "engine/replay/task_names.h"

namespace mm {
namespace {

using testing::HasSubstr;

Replay recording(const std::string& name) {
    auto replay = Replay::open(MMSCOPE_TEST_DATA "/recordings/" + name, {true});
    EXPECT_TRUE(replay);
    return std::move(*replay);
}

/// A replay with the lives of its blocks so far.
struct Watched {
    explicit Watched(Replay& r) : replay(r), start(r.snapshot()), watch(r) {}
    void run(std::size_t until) {
        while (replay.position() < until)
            for (const BlockEvent& e : watch.step())
                lives.enter(e);
    }
    Moments moments() const { return recorded_moments(replay.events(), names); }
    PollutionMap map() const { return pollution_map(lives, start.get(), *replay.snapshot(), moments()); }

    Replay& replay;
    SnapshotPtr start;
    BlockWatch watch;
    LifeIndex lives;
    TaskNames names;
};

/// The same counted from the frames, one by one.
auto counted(const Replay& replay) {
    std::array<std::array<NrPages, nr_page_classes>, nr_migratetypes> pages{};
    for (Pfn p = 0; p < replay.pages().end_pfn(); ++p) {
        if (!replay.zones().frames_of(p)) continue;
        const std::uint8_t state = replay.pages().state(p);
        std::size_t page_class = 0;
        if (state_of(state) == PageState::allocated)
            page_class = static_cast<std::size_t>(alloc_type_of(state));
        else if (state_of(state) == PageState::unknown)
            page_class = replay.pages().flags(p) & bit(PageFlag::lru) ? 1 : pinned_before;
        else
            continue;
        ++pages[static_cast<std::size_t>(replay.zones().pageblock(p))][page_class];
    }
    return pages;
}

//  Expect: what was kept up to date event by event equals a count of all frames, at the start, on the way and at the
//  end; the changes of pageblocks lead from the types at the start to those at the end.
TEST(Pollution, CountsAreThoseOfTheFrames) {
    for (const char* name : {"pressure-128m", "highorder-384m"}) {
        Replay replay = recording(name);
        const Zones start = replay.zones();
        Watched watch(replay);
        for (unsigned tenth = 0; tenth <= 10; ++tenth) {
            watch.run(replay.events().size() * tenth / 10);
            while (tenth < 10 && !replay.between_operations())
                watch.run(replay.position() + 1);
            NrPages differing = 0;
            const auto pages = counted(replay);
            const PollutionMap map = watch.map();
            for (std::size_t t = 0; t < nr_migratetypes; ++t)
                for (std::size_t c = 0; c < nr_page_classes; ++c)
                    differing +=
                        pages[t][c] > map.pages[t][c] ? pages[t][c] - map.pages[t][c] : map.pages[t][c] - pages[t][c];
            EXPECT_LE(differing, 4u) << name << " at " << replay.position() << ": pages on their way between lists";
        }
        Zones types = start;
        for (const TypeChange& c : watch.map().changes) {
            EXPECT_EQ(types.pageblock(c.first), c.from) << name << " event " << c.event;
            types.set_pageblock(c.first, c.to);
        }
        EXPECT_TRUE(types.pageblock_type == replay.zones().pageblock_type) << name;
        EXPECT_GT(watch.map().changes.size(), 5u);
    }
}

/// The pageblock's entry; null if nothing foreign is in it.
const PollutedBlock* entry(const PollutionMap& map, Pfn first) {
    for (const PollutedBlock& b : map.blocks)
        if (b.first == first) return &b;
    return nullptr;
}

//      since = event e:      ... e-1   pure or other     e   foreign page comes in ...... end   still one there
TEST(Pollution, SinceIsTheEventThatBeganIt) {
    Replay replay = recording("pressure-128m");
    Watched watch(replay);
    watch.run(replay.events().size());
    const PollutionMap end = watch.map();
    std::size_t asked = 0;
    for (const PollutedBlock& b : end.blocks) {
        EXPECT_GT(b.foreign, 0u);
        if (!b.since || asked == 4) continue;
        ++asked;
        Replay again = recording("pressure-128m");
        Watched second(again);
        second.run(*b.since);
        const PollutionMap before = second.map();
        const MigrateType type_before = again.zones().pageblock(b.first);
        second.run(*b.since + 1);
        const PollutionMap after = second.map();
        ASSERT_NE(entry(after, b.first), nullptr) << b.first;
        EXPECT_EQ(entry(after, b.first)->since, b.since);
        const bool was_polluted = entry(before, b.first) != nullptr;
        EXPECT_TRUE(!was_polluted || type_before != entry(after, b.first)->type)
            << "it was polluted already: only a change of type begins anew";
    }
    EXPECT_GT(asked, 0u);
}

TEST(Pollution, IsToldInWordsAndForPrograms) {
    Replay replay = recording("pressure-128m");
    Watched watch(replay);
    watch.run(100'000);
    const PollutionMap map = watch.map();
    const std::string text = print_text(map, watch.moments(), 3);
    EXPECT_THAT(text, HasSubstr("after 100000 events"));
    EXPECT_THAT(text, HasSubstr("from \\ to"));
    EXPECT_THAT(text, HasSubstr("Movable -> Unmovable: "));
    const auto json = nlohmann::json::parse(print_json(map, watch.moments()));
    EXPECT_EQ(json["at"], 100'000);
    EXPECT_EQ(json["changes"].size(), map.changes.size());
    EXPECT_EQ(json["blocks"].size(), map.blocks.size());
    std::size_t sum = 0;
    for (const auto& t : json["transitions"])
        sum += t["count"].get<std::size_t>();
    EXPECT_EQ(sum, map.changes.size());
}

TEST(Pollution, WhatBelongsWhere) {
    const auto unmovable = static_cast<std::size_t>(MigrateType::unmovable);
    EXPECT_TRUE(is_foreign(unmovable, MigrateType::movable));
    EXPECT_FALSE(is_foreign(unmovable, MigrateType::unmovable));
    EXPECT_FALSE(is_foreign(unmovable, MigrateType::highatomic));
    EXPECT_TRUE(is_foreign(pinned_before, MigrateType::movable));
    EXPECT_FALSE(is_foreign(pinned_before, MigrateType::reclaimable)) << "it may be reclaimable";
}

}  // namespace
}  // namespace mm
