// SPDX-License-Identifier: GPL-3.0-or-later
// Given frames: pageblocks isolated, pages moved out, and everything as before where one of them cannot.
#include <gtest/gtest.h>

#include <iostream>

#include "engine/page_alloc/cma.h"
#include "engine/types/rng.h"
#include "tests/support/mm_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::MmMachine;
using test::RandomRun;

constexpr VmaFlags rw = vma::read | vma::write;
constexpr MigrateType movable = MigrateType::movable;

struct ContigTest : testing::Test {
    ContigTest() {
        for (Pfn p = 1024; p < 9216; p += 512)
            m.memory.zones.set_pageblock(p, movable);
    }
    const Zone& zone() { return m.memory.zone(ZoneType::normal); }
    NrPages listed(MigrateType type) {
        NrPages n = 0;
        for (Order order = 0; order < max_orders; ++order)
            n += zone().free_area[order].free_list[static_cast<std::size_t>(type)].blocks << order;
        return n;
    }
    void expect_sound() {
        EXPECT_EQ(std::nullopt, m.memory.allocator.check());
        EXPECT_EQ(0u, zone().nr_isolate_pageblock);
        EXPECT_EQ(0u, listed(MigrateType::isolate));
        for (Pfn p = 1024; p < 9216; p += 512)
            EXPECT_NE(MigrateType::isolate, m.memory.zones.pageblock(p));
    }

    MmMachine m;
    Tracer quiet;
    ContigRange contig{m.memory.allocator, 0, quiet};
};

//  free [4096 ... 8191]   asked for 5000 .. 5999: Expect: those are in use one by one, all others are free and merged
TEST_F(ContigTest, FreeFramesAreTakenAndTheRestStaysFree) {
    const NrPages before = m.free_pages();
    const auto done = contig.alloc({5000, 6000}, movable);
    ASSERT_TRUE(done && *done);
    EXPECT_EQ(before - 1000, m.free_pages());
    for (const Pfn p : {Pfn{5000}, Pfn{5999}}) {
        EXPECT_EQ(PageState::allocated, state_of(m.memory.pages.state(p)));
        EXPECT_EQ(1, m.memory.pages.refcount(p));
    }
    EXPECT_EQ(PageState::free, state_of(m.memory.pages.state(4999)));
    EXPECT_EQ(PageState::free, state_of(m.memory.pages.state(6000)));
    expect_sound();
    ASSERT_TRUE(contig.free({5000, 6000}));
    m.memory.allocator.drain_all_pages();
    EXPECT_EQ(before, m.free_pages());
    EXPECT_EQ(8u, zone().free_area[10].nr_free) << "merged as they were";
    expect_sound();
}

//  Expect: a process' pages leave the range, and the process does not notice.
TEST_F(ContigTest, PagesOfProcessesMoveOut) {
    const Pid init = m.start();
    const auto at = m.processes.mmap(init, {200 * page_size, rw, false, no_id, 0, 0});
    (void)m.processes.touch(init, {**at, **at + 200 * page_size}, true);
    const Pfn page = m.pte(init, **at).pfn;
    const PfnRange range{page, page + 1};
    const auto done = contig.alloc(range, movable);
    ASSERT_TRUE(done && *done);
    EXPECT_EQ(1u, contig.moves().size());
    EXPECT_NE(page, m.pte(init, **at).pfn);
    ASSERT_TRUE(contig.free(range));
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, {**at, **at + 200 * page_size}, true)->failure);
    EXPECT_EQ(std::nullopt, m.check());
    expect_sound();
}

//  Expect: a huge page in the way is split, and its pages move.
TEST(Contig, HugePagesAreSplitAndMoveOut) {
    MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, PagingMode::x86_64, ThpEnabled::always);
    const Pid init = m.start();
    const auto mapped = m.processes.mmap(init, {8 * MiB, rw, false, no_id, 0, 0});
    const VirtAddr at = align_up(**mapped, 2 * MiB);
    (void)m.processes.touch(init, {at, at + page_size}, true);
    const EntryAt entry = UserTables(m.context).find(m.mm(init), at);
    ASSERT_EQ(PtLevel::pmd, entry.level);
    const Pfn head = decode(m.context.paging(), entry.entry, entry.level).pfn;
    const Tracer quiet;
    ContigRange contig(m.memory.allocator, 0, quiet);
    ASSERT_TRUE(*contig.alloc({head + 10, head + 20}, movable));
    EXPECT_EQ(1u, m.state.events.thp_split_page);
    EXPECT_EQ(10u, contig.moves().size());
    EXPECT_EQ(head + 9, m.pte(init, at + 9 * page_size).pfn);
    EXPECT_NE(head + 10, m.pte(init, at + 10 * page_size).pfn);
    EXPECT_EQ(std::nullopt, m.processes.check());
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    ASSERT_TRUE(contig.free({head + 10, head + 20}));
    EXPECT_EQ(std::nullopt, m.check());
}

//  [ . . u . . ]  u: GFP_KERNEL  Expect: busy, and the frames are where they were
TEST_F(ContigTest, WhatCannotMoveMakesTheRangeBusy) {
    const auto kernel = m.memory.allocator.alloc_pages({gfp::GFP_KERNEL, 0, 0, 0});
    ASSERT_TRUE(kernel);
    const Pfn block = align_down(*kernel, 512);
    m.memory.zones.set_pageblock(block, movable);
    const NrPages before = m.free_pages();
    const auto done = contig.alloc({block, block + 512}, movable);
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done);
    EXPECT_EQ(*kernel, contig.busy());
    EXPECT_EQ(before, m.free_pages());
    ASSERT_TRUE(m.memory.allocator.free_pages(*kernel, 0));
    EXPECT_FALSE(contig.alloc({100, 200}, movable)) << "no memory there";
    EXPECT_FALSE(contig.alloc({5000, 5000}, movable)) << "no frames";
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
}

//  area 4096 .. 6143   two requests of 1024 pages lie side by side, a third finds no room until one is released
TEST_F(ContigTest, CmaHandsOutItsArea) {
    const std::vector<PhysRange> areas{phys_of(PfnRange{4096, 6144})};
    for (Pfn p = 4096; p < 6144; p += 512)
        BuddyLists({m.memory.zones, m.memory.pages, m.memory.stats, m.memory.profile}, m.memory.zone(ZoneType::normal))
            .move_freepages_block(p, MigrateType::cma),
            m.memory.zones.set_pageblock(p, MigrateType::cma);
    CmaState state;
    Cma cma(state, areas, contig, quiet);
    const auto a = cma.alloc(1000, 10), b = cma.alloc(1024, 10);
    ASSERT_TRUE(a && *a && b && *b);
    EXPECT_EQ(4096u, **a);
    EXPECT_EQ(5120u, **b) << "aligned to 1024 pages";
    EXPECT_FALSE(cma.alloc(100, 0)->has_value()) << "24 are left";
    EXPECT_EQ(5096u, **cma.alloc(24, 0));
    EXPECT_NE(std::nullopt, cma_owner_of(state, 4100));
    EXPECT_FALSE(cma.release(4096, 2000)) << "not of one allocation";
    ASSERT_TRUE(cma.release(4196, 100));
    EXPECT_EQ(std::nullopt, cma_owner_of(state, 4200));
    EXPECT_EQ(4196u, **cma.alloc(100, 0)) << "in the hole";
    EXPECT_EQ(4u, state.success);
    EXPECT_EQ(1u, state.fail);
    EXPECT_EQ(MigrateType::cma, m.memory.zones.pageblock(4096));
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    EXPECT_FALSE(cma.alloc(5000, 0)) << "more than there is";
}

/// Ranges are taken and given back while processes come and go: after each command all adds up.
TEST(ContigRandom, EverythingAddsUpAfterEachRange) {
    const RandomRun run = test::random_run("CONTIG", 1500);
    SCOPED_TRACE(run.seed_text);
    MmMachine m({{0, ZoneType::normal, {1024, 5120}}, {1, ZoneType::normal, {5120, 9216}}}, 2);
    m.set_watermarks(20, 40, 60);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 2000));
    Rng rng(run.seed);
    Tracer quiet;
    std::vector<PfnRange> held;
    NrPages pages_held = 0;
    std::uint64_t taken = 0, busy = 0, moved = 0;
    const auto give_back = [&](std::size_t i) {
        ContigRange contig(m.memory.allocator, 0, quiet);
        ASSERT_TRUE(contig.free(held[i]));
        pages_held -= held[i].size();
        held.erase(held.begin() + static_cast<long>(i));
    };
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        if (m.state.tasks->empty()) m.start();
        const Pid pid = std::next(m.state.tasks->begin(), static_cast<long>(rng.below(m.state.tasks->size())))->first;
        const std::uint64_t dice = rng.below(100);
        if (dice < 35) {
            const auto at = m.processes.mmap(pid, {(1 + rng.below(300)) * page_size, rw, false, no_id, 0, 0});
            if (at && *at) (void)m.processes.touch(pid, {**at, **at + rng.below(300) * page_size}, true);
        } else if (dice < 50) {
            const FileId id = m.processes.open(fmt::format("/f{}", rng.below(4)), 200 * page_size);
            if (id != no_id) (void)m.processes.read(id, rng.below(100) * page_size, 50 * page_size);
        } else if (dice < 55) {
            (void)m.processes.fork(pid);
        } else if (dice < 62) {
            (void)m.processes.exit(pid);
        } else if (dice < 90 && pages_held < 2500) {
            ContigRange contig(m.memory.allocator, static_cast<unsigned>(rng.below(2)), quiet);
            const Pfn start = 1024 + rng.below(8192);
            const PfnRange range{start, start + 1 + rng.below(rng.chance(700) ? 100 : 1500)};
            const auto done = contig.alloc(range, movable);
            moved += contig.moves().size();
            if (done && *done) {
                held.push_back(range);
                pages_held += range.size();
                ++taken;
            } else {
                ++busy;
            }
        } else if (!held.empty()) {
            give_back(rng.below(held.size()));
        }
        m.settle();
        ASSERT_EQ(std::nullopt, m.processes.check()) << " after command " << i;
        ASSERT_EQ(std::nullopt, m.memory.allocator.check()) << " after command " << i;
        ASSERT_EQ(m.managed, m.free_pages() + mm_pages(m.state) + pages_held) << " after command " << i;
    }
    EXPECT_GT(taken, run.commands / 100);
    EXPECT_GT(busy, 0u);
    EXPECT_GT(moved, 0u);
    std::cout << fmt::format("{}, {} ranges, {} busy, {} pages moved\n", run.seed_text, taken, busy, moved);
}

}  // namespace
}  // namespace mm
