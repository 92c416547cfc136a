// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;

std::string refusal(Timeline& timeline, const std::string& text) {
    const auto result = run(timeline, text);
    return result ? "done" : result.error().text();
}

TEST(SlabCommands, PrintAsTheyAreRead) {
    for (const char* text :
         {"kmalloc 100 GFP_KERNEL cpu 0", "kmalloc 9000 GFP_KERNEL|__GFP_ZERO node 1 cpu 2",
          "krealloc 0x1a8c0380 200 GFP_ATOMIC cpu 0", "kfree 0x1a8c0380 cpu 0", "kmem_cache_init",
          "kmem_cache_create mine size 200 align 64", "kmem_cache_alloc mine GFP_KERNEL cpu 1",
          "kmem_cache_free mine 0x1000 cpu 0", "kmem_cache_shrink mine", "kmem_cache_destroy mine"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    EXPECT_EQ("kmalloc 8 GFP_KERNEL|__GFP_ZERO cpu 0", to_text(*parse_command("kzalloc 8 GFP_KERNEL")));
    for (const char* text : {"kmalloc", "kmalloc x GFP_KERNEL", "kmalloc 8", "kfree", "kfree 0x10 order 0",
                             "kmem_cache_create a", "kmem_cache_alloc a", "krealloc 0x10 GFP_KERNEL"})
        EXPECT_FALSE(parse_command(text)) << text;
}

TEST(SlabCommands, AnObjectCanBeFollowedToItsFrame) {
    auto timeline = boot("pc-512m");
    const auto object = must(*timeline, "kmalloc 100 GFP_KERNEL");
    ASSERT_TRUE(object.object);
    const System& system = timeline->system();
    EXPECT_EQ(pfn_down(*object.object), object.pfn);
    EXPECT_TRUE(system.pages().flags(object.pfn) & bit(PageFlag::slab));
    EXPECT_EQ(
        fmt::format("frame {:#x} is part of a slab of kmalloc-128: kfree() or kmem_cache_free() frees its objects",
                    object.pfn),
        refusal(*timeline, fmt::format("free_pages {:#x} order 0", object.pfn)));
    EXPECT_EQ(std::nullopt, system.check());
    must(*timeline, fmt::format("kfree {:#x}", *object.object));
    EXPECT_NE("done", refusal(*timeline, fmt::format("kfree {:#x}", *object.object))) << "twice";
    EXPECT_NE("done", refusal(*timeline, "kmalloc 8 GFP_KERNEL cpu 7")) << "a CPU that is not there";
    EXPECT_NE("done", refusal(*timeline, "kmem_cache_alloc nobody GFP_KERNEL"));
    EXPECT_EQ(std::nullopt, system.check());
}

TEST(SlabCommands, LargeObjectsAreNotFreedAsPages) {
    auto timeline = boot("pc-512m");
    const auto object = must(*timeline, "kmalloc 20000 GFP_KERNEL");
    EXPECT_NE("done", refusal(*timeline, fmt::format("free_pages {:#x} order 3", object.pfn)));
    must(*timeline, fmt::format("kfree {:#x}", *object.object));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(SlabCommands, EveryMomentIsTheSameForwardsAndBackwards) {
    auto timeline = boot("pc-512m");
    std::vector<CommandResult> objects;
    must(*timeline, "kmem_cache_create mine size 1000 align 0");
    for (int i = 0; i < 40; ++i) {
        objects.push_back(must(*timeline, fmt::format("kmalloc {} GFP_KERNEL", 8 << i % 11)));
        must(*timeline, "kmem_cache_alloc mine GFP_KERNEL");
        must(*timeline, "alloc_pages GFP_KERNEL order 1");
        if (i % 3 == 0)
            must(*timeline, fmt::format("kfree {:#x}", *objects[static_cast<std::size_t>(i) / 2].object)),
                objects[static_cast<std::size_t>(i) / 2] = must(*timeline, "kzalloc 5000 GFP_KERNEL");
    }
    const Position end = timeline->cursor();
    std::map<Position, std::uint64_t> hashes;
    for (Position p = timeline->boot_end(); p <= end; ++p) {
        timeline->seek(p);
        hashes[p] = timeline->hash();
        const Broken broken = timeline->system().check();
        ASSERT_FALSE(broken) << p << ": " << *broken;
    }
    for (Position p = end; p > timeline->boot_end(); p -= std::min<Position>(p - timeline->boot_end(), 7)) {
        timeline->seek(p);
        ASSERT_EQ(hashes[p], timeline->hash()) << p;
    }
    while (timeline->undo()) {
    }
    EXPECT_EQ(hashes[timeline->boot_end()], timeline->hash()) << "all undone: as after the boot";
}

TEST(SlabCommands, SlabinfoListsTheAllocatorsOwnCaches) {
    auto timeline = boot("pc-512m");
    must(*timeline, "kmem_cache_init");
    const std::string text = print_slabinfo(*timeline->snapshot());
    EXPECT_TRUE(text.starts_with("slabinfo - version: 2.1\n# name            <active_objs>"));
    EXPECT_NE(std::string::npos, text.find("\nkmalloc-8k             0      0   8192    4    8 : tunables"));
    EXPECT_TRUE(text.ends_with("     0\n"));
}

}  // namespace
}  // namespace mm
