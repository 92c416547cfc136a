// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/types/rng.h"
#include "tests/engine/percpu/percpu_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::PercpuMachine;
using testing::HasSubstr;

class Lines : public EventSink {
public:
    void event(const Event& e, std::string_view) override { kinds.push_back(e.kind); }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
    std::vector<EventKind> kinds;
    std::vector<std::string> lines;
};

PercpuRequest bytes(Bytes size, Bytes align = 8, Gfp gfp = gfp::GFP_KERNEL) {
    return {size, align, false, gfp, 0};
}

//  unit  | static 100 | reserved 1000 | dynamic 1104 ...
//  Expect: the first allocations lie behind static and reserved memory, aligned; reserved ones in their part.
TEST(Percpu, TheFirstChunkServesFirst) {
    PercpuMachine m;
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(4, 4)), 1100u);
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(8)), 1104u);
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(30, 64)), 1152u);
    EXPECT_EQ(m.percpu.alloc_percpu({16, 8, true, gfp::GFP_KERNEL, 0}), 104u);
    EXPECT_TRUE(m.state.owned->empty()) << "boot's pages";
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(m.percpu.free_percpu(1108)) << "none begins there";
    EXPECT_TRUE(m.percpu.free_percpu(1104));
    EXPECT_FALSE(m.percpu.free_percpu(1104));
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(8)), 1104u);
    Lines lines;
    EXPECT_EQ(m.percpu.alloc_percpu({2000, 8, true, gfp::GFP_KERNEL, 0}, Tracer(&lines)), std::nullopt);
    EXPECT_EQ(lines.lines.at(0),
              "percpu: allocation failed, size=2000 align=8 atomic=0, alloc from reserved chunk failed");
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(33 * KiB), Tracer(&lines)), std::nullopt);
    EXPECT_EQ(lines.lines.at(1), "illegal size (33792) or align (8) for percpu allocation");
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_THAT(print_percpu_stats(m.state), HasSubstr("  unit_size           :        32768\n"));
    EXPECT_THAT(print_percpu_stats(m.state),
                HasSubstr("Chunk: <- First Chunk\n  nr_alloc            :            3\n"));
}

//  window  ... [CPU 0's unit] . 1 MiB . [CPU 1's unit]|end
//  Expect: what the first chunk has no room for goes to a new one, as far apart as the first; a page for each CPU from
//  its node, mapped; and the work keeps four empty pages ready.
TEST(Percpu, ANewChunkLiesInVmalloc) {
    PercpuMachine m;
    Lines lines;
    const auto pointer = m.percpu.alloc_percpu(bytes(24 * KiB), Tracer(&lines));
    ASSERT_TRUE(pointer);
    EXPECT_THAT(lines.kinds, testing::Contains(EventKind::percpu_create_chunk));
    const PercpuChunk& chunk = m.state.chunk(2);
    const VirtAddr end = PercpuMachine::start + phys_of(NrPages{2048});
    EXPECT_EQ(chunk.areas, (std::vector<VirtAddr>{end - MiB - 32 * KiB, end - 32 * KiB}));
    EXPECT_EQ(*pointer, chunk.base - PercpuMachine::base);
    EXPECT_EQ(chunk.nr_populated, 6);
    EXPECT_EQ(m.state.owned->size(), 12u);
    const auto seen = m.tables.walk(chunk.base + MiB).phys;
    ASSERT_TRUE(seen);
    EXPECT_EQ(m.m.memory.zones.zone_of(pfn_down(*seen))->nid, 1);
    EXPECT_THAT(percpu_owner_of_frame(m.state, pfn_down(*seen)).value_or(""), HasSubstr("per-CPU chunk"));
    EXPECT_TRUE(percpu_owner_of_area(m.state, chunk.areas[1]));
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.percpu.free_percpu(*pointer));
    EXPECT_EQ(m.state.stats.nr_chunks, 3u) << "one empty chunk is spared";
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: a request that must not wait takes populated pages alone; failing, it wakes the work, which makes some
//  ready.
TEST(Percpu, WhoMustNotWaitNeedsPagesThatAreReady) {
    PercpuMachine m;
    EXPECT_TRUE(m.percpu.alloc_percpu(bytes(16 * KiB)));
    EXPECT_EQ(m.state.empty_pop_pages, empty_pop_pages_high) << "too few were left: the work has run";
    EXPECT_EQ(m.percpu.alloc_percpu(bytes(20 * KiB, 8, gfp::GFP_ATOMIC)), std::nullopt) << "five pages";
    EXPECT_GT(m.state.empty_pop_pages, empty_pop_pages_high);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_TRUE(m.percpu.alloc_percpu(bytes(20 * KiB, 8, gfp::GFP_ATOMIC)));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: each thing that may be missing gives all back, and is told ten times.
TEST(Percpu, WhatFailsIsGivenBack) {
    PercpuMachine m;
    Lines lines;
    m.faults.pages = [] { return true; };
    for (int i = 0; i < 12; ++i)
        EXPECT_FALSE(m.percpu.alloc_percpu(bytes(24 * KiB), Tracer(&lines)));
    EXPECT_EQ(lines.lines.at(0), "percpu: allocation failed, size=24576 align=8 atomic=0, failed to populate");
    EXPECT_EQ(std::count_if(lines.lines.begin(), lines.lines.end(), [](const auto& l) { return l.find("limit") == 8; }),
              1);
    EXPECT_EQ(m.state.owned->size(), 0u);
    EXPECT_EQ(std::nullopt, m.check());
    PercpuMachine n;
    n.m.faults.object = [] { return true; };
    EXPECT_FALSE(n.percpu.alloc_percpu(bytes(24 * KiB)));
    EXPECT_TRUE(n.vmalloc.busy->empty());
    EXPECT_EQ(std::nullopt, n.check());
    n.m.faults.object = {};
    n.vm_faults.tables = [] { return true; };
    EXPECT_FALSE(n.percpu.alloc_percpu(bytes(24 * KiB)));
    EXPECT_TRUE(n.state.owned->empty());
    EXPECT_EQ(std::nullopt, n.check());
}

TEST(Percpu, RandomCommandsAddUp) {
    const test::RandomRun run = test::random_run("PERCPU", 4000);
    PercpuMachine m;
    Rng rng(run.seed);
    bool failing = true;
    const auto fails = [&] { return failing && rng.chance(20); };
    m.faults.pages = m.vm_faults.pages = m.vm_faults.tables = m.m.faults.object = m.m.faults.pages = fails;
    std::vector<std::uint64_t> live;
    std::uint64_t failed = 0, most_chunks = 0;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        const auto cpu = static_cast<unsigned>(rng.below(2));
        if (rng.chance(i / 700 % 2 ? 300 : 650)) {
            PercpuRequest r = bytes(1 + rng.below(rng.chance(100) ? 20000 : 400), Bytes{1} << rng.below(9));
            r.cpu = cpu;
            if (rng.chance(200)) r.gfp = gfp::GFP_ATOMIC | gfp::nowarn;
            r.reserved = rng.chance(20);
            if (const auto pointer = m.percpu.alloc_percpu(r))
                live.push_back(*pointer);
            else
                ++failed;
        } else if (!live.empty()) {
            const std::size_t k = rng.below(live.size());
            ASSERT_TRUE(m.percpu.free_percpu(live[k], cpu));
            live[k] = live.back();
            live.pop_back();
        }
        most_chunks = std::max(most_chunks, m.state.stats.nr_chunks);
        const Broken broken = m.check();
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i << ", " << run.seed_text;
    }
    EXPECT_GT(failed, 0u) << "nothing failed";
    EXPECT_GT(most_chunks, 4u);
    failing = false;
    for (const std::uint64_t pointer : live)
        ASSERT_TRUE(m.percpu.free_percpu(pointer));
    m.percpu.balance(0);
    EXPECT_LE(m.state.stats.nr_chunks, 4u) << "two of boot, one spared, one that others need";
    EXPECT_EQ(m.state.stats.nr_cur_alloc, 0u);
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
