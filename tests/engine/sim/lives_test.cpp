// SPDX-License-Identifier: GPL-3.0-or-later
// Lives of a simulated machine's frames and what they say of pollution, held against the frames themselves.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/sim/run_workload.h"
#include "engine/snapshot/machine_lives.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using testing::HasSubstr;

std::unique_ptr<Timeline> machine() {
    return test::opened(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
}

/// Much unmovable memory among movable, and large requests that compaction has to make room for.
void crowd(Timeline& timeline, unsigned commands) {
    WorkloadSpec spec;
    spec.target_percent = 93;
    spec.type_weight = {25, 60, 15};
    spec.max_order = 10;
    Workload workload(spec);
    for (unsigned i = 0; i < commands; ++i)
        ASSERT_TRUE(do_next(workload, timeline));
}

/// What is left is taken by movable pages, every second one given back, and then large blocks are asked for: compaction
/// has to move.
void compact(Timeline& timeline) {
    std::vector<Pfn> pages;
    for (Pfn last = 0; last != no_pfn;) {
        const auto got =
            timeline.execute(AllocPages{{gfp::GFP_HIGHUSER_MOVABLE | gfp::nowarn | gfp::noretry, 0, 0, 0}});
        last = got ? got->pfn : no_pfn;
        if (last != no_pfn) pages.push_back(last);
    }
    for (const Pfn pfn : pages)
        if (pfn % 2 == 0) (void)timeline.execute(FreePages{pfn, 0});
    for (int i = 0; i < 8; ++i)
        (void)timeline.execute(AllocPages{{gfp::GFP_HIGHUSER_MOVABLE | gfp::nowarn, 9, 0, 0}});
}

/// Pages in use by what they were allocated as, in pageblocks by type: counted one by one.
auto counted(const Timeline& timeline) {
    std::array<std::array<NrPages, nr_page_classes>, nr_migratetypes> pages{};
    const System& system = timeline.system();
    for (Pfn p = 0; p < system.pages().end_pfn(); ++p) {
        if (state_of(system.pages().state(p)) != PageState::allocated) continue;
        const auto type = static_cast<std::size_t>(alloc_type_of(system.pages().state(p)));
        ++pages[static_cast<std::size_t>(system.state().zones.pageblock(p))][type];
    }
    return pages;
}

//  Expect: at any moment the pollution map counts what a look at all frames counts; changes lead from one type to the
//  next; pages were moved by compaction on the way, or the test would prove less.
TEST(MachineLives, PollutionIsThatOfTheFrames) {
    const auto timeline = machine();
    crowd(*timeline, 60'000);
    compact(*timeline);
    std::size_t moves = 0;
    const History history = timeline->snapshot()->history;
    for (Position p = timeline->boot_end(); p < history.size(); ++p)
        moves += history.event(p).event.kind == EventKind::mm_migrate_pages;
    EXPECT_GT(moves, 100u);
    const Position end = timeline->total();
    for (const Position at : {end, timeline->boot_end(), (end + timeline->boot_end()) / 2}) {
        timeline->seek(at);
        timeline->step_over();  // to the end of a command
        const PollutionMap map = timeline->pollution();
        EXPECT_EQ(map.at, timeline->cursor());
        EXPECT_EQ(map.pages, counted(*timeline)) << "at " << at;
        NrPages foreign = 0, in_blocks = 0;
        for (std::size_t t = 0; t < nr_migratetypes; ++t)
            for (std::size_t c = 0; c < nr_page_classes; ++c)
                if (is_foreign(c, static_cast<MigrateType>(t))) foreign += map.pages[t][c];
        for (const PollutedBlock& b : map.blocks) {
            in_blocks += b.foreign;
            ASSERT_TRUE(b.since && b.oldest && *b.oldest <= map.at);
            EXPECT_THAT(b.owner, HasSubstr("alloc_pages"));
        }
        EXPECT_EQ(foreign, in_blocks);
    }
    timeline->seek(end);
    std::map<Pfn, MigrateType> types;
    for (const TypeChange& c : timeline->pollution().changes) {
        const auto [it, first] = types.try_emplace(c.first, c.from);
        EXPECT_EQ(it->second, c.from) << "event " << c.event;
        it->second = c.to;
    }
    EXPECT_GT(types.size(), 10u);
    for (const auto& [pfn, type] : types)
        EXPECT_EQ(timeline->system().state().zones.pageblock(pfn), type) << pfn;
}

//  Expect: whoever is in use was handed out or moved there last; whoever is free was not.
TEST(MachineLives, EachLifeEndsWhereTheFrameIs) {
    const auto timeline = machine();
    crowd(*timeline, 40'000);
    compact(*timeline);
    const SnapshotPtr now = timeline->snapshot();
    MachineLives lives;
    lives.update(now->history);
    std::size_t wrong = 0, in_use = 0;
    for (Pfn pfn = 0; pfn < now->pages.end_pfn(); ++pfn) {
        const PageState state = state_of(now->pages.state_at(pfn));
        if (state != PageState::allocated && state != PageState::free && state != PageState::pcp) continue;
        bool used = false;
        for (const LifeLine& line : lives.index().life_of(pfn)) {
            if (line.role != LifeLine::Role::itself) continue;
            const BlockEventKind kind = line.what.kind;
            if (kind == BlockEventKind::handed_out || kind == BlockEventKind::moved_here) used = true;
            if (kind == BlockEventKind::freed || kind == BlockEventKind::moved_away) used = false;
        }
        in_use += used;
        if (used != (state == PageState::allocated) && wrong++ < 5)
            ADD_FAILURE() << "pfn " << pfn << ": " << print_text(timeline->biography(pfn));
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_GT(in_use, 50'000u);
}

//  Expect: a life begins with the firmware, and goes over memblock and the zone to the allocator; the command that took
//  the frame is named.
TEST(MachineLives, TheLifeOfOneFrameIsWhole) {
    const auto timeline = machine();
    const auto got = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 3, 0, 0}});
    ASSERT_TRUE(got && timeline->execute(FreePages{got->pfn, 3}));
    const Biography life = timeline->biography(got->pfn + 1);
    const std::string text = print_text(life);
    EXPECT_THAT(text, HasSubstr("e820_range_add"));
    EXPECT_THAT(text, HasSubstr("memblock_add"));
    EXPECT_THAT(text, HasSubstr("zone_init"));
    EXPECT_THAT(text, HasSubstr("alloc_pages GFP_KERNEL order 3 node 0 cpu 0"));
    EXPECT_THAT(text, HasSubstr("allocated: "));
    EXPECT_THAT(text, HasSubstr("put first on the CPU's list"));
    for (std::size_t i = 1; i < life.lines.size(); ++i)
        EXPECT_LE(life.lines[i - 1].event, life.lines[i].event);
}

//      boot ── alloc A ── free A            asked here: both are known
//           └─ alloc B                      asked again: A was never
TEST(MachineLives, AnotherFutureForgetsTheFirst) {
    const auto timeline = machine();
    const Position boot = timeline->cursor();
    const auto first = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 5, 0, 0}});
    ASSERT_TRUE(first);
    const auto lines_before = timeline->biography(first->pfn).lines.size();
    timeline->seek(boot);
    const auto second = timeline->execute(AllocPages{{gfp::GFP_HIGHUSER_MOVABLE, 4, 0, 0}});
    ASSERT_TRUE(second && second->pfn != first->pfn);
    EXPECT_LT(timeline->biography(first->pfn).lines.size(), lines_before);
    const Biography life = timeline->biography(second->pfn);
    EXPECT_EQ(life.lines.back().kind, "handed_out");
    EXPECT_EQ(life.lines.back().event, timeline->total() - 1);
}

std::string biography_of(Timeline& timeline, Pfn pfn) {
    return print_text(timeline.biography(pfn));
}

//  Expect: a page's flags, references and mappings are told as they change: an anonymous page, one of a file that is
//  read and mapped, one that is swapped out, a slab, a compound page.
TEST(MachineLives, FlagsReferencesAndMappingsAreTold) {
    const auto timeline = machine();
    const auto run = [&](const std::string& text) { return *timeline->execute(*parse_command(text)); };
    run("spawn /sbin/init text 65536 data 8192 bss 4096");
    run("sbrk 1 40960");
    const auto heap = run("sbrk 1 0").process->address.value_or(0) - 40960;
    run(fmt::format("touch 1 {:#x} 4096 write", heap));
    const MmState& mm = timeline->system().state().processes;
    const Pfn anon = lru_pages(mm.lru[0].lists[0], timeline->system().pages(), 1).at(0);
    const std::string of_heap = biography_of(*timeline, anon);
    EXPECT_THAT(of_heap, HasSubstr("SetPageUptodate"));
    EXPECT_THAT(of_heap, HasSubstr("SetPageAnonExclusive, SetPageSwapBacked"));
    EXPECT_THAT(of_heap, HasSubstr("SetPageLRU"));
    EXPECT_THAT(of_heap, HasSubstr("_mapcount -1 to 0"));
    run("open /data 4096");
    run("read /data 0 4096");
    const Pfn file = mm.file_named("/data")->slot(0).pfn();
    const std::string of_file = biography_of(*timeline, file);
    EXPECT_THAT(of_file, HasSubstr("SetPageLocked"));
    EXPECT_THAT(of_file, HasSubstr("ClearPageLocked"));
    EXPECT_THAT(of_file, HasSubstr("SetPageMappedToDisk"));
    EXPECT_THAT(of_file, HasSubstr("get_page"));
    run("write /data 0 4096");
    run("sync");
    EXPECT_THAT(biography_of(*timeline, file), HasSubstr("SetPageDirty"));
    EXPECT_THAT(biography_of(*timeline, file), HasSubstr("ClearPageWriteback"));
    run("fork 1");
    EXPECT_THAT(biography_of(*timeline, anon), HasSubstr("_mapcount 0 to 1"));
    EXPECT_THAT(biography_of(*timeline, anon), HasSubstr("ClearPageAnonExclusive"));
    run("exit 2");
    run("exit 1");
    EXPECT_THAT(biography_of(*timeline, anon), HasSubstr("ClearPageLRU"));
    EXPECT_EQ(timeline->system().pages().flags(anon), 0u);
    const Pfn slab = run("kmalloc 8000 GFP_KERNEL").pfn;
    const Pfn head = timeline->system().pages().order(slab) == not_a_head
                         ? compound_page_of(timeline->system().pages(), slab).head
                         : slab;
    EXPECT_THAT(biography_of(*timeline, head), HasSubstr("SetPageSlab"));
    EXPECT_THAT(biography_of(*timeline, head), HasSubstr("SetPageHead"));
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

}  // namespace
}  // namespace mm
