// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;

TEST(PercpuCommands, PrintAsTheyAreRead) {
    for (const char* text :
         {"alloc_percpu 24 GFP_KERNEL align 8 cpu 0", "alloc_reserved_percpu 4 GFP_KERNEL align 4 cpu 1",
          "free_percpu 0x3000 cpu 0", "percpu_balance cpu 0"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    for (const char* text : {"alloc_percpu", "alloc_percpu x", "free_percpu", "alloc_percpu 8 order 1"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  Expect: the first allocation follows static and reserved memory; what the first chunk has no room for takes pages
//  for each CPU, which nobody else frees and Percpu counts; undo takes it back.
TEST(PercpuCommands, ChunksAreMadeOfPagesForEachCpu) {
    for (const char* name : {"numa-2n-2g", "i386-np-4g", "arm64-256m"}) {
        SCOPED_TRACE(name);
        auto timeline = boot(name);
        const PercpuFacts& facts = timeline->system().machine().percpu;
        const auto first = must(*timeline, "alloc_percpu 16").percpu;
        EXPECT_EQ(first, align_up(facts.static_size + facts.reserved_size, 8));
        const std::uint64_t hash = timeline->hash();
        const auto large = must(*timeline, "alloc_percpu 32768 GFP_KERNEL align 64").percpu;
        ASSERT_TRUE(large);
        const PercpuState& state = timeline->system().state().percpu;
        EXPECT_EQ(state.stats.nr_chunks, facts.reserved_size ? 3u : 2u);
        EXPECT_GE(state.owned->size(), 8u * state.geometry.cpus());
        EXPECT_FALSE(run(*timeline, fmt::format("free_pages {:#x} order 0", *state.owned->begin())));
        const VirtAddr area = state.chunks.back()->areas[0];
        EXPECT_FALSE(run(*timeline, fmt::format("vfree {:#x}", area)));
        EXPECT_THAT(print_vmallocinfo(*timeline->snapshot()), HasSubstr("pcpu_get_vm_areas vmalloc"));
        EXPECT_THAT(print_percpu(*timeline->snapshot()), HasSubstr("Percpu Memory Statistics\nAllocation Info:\n"));
        EXPECT_EQ(timeline->system().check(), std::nullopt);
        ASSERT_TRUE(timeline->undo());
        EXPECT_EQ(timeline->hash(), hash);
        must(*timeline, fmt::format("free_percpu {:#x}", *first));
        EXPECT_FALSE(run(*timeline, fmt::format("free_percpu {:#x}", *first)));
        EXPECT_EQ(timeline->system().check(), std::nullopt);
    }
}

//      percpu_alloc=page     units of single pages, mapped side by side at the start of vmalloc, one group
TEST(PercpuCommands, TheFirstChunkMayBeOfSinglePages) {
    for (const char* name : {"numa-2n-2g", "i386-np-4g", "arm64-256m"}) {
        SCOPED_TRACE(name);
        Machine machine = *test::load_machine(name);
        machine.command_line += " percpu_alloc=page";
        auto timeline = test::boot(std::make_shared<const Machine>(std::move(machine)));
        const auto first = must(*timeline, "alloc_percpu 16").percpu;
        const PercpuGeometry& g = timeline->system().state().percpu.geometry;
        const PercpuFacts& facts = timeline->system().machine().percpu;
        EXPECT_EQ(first, align_up(facts.static_size + facts.reserved_size, 8));
        EXPECT_EQ(1u, g.groups.size());
        EXPECT_EQ(page_size, g.atom_size);
        EXPECT_GE(g.dyn_size, 20 * KiB);
        const PageTables& tables = timeline->system().state().direct_map.tables;
        for (std::size_t cpu = 0; cpu < g.cpus(); ++cpu)
            EXPECT_EQ(timeline->system().state().percpu_units[cpu].start, tables.walk(g.base + cpu * g.unit_size).phys);
        ASSERT_TRUE(must(*timeline, "alloc_percpu 32768 GFP_KERNEL align 64").percpu) << "a chunk of its own";
        EXPECT_GE(timeline->system().state().percpu.owned->size(), 8u * g.cpus());
        must(*timeline, fmt::format("free_percpu {:#x}", *first));
        EXPECT_EQ(timeline->system().check(), std::nullopt);
    }
}

}  // namespace
}  // namespace mm
