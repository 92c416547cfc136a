// SPDX-License-Identifier: GPL-3.0-or-later
// A machine whose kernel has SLAB: commands, processes and all else that stands on the slab allocator work with it as
// they do with SLUB, and its history goes back and forth.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/run_workload.h"
#include "engine/snapshot/hierarchy.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::must;
using testing::HasSubstr;

std::unique_ptr<Timeline> machine() {
    return test::opened("tests/data/kernels/i440fx-512m-4.17/firmware.txt");
}

TEST(SlabDesign, The417KernelHasSlabAndOthersSlub) {
    EXPECT_EQ(SlabDesign::slab, machine()->system().profile().slab_design);
    for (const KernelProfile& profile : all_profiles())
        EXPECT_EQ(profile.name == "4.17" ? SlabDesign::slab : SlabDesign::slub, profile.slab_design) << profile.name;
}

TEST(SlabDesign, SlabinfoHasItsColumns) {
    const auto timeline = machine();
    must(*timeline, "kmalloc 100 GFP_KERNEL");
    const std::string text = print_slabinfo(*timeline->snapshot());
    EXPECT_THAT(text, testing::StartsWith("slabinfo - version: 2.1\n# name            <active_objs>"));
    EXPECT_THAT(text, HasSubstr("\nkmalloc-4194304        0      0 4194304    1 1024 : tunables    1    1    0 : "
                                "slabdata      0      0      0\n"));
    EXPECT_THAT(text, HasSubstr("\nkmalloc-96 "));
    must(*timeline, "slabinfo_write kmalloc-96 10 5 3");
    EXPECT_THAT(print_slabinfo(*timeline->snapshot()), HasSubstr(" : tunables   10    5    3 : "));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(SlabDesign, CommandsOfSlabAreReadAndRefusedElsewhere) {
    for (const char* text : {"cache_reap cpu 1", "slabinfo_write dentry 120 60 8"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    for (const char* text : {"cache_reap node 0", "slabinfo_write dentry 1 2", "slabinfo_write dentry a b c"})
        EXPECT_FALSE(parse_command(text)) << text;
    auto slub = test::boot("pc-512m");
    EXPECT_FALSE(test::run(*slub, "cache_reap"));
    EXPECT_FALSE(test::run(*slub, "slabinfo_write dentry 120 60 8"));
    auto slab = machine();
    must(*slab, "cache_reap");
    EXPECT_FALSE(test::run(*slab, "slabinfo_write nobody 120 60 8"));
}

TEST(SlabDesign, AWorkloadLivesOnIt) {
    const auto timeline = machine();
    must(*timeline, "alloc_task");
    must(*timeline, "alloc_percpu 64 align 8");
    must(*timeline, "vmalloc 20000");
    Workload workload({});
    for (unsigned i = 0; i < 300; ++i) {
        ASSERT_TRUE(do_next(workload, *timeline));
        if (i % 50 == 0) must(*timeline, "cache_reap");
        ASSERT_EQ(std::nullopt, timeline->system().check()) << i;
    }
}

TEST(SlabDesign, HistoryGoesBackAndForth) {
    const auto timeline = machine();
    const auto first = must(*timeline, "kmalloc 300 GFP_KERNEL");
    const std::uint64_t before = timeline->hash();
    const auto second = must(*timeline, "kmalloc 300 GFP_KERNEL");
    must(*timeline, fmt::format("kfree {:#x}", *first.object));
    must(*timeline, "cache_reap");
    const std::uint64_t after = timeline->hash();
    EXPECT_NE(before, after);
    ASSERT_TRUE(timeline->undo());
    ASSERT_TRUE(timeline->undo());
    ASSERT_TRUE(timeline->undo());
    EXPECT_EQ(before, timeline->hash());
    EXPECT_EQ(std::nullopt, timeline->system().check());
    ASSERT_TRUE(timeline->redo());
    ASSERT_TRUE(timeline->redo());
    ASSERT_TRUE(timeline->redo());
    EXPECT_EQ(after, timeline->hash());
    EXPECT_NE(first.object, second.object);
}

TEST(SlabDesign, AnObjectTellsWhereItCameFrom) {
    const auto timeline = machine();
    const auto why_of = [&](const std::string& words) {
        must(*timeline, words);
        const auto x = timeline->explain(timeline->total() - 1);
        EXPECT_TRUE(x) << words << ": " << x.error().text();
        return x ? print_text(*x) : std::string();
    };
    must(*timeline, "kmem_cache_create mine size 1000 align 0");
    EXPECT_THAT(why_of("kmem_cache_alloc mine GFP_KERNEL"), HasSubstr("cache_grow_begin(): neither arrays nor slabs"));
    EXPECT_THAT(why_of("kmem_cache_alloc mine GFP_KERNEL"),
                HasSubstr("____cache_alloc(): the last object of this CPU's array"));
    EXPECT_THAT(why_of("kmalloc 100000 GFP_KERNEL"), HasSubstr("cache kmalloc-131072: "));
}

TEST(SlabDesign, TheHierarchyShowsArrays) {
    const auto timeline = machine();
    const auto object = must(*timeline, "kmalloc 100 GFP_KERNEL");
    const std::string text = print_hierarchy(*timeline->snapshot());
    EXPECT_THAT(text, HasSubstr("per-CPU arrays"));
    EXPECT_TRUE(object.object);
}

}  // namespace
}  // namespace mm
