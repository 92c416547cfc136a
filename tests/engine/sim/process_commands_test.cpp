// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "engine/sim/command_from_file.h"
#include "engine/sim/story_player.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/process_format.h"
#include "engine/types/rng.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"
#include "tests/support/stories.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;

TEST(ProcessCommands, PrintAsTheyAreRead) {
    for (const char* text : {"spawn /sbin/init text 65536 data 8192 bss 4096 cpu 0",
                             "fork 1 cpu 1",
                             "execve 2 /bin/sh text 1 data 2 bss 3 cpu 0",
                             "exit 2 cpu 0",
                             "mmap 1 8192 rw- cpu 0",
                             "mmap 1 8192 r-x shared file /lib/libc.so offset 4096 at 0x10000 cpu 0",
                             "munmap 1 0x10000 4096 cpu 0",
                             "randomize_va_space 2 cpu 0",
                             "open /net/data 4096 fscache cpu 0",
                             "kmem_cache_alloc_bulk dentry GFP_KERNEL count 16 cpu 0",
                             "mprotect 1 0x10000 4096 r-- cpu 0",
                             "mlock 1 0x10000 4096 cpu 0",
                             "munlock 1 0x10000 4096 cpu 0",
                             "sbrk 1 -4096 cpu 0",
                             "touch 1 0x10000 4096 read cpu 0",
                             "open /data 100 cpu 0",
                             "read /data 0 100 cpu 0",
                             "write /data 0 100 cpu 0",
                             "sync cpu 0",
                             "drop_caches cpu 0",
                             "drop_caches 2 cpu 0",
                             "drop_caches 3 cpu 1",
                             "swapon /dev/sda2 1048576 cpu 0",
                             "madvise 1 0x10000 4096 hugepage cpu 0",
                             "madvise 1 0x10000 4096 dontneed cpu 0",
                             "transparent_hugepage enabled madvise cpu 0",
                             "transparent_hugepage defrag defer+madvise cpu 0",
                             "transparent_hugepage use_zero_page 0 cpu 1",
                             "memory_failure 0x1234 cpu 0",
                             "soft_offline_page 0x1234 cpu 1",
                             "unpoison_memory 0x1234 cpu 0",
                             "page_idle 0x1000 512 mark cpu 0",
                             "page_idle 0x1000 512 count cpu 0",
                             "nr_hugepages 20 cpu 0",
                             "mmap 1 4194304 rw- hugetlb cpu 0"}) {
        const auto command = parse_command(text);
        ASSERT_TRUE(command) << command.error().text();
        EXPECT_EQ(text, to_text(*command));
    }
    for (const char* text :
         {"spawn", "spawn sh", "fork x", "mmap 1 4096", "mmap 1 4096 wr-", "touch 1 0x1000 1 maybe", "read data 0 1",
          "exit 99999999", "sbrk 1 -", "sync now", "open /data 1 2", "madvise 1 0x1000 4096 later",
          "transparent_hugepage size 2M", "memory_failure", "memory_failure here", "page_idle 0x1000"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//  pool 4, area of 3, touched 1    Expect: meminfo, maps, smaps and status tell so; nothing of it is in Rss.
TEST(ProcessCommands, HugePagesByNameAreSeenInProc) {
    auto timeline = boot("pc-512m");
    must(*timeline, "spawn /sbin/init text 65536 data 8192 bss 4096");
    EXPECT_EQ(4u, must(*timeline, "nr_hugepages 4").process->huge_pages);
    const auto rss = timeline->snapshot()->state.processes.mm_of(1)->resident();
    const VirtAddr at = *must(*timeline, "mmap 1 6000000 rw- hugetlb").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 8192 write", at));
    const SnapshotPtr now = timeline->snapshot();
    const Snapshot& s = *now;
    EXPECT_EQ(rss, s.state.processes.mm_of(1)->resident());
    EXPECT_THAT(print_meminfo(s),
                HasSubstr("HugePages_Total:       4\nHugePages_Free:        3\nHugePages_Rsvd:        2\n"
                          "HugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:            8192 kB\n"));
    EXPECT_THAT(print_maps(s, 1), HasSubstr("/anon_hugepage (deleted)"));
    EXPECT_THAT(print_smaps(s, 1), HasSubstr("Size:               6144 kB\nKernelPageSize:     2048 kB\n"));
    EXPECT_THAT(print_smaps(s, 1), HasSubstr("Private_Hugetlb:    2048 kB\n"));
    EXPECT_THAT(print_smaps(s, 1), HasSubstr(" de ht "));
    EXPECT_THAT(print_status(s, 1), HasSubstr("HugetlbPages:\t    2048 kB\n"));
    EXPECT_THAT(print_vmstat(s), HasSubstr("htlb_buddy_alloc_success 4\n"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

//  Expect: maps as the kernel prints them, descriptors from its caches, meminfo that adds up, and all of it gone at the
//  end of the process but what files left behind.
TEST(ProcessCommands, AProcessIsSeenInProc) {
    auto timeline = boot("pc-512m");
    const CommandResult init = must(*timeline, "spawn /sbin/init text 65536 data 8192 bss 4096");
    ASSERT_TRUE(init.process && init.process->pid);
    EXPECT_EQ(1, *init.process->pid);
    const CommandResult heap = must(*timeline, "sbrk 1 40960");
    must(*timeline, fmt::format("touch 1 {:#x} 40960 write", *heap.process->address - 40960));
    const std::string maps = print_maps(*timeline->snapshot(), 1);
    EXPECT_THAT(maps,
                HasSubstr("555555554000-555555555000 r--p 00000000 08:01 131073                     /sbin/init\n"));
    EXPECT_THAT(maps, HasSubstr("7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]\n"));
    EXPECT_THAT(maps, HasSubstr("[heap]\n"));
    EXPECT_THAT(maps, HasSubstr("/lib64/ld-linux-x86-64.so.2\n"));
    const System& system = timeline->system();
    const SlabState& slabs = system.state().slab;
    const auto in_use = [&](std::string_view cache) { return slabs.cache(slabs.find(cache)).live; };
    EXPECT_EQ(1u, in_use("mm_struct"));
    EXPECT_EQ(system.state().processes.mm_of(1)->areas.size(), in_use("vm_area_struct"));
    const std::string meminfo = print_meminfo(*timeline->snapshot());
    const NrPages anon = system.state().processes.mm_of(1)->count(Rss::anon);
    EXPECT_THAT(meminfo, HasSubstr(fmt::format("AnonPages:{:>14} kB\n", anon * 4)));
    EXPECT_EQ(std::nullopt, system.check());
    const Pfn heap_page = lru_pages(system.state().processes.lru[0].lists[0], system.pages(), 1).at(0);
    const auto refused = run(*timeline, fmt::format("free_pages {:#x} order 0", heap_page));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), HasSubstr("anonymous memory of a process"));
    must(*timeline, "exit 1");
    must(*timeline, "drop_caches");
    EXPECT_EQ(0u, in_use("mm_struct"));
    EXPECT_EQ(0u, mm_pages(system.state().processes));
    EXPECT_EQ(std::nullopt, system.check());
}

TEST(ProcessCommands, NamesAndInodesAreObjectsThatDropCachesTakes) {
    auto timeline = boot("pc-512m");
    const System& system = timeline->system();
    const SlabState& slabs = system.state().slab;
    const auto in_use = [&](std::string_view cache) { return slabs.cache(slabs.find(cache)).live; };
    for (unsigned i = 0; i < 100; ++i)
        must(*timeline, fmt::format("open /usr/src/file{}.c 4096", i));
    EXPECT_EQ(100u, in_use("dentry"));
    EXPECT_EQ(100u, in_use("ext4_inode_cache"));
    must(*timeline, "read /usr/src/file1.c 0 4096");
    must(*timeline, "drop_caches 2");
    EXPECT_EQ(0u, in_use("dentry"));
    EXPECT_EQ(1u, in_use("ext4_inode_cache")) << "its page is in memory";
    must(*timeline, "drop_caches 3");
    EXPECT_EQ(0u, in_use("ext4_inode_cache"));
    const std::string vmstat = print_vmstat(*timeline->snapshot());
    EXPECT_THAT(vmstat, HasSubstr("drop_pagecache 1\ndrop_slab 2\n"));
    EXPECT_EQ(std::nullopt, system.check());
    timeline->undo();
    timeline->undo();
    EXPECT_EQ(100u, in_use("dentry"));
    EXPECT_EQ(std::nullopt, system.check());
}

TEST(ProcessCommands, ErrorsTellWhatIsThere) {
    auto timeline = boot("pc-512m");
    EXPECT_THAT(run(*timeline, "fork 1").error().text(), HasSubstr("there is no process 1; none was started"));
    must(*timeline, "spawn /sbin/init");
    EXPECT_THAT(run(*timeline, "exit 7").error().text(), HasSubstr("there is no process 7; there are 1 init"));
    EXPECT_THAT(run(*timeline, "touch 1 0x1000 1 write").error().text(), HasSubstr("SIGSEGV"));
    EXPECT_THAT(run(*timeline, "read /nothing 0 1").error().text(), HasSubstr("/nothing is not open"));
    EXPECT_THAT(run(*timeline, "swapon /dev/sda2 4096").error().text(), HasSubstr("expected 10 at least"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(ProcessCommands, TimeGoesBackOverThem) {
    test::expect_time_goes_back(*boot("pc-512m"), "kernel-build", 300);
}

/// Each story on a machine of 512 MiB: after so many commands everything adds up, page by page.
class Stories : public testing::TestWithParam<std::string_view> {};

TEST_P(Stories, AddUp) {
    auto timeline = boot("pc-512m");
    StoryPlayer player(*story_named(GetParam()), 7);
    for (int i = 0; i < 6000; ++i) {
        const auto done = player.step(*timeline);
        ASSERT_TRUE(done) << done.error().text();
        if (i % 1000 == 999) {
            const Broken broken = timeline->system().check();
            ASSERT_EQ(std::nullopt, broken) << *broken;
        }
    }
    EXPECT_GT(player.jobs_ended() + timeline->system().state().processes.events.pgfault, 100u);
}

std::vector<std::string_view> story_names() {
    std::vector<std::string_view> names;
    for (const Story& story : all_stories())
        names.push_back(story.name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(All, Stories, testing::ValuesIn(story_names()), [](const auto& story) {
    std::string name(story.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

//      kernel-build + leak     jobs of both, in the shares of how many of them run together
TEST(StoryPlayer, StoriesAreMixed) {
    const auto mix = mixed_story("kernel-build+leak");
    ASSERT_TRUE(mix) << mix.error().text();
    EXPECT_EQ(mix->together, story_named("kernel-build")->together + story_named("leak")->together);
    EXPECT_EQ(mix->swap, 25u);
    std::map<bool, unsigned> weights;
    for (const StoryJob& job : mix->jobs)
        weights[job.path == "/usr/bin/leaky" || job.path == "/usr/bin/shell"] += job.weight;
    EXPECT_NEAR(weights[false] / 4.0, weights[true] / 2.0, 5);
    const auto timeline = test::boot("pc-128m");
    StoryPlayer player(*mix, 3);
    std::set<std::string> seen;
    for (int i = 0; i < 1500; ++i) {
        ASSERT_TRUE(player.step(*timeline));
        for (const auto& [pid, task] : *timeline->system().state().processes.tasks)
            seen.insert(task.comm);
    }
    EXPECT_TRUE(seen.contains("cc1") && seen.contains("leaky"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    EXPECT_EQ(mixed_story("leak")->name, "leak");
    for (const char* names : {"", "+", "leak+leak", "leak+nothing"})
        EXPECT_FALSE(mixed_story(names)) << names;
}

TEST(StoryPlayer, TheSameSeedIsTheSameStory) {
    std::array<std::uint64_t, 3> hashes{};
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        auto timeline = boot("pc-512m");
        StoryPlayer player(*story_named("web-server"), i == 2 ? 9 : 8);
        for (int k = 0; k < 500; ++k)
            ASSERT_TRUE(player.step(*timeline));
        hashes[i] = timeline->hash();
    }
    EXPECT_EQ(hashes[0], hashes[1]);
    EXPECT_NE(hashes[0], hashes[2]);
}

//      spawn_elf /bin/sh     a program of this machine: its own headers, in the command itself
TEST(ProcessCommands, RunARealProgram) {
    const auto command = command_typed("spawn_elf /bin/sh cpu 0");
    ASSERT_TRUE(command) << command.error().text();
    const auto* spawn = std::get_if<Spawn>(&*command);
    ASSERT_TRUE(spawn && spawn->elf);
    EXPECT_GE(spawn->elf->segments.size(), 2u);
    const auto read_again = parse_command(to_text(*command));
    ASSERT_TRUE(read_again) << read_again.error().text();
    EXPECT_EQ(to_text(*command), to_text(*read_again));
    const auto timeline = test::boot("pc-512m");
    must(*timeline, "randomize_va_space 2");
    const auto pid = timeline->execute(*read_again);
    ASSERT_TRUE(pid && pid->process && pid->process->pid);
    const Mm* mm = timeline->system().state().processes.mm_of(*pid->process->pid);
    ASSERT_TRUE(mm);
    EXPECT_EQ("/bin/sh", mm->exe);
    Bytes code = 0;
    for (const Segment& s : spawn->elf->segments)
        if (s.access & vma::exec) code = s.file_size;
    EXPECT_EQ(code, mm->end_code - mm->start_code);
    EXPECT_EQ(std::nullopt, timeline->system().check());
    for (const char* text :
         {"spawn_elf", "spawn_elf /nowhere/program", "spawn_elf /etc/passwd", "execve_elf x /bin/sh"})
        EXPECT_FALSE(command_typed(text)) << text;
    EXPECT_TRUE(command_typed("execve_elf 1 /bin/sh"));
    EXPECT_TRUE(command_typed("spawn /bin/sh"));
    for (const char* text :
         {"spawn /a elf pie 100 load 0x0 0x0 0x200 0x200 r--", "spawn /a elf 100",
          "spawn /a elf pie 4096 load 0x0 0x10 0x20 0x20 r--", "spawn /a elf pie 4096", "randomize_va_space 3"})
        EXPECT_FALSE(parse_command(text)) << text;
}

//      more events than there are keyframes for: some are forgotten, and every moment is still the same
TEST(ProcessCommands, ALongHistoryKeepsFewKeyframes) {
    const auto timeline = test::boot("pc-128m");
    StoryPlayer player(*story_named("kernel-build"), 3);
    std::vector<std::pair<Position, std::uint64_t>> moments;
    constexpr Position events = 32768 * 60;
    for (Position next = events / 7; timeline->total() < events;) {
        ASSERT_TRUE(player.step(*timeline));
        if (timeline->total() < next) continue;
        moments.emplace_back(timeline->cursor(), timeline->hash());
        next += events / 7;
    }
    for (const auto& [position, hash] : {moments[1], moments[5], moments[0], moments[3]}) {
        timeline->seek(position);
        EXPECT_EQ(hash, timeline->hash()) << "at " << position;
    }
}

//      any event of any workload is a place to stand at: a command is left in its middle, and gone through again
TEST(ProcessCommands, TimeStopsAtAnyEvent) {
    for (const Story& story : all_stories()) {
        SCOPED_TRACE(story.name);
        const auto timeline = test::boot("pc-128m");
        StoryPlayer player(story, 3);
        for (int i = 0; i < 250; ++i)
            ASSERT_TRUE(player.step(*timeline));
        const Position end = timeline->total();
        const std::uint64_t hash = timeline->hash();
        Rng rng(11);
        for (int i = 0; i < 60; ++i) {
            const Position at = timeline->boot_end() + rng.below(end - timeline->boot_end());
            timeline->seek(at);
            ASSERT_EQ(at, timeline->cursor());
        }
        timeline->seek(end);
        EXPECT_EQ(hash, timeline->hash());
        EXPECT_EQ(std::nullopt, timeline->system().check());
    }
}

}  // namespace
}  // namespace mm
