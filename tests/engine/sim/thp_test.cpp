// SPDX-License-Identifier: GPL-3.0-or-later
// Transparent huge pages on a whole machine: settings, what /proc says, the workload that shows what they are up to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sim/story_player.h"
#include "engine/sim/thp_setting.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"
#include "tests/support/stories.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using test::run;
using testing::HasSubstr;

constexpr NrPages gib = 1 << 18;

const MmEvents& events(const Timeline& timeline) {
    return timeline.system().state().processes.events;
}

TEST(ThpSettings, FollowTheCommandLineAndTheSizeOfMemory) {
    EXPECT_EQ(ThpEnabled::always, thp_settings_at_boot("quiet", gib).enabled);
    EXPECT_EQ(ThpEnabled::madvise, thp_settings_at_boot("transparent_hugepage=madvise", gib).enabled);
    EXPECT_EQ(ThpEnabled::never, thp_settings_at_boot("transparent_hugepage=never", gib).enabled);
    EXPECT_EQ(ThpEnabled::always, thp_settings_at_boot("transparent_hugepage=sometimes", gib).enabled);
    EXPECT_EQ(ThpDefrag::madvise, thp_settings_at_boot("", gib).defrag);
    const ThpSettings small = thp_settings_at_boot("transparent_hugepage=always", gib / 2 - 1);
    EXPECT_EQ(ThpEnabled::never, small.enabled) << "all flags are cleared";
    EXPECT_FALSE(small.use_zero_page);
}

TEST(ThpSettings, ErrorsTellWhatTheFilesTake) {
    auto timeline = boot("pc-512m");
    EXPECT_THAT(run(*timeline, "transparent_hugepage enabled maybe").error().text(),
                HasSubstr("expected one of always, madvise, never"));
    EXPECT_THAT(run(*timeline, "transparent_hugepage defrag maybe").error().text(),
                HasSubstr("always, defer, defer+madvise, madvise, never"));
    must(*timeline, "transparent_hugepage enabled always");
    EXPECT_EQ(ThpEnabled::always, timeline->system().state().processes.thp.settings.enabled);
}

TEST(HugePagesOfAMachine, AreSeenInProc) {
    auto timeline = boot("pc-512m");
    must(*timeline, "transparent_hugepage enabled always");
    must(*timeline, "spawn /sbin/init");
    const CommandResult mapped = must(*timeline, "mmap 1 6291456 rw-");
    const VirtAddr first = align_up(*mapped.process->address, 2 * MiB);
    must(*timeline, fmt::format("touch 1 {:#x} 2097152 write", first));
    EXPECT_THAT(print_meminfo(*timeline->snapshot()), HasSubstr("AnonHugePages:      2048 kB\n"));
    const std::string vmstat = print_vmstat(*timeline->snapshot());
    EXPECT_THAT(vmstat, HasSubstr("nr_anon_transparent_hugepages 1\n")) << "in huge pages, not in pages";
    EXPECT_THAT(vmstat, HasSubstr("thp_fault_alloc 1\n"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    must(*timeline, fmt::format("munmap 1 {:#x} 4096", first));
    EXPECT_THAT(print_meminfo(*timeline->snapshot()), HasSubstr("AnonHugePages:         0 kB\n"));
    EXPECT_THAT(print_vmstat(*timeline->snapshot()), HasSubstr("thp_split_pmd 1\n"));
    EXPECT_EQ(std::nullopt, timeline->system().check());
    const Pfn tail = page_at(paging_of(PagingMode::x86_64),
                             find_entry(timeline->system().state().processes,
                                        *timeline->system().state().processes.mm_of(1), first + page_size),
                             first + page_size)
                         .pfn;
    EXPECT_THAT(run(*timeline, fmt::format("free_pages {:#x} order 0", tail)).error().text(),
                HasSubstr("anonymous memory of a process"));
}

TEST(ThpStory, HugePagesComeFirstAndFallBackLater) {
    auto timeline = boot("pc-512m");
    StoryPlayer player(*story_named("thp"), 1);
    std::uint64_t early_fallbacks = 0;
    for (int i = 0; i < 30000; ++i) {
        ASSERT_TRUE(player.step(*timeline));
        if (events(*timeline).thp_fault_alloc <= 20) early_fallbacks = events(*timeline).thp_fault_fallback;
    }
    EXPECT_EQ(0u, early_fallbacks) << "an empty machine has large blocks";
    EXPECT_GT(events(*timeline).thp_fault_alloc, 50u);
    EXPECT_GT(events(*timeline).thp_fault_fallback, 50u);
    EXPECT_GT(timeline->system().state().stats.vm.compact_success, 0u) << "who asked for it waited";
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

/// Huge pages of 4 MiB, of 2 MiB below 4 GiB of addresses, of blocks of arm64.
class ThpElsewhere : public testing::TestWithParam<const char*> {};

TEST_P(ThpElsewhere, AddsUp) {
    auto timeline = boot(GetParam());
    StoryPlayer player(*story_named("thp"), 2);
    for (int i = 0; i < 1500; ++i)
        ASSERT_TRUE(player.step(*timeline));
    EXPECT_GT(events(*timeline).thp_fault_alloc, 5u);
    const Broken broken = timeline->system().check();
    EXPECT_EQ(std::nullopt, broken) << broken.value_or("");
}
INSTANTIATE_TEST_SUITE_P(Machines, ThpElsewhere,
                         testing::Values("i386-np-1g-highmem0", "i386-pae-2g", "arm64-1g-cma128"));

TEST(ThpStory, TimeGoesBackOverIt) {
    test::expect_time_goes_back(*boot("pc-512m"), "thp", 600);
}

}  // namespace
}  // namespace mm
