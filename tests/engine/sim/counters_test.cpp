// SPDX-License-Identifier: GPL-3.0-or-later
// meminfo, vmstat, zoneinfo and the report of a failed allocation tell the same of what memory is used for.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/sim/story_player.h"
#include "engine/snapshot/proc_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using testing::HasSubstr;

/// The number behind the name in each line that begins with it, added up: a line a node or a zone.
std::uint64_t sum_of(const std::string& text, const std::string& name) {
    std::uint64_t sum = 0;
    std::istringstream lines(text);
    for (std::string line, word; std::getline(lines, line);) {
        std::istringstream words(line);
        std::uint64_t number = 0;
        if (words >> word >> number && word == name) sum += number;
    }
    return sum;
}

struct Same {
    const char* name;     ///< in vmstat and zoneinfo
    const char* meminfo;  ///< null: not there alone
    std::uint64_t kib;    ///< of one
};
constexpr std::array same{
    Same{"nr_slab_reclaimable", "SReclaimable:", 4},
    Same{"nr_slab_unreclaimable", "SUnreclaim:", 4},
    Same{"nr_kernel_stack", "KernelStack:", 1},
    Same{"nr_page_table_pages", "PageTables:", 4},
    Same{"nr_anon_pages", "AnonPages:", 4},
    Same{"nr_mapped", "Mapped:", 4},
    Same{"nr_dirty", "Dirty:", 4},
    Same{"nr_mlock", "Mlocked:", 4},
    Same{"nr_swapcached", "SwapCached:", 4},
    Same{"nr_unevictable", "Unevictable:", 4},
    Same{"nr_inactive_anon", "Inactive(anon):", 4},
    Same{"nr_active_file", "Active(file):", 4},
    Same{"nr_zone_write_pending", nullptr, 4},
    Same{"nr_zone_active_anon", nullptr, 4},
};

void expect_agreement(Timeline& timeline) {
    const SnapshotPtr now = timeline.snapshot();
    const std::string meminfo = print_meminfo(*now), vmstat = print_vmstat(*now), zoneinfo = print_zoneinfo(*now);
    for (const Same& s : same) {
        const std::uint64_t counted = sum_of(vmstat, s.name);
        EXPECT_EQ(counted, sum_of(zoneinfo, s.name)) << s.name << " of zoneinfo";
        if (s.meminfo) {
            EXPECT_EQ(counted * s.kib, sum_of(meminfo, s.meminfo)) << s.meminfo;
        }
    }
    EXPECT_EQ(sum_of(vmstat, "nr_dirty"), sum_of(vmstat, "nr_zone_write_pending"));
}

void play(const std::string& machine, const test::RandomRun& run) {
    SCOPED_TRACE(machine + ", " + run.seed_text);
    auto timeline = boot(machine);
    StoryPlayer player(*story_named("kernel-build"), run.seed);
    Rng rng(run.seed);
    for (std::uint64_t i = 0; i < run.commands && !testing::Test::HasFailure(); ++i) {
        const std::uint64_t dice = rng.below(10);
        if (dice == 0) must(*timeline, fmt::format("kmalloc {} GFP_KERNEL cpu 0", 1 + rng.below(8000)));
        if (dice == 1) must(*timeline, fmt::format("vmalloc {}", 1 + rng.below(100000)));
        if (dice == 2) must(*timeline, "alloc_task cpu 0");
        if (dice == 3) must(*timeline, "mlock 1 0x555555554000 8192");
        if (dice > 3) {
            ASSERT_TRUE(player.step(*timeline));
        }
        if (i % 16 == 0) expect_agreement(*timeline);
    }
    expect_agreement(*timeline);
    const std::string vmstat = print_vmstat(*timeline->snapshot());
    for (const char* name : {"nr_slab_unreclaimable", "nr_kernel_stack", "nr_page_table_pages", "nr_anon_pages"})
        EXPECT_GT(sum_of(vmstat, name), 0u) << name;
    EXPECT_EQ(std::nullopt, timeline->system().check());
}

TEST(Counters, MeminfoVmstatAndZoneinfoAgree) {
    play("pc-512m", test::random_run("COUNTERS", 800));
}

TEST(Counters, NodesAddUp) {
    play("numa-2n-2g", test::random_run("COUNTERS", 400));
}

std::string log_of(Timeline& timeline) {
    const SnapshotPtr now = timeline.snapshot();
    std::string out;
    for (std::size_t i = 0; i < now->history.log_lines_at(now->at); ++i)
        out += now->history.log_line(i).text + "\n";
    return out;
}

//  Expect: when an allocation fails, Mem-Info tells what vmstat does.
TEST(Counters, TheReportOfAFailureTellsOfOthers) {
    auto timeline = boot("pc-512m");
    must(*timeline, "spawn /sbin/init text 65536 data 8192 bss 4096");
    must(*timeline, "open /data 4000000");
    must(*timeline, "write /data 0 100000");
    std::string vmstat;
    CommandResult result;
    do {
        vmstat = print_vmstat(*timeline->snapshot());
        const auto asked = timeline->execute(AllocPages{{gfp::GFP_ATOMIC, 10, 0, 0}});
        ASSERT_TRUE(asked);
        result = *asked;
    } while (result.pfn != no_pfn);
    const auto count = [&](const char* name) { return sum_of(vmstat, name); };
    const std::string log = log_of(*timeline);
    EXPECT_THAT(log, HasSubstr(fmt::format("active_anon:{} inactive_anon:{} isolated_anon:0\n", count("nr_active_anon"),
                                           count("nr_inactive_anon"))));
    EXPECT_THAT(log, HasSubstr(fmt::format(" unevictable:0 dirty:{} writeback:0\n", count("nr_dirty"))));
    EXPECT_THAT(log, HasSubstr(fmt::format(" slab_reclaimable:{} slab_unreclaimable:{}\n", count("nr_slab_reclaimable"),
                                           count("nr_slab_unreclaimable"))));
    EXPECT_THAT(log, HasSubstr(fmt::format("{} total pagecache pages\n", count("nr_file_pages"))));
    EXPECT_THAT(log, HasSubstr(fmt::format("kernel_stack:{}kB", count("nr_kernel_stack"))));
    EXPECT_GT(count("nr_dirty"), 0u);
    EXPECT_GT(count("nr_slab_unreclaimable"), 0u);
}

}  // namespace
}  // namespace mm
