// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/PID/smaps, smaps_rollup and pagemap: their form, and that their figures are those of the page tables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <sstream>

#include "engine/sim/timeline.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/walk.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using testing::HasSubstr;

/// "Rss:   12 kB" of the area that begins at an address, in KiB.
std::map<std::string, std::uint64_t> area_of(const std::string& smaps, VirtAddr start) {
    std::map<std::string, std::uint64_t> out;
    std::istringstream lines(smaps.substr(smaps.find(fmt::format("{:08x}-", start))));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && !line.starts_with("VmFlags:")) {
        const std::size_t colon = line.find(':'), digits = line.find_first_of("0123456789", colon);
        std::uint64_t value = 0;
        std::from_chars(line.data() + digits, line.data() + line.size(), value);
        out[line.substr(0, colon)] = value;
    }
    return out;
}

constexpr const char* spawn = "spawn /sbin/init text 65536 data 8192 bss 4096";

//  area  [w w w w r r . .]   Expect: what was written is private and dirty; what was read alone is the zero page, which
//                            is nobody's
TEST(Smaps, OfAnonymousMemory) {
    auto timeline = boot("pc-512m");
    must(*timeline, spawn);
    const VirtAddr heap = *must(*timeline, "mmap 1 32768 rw-").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 16384 write", heap));
    must(*timeline, fmt::format("touch 1 {:#x} 8192 read", heap + 16384));
    const std::string smaps = print_smaps(*timeline->snapshot(), 1);
    auto area = area_of(smaps, heap);
    EXPECT_EQ(area["Size"], 32u);
    EXPECT_EQ(area["KernelPageSize"], 4u);
    EXPECT_EQ(area["Rss"], 16u);
    EXPECT_EQ(area["Pss"], 16u);
    EXPECT_EQ(area["Private_Dirty"], 16u);
    EXPECT_EQ(area["Anonymous"], 16u);
    EXPECT_EQ(area["Referenced"], 16u);
    EXPECT_EQ(area["Shared_Dirty"] + area["Shared_Clean"] + area["Private_Clean"] + area["Swap"], 0u);
    EXPECT_THAT(smaps, HasSubstr("Private_Hugetlb:       0 kB\nSwap:                  0 kB\n"));
    EXPECT_THAT(smaps, HasSubstr("[vvar]\nSize:                 16 kB\n"));
    EXPECT_THAT(smaps, HasSubstr("VmFlags: rd wr mr mw me gd ac sd \n"));  // the stack's
    EXPECT_THAT(smaps, HasSubstr("VmFlags: rd ex mr mw me de sd \n"));     // the vdso's
}

//  init ─► [p p p p] ◄─ its child; the child writes one   Expect: three shared by two count half, sums as the counters'
TEST(Smaps, WhatIsSharedCountsInProportion) {
    auto timeline = boot("pc-512m");
    must(*timeline, spawn);
    const VirtAddr heap = *must(*timeline, "mmap 1 16384 rw-").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 16384 write", heap));
    const Pid child = *must(*timeline, "fork 1").process->pid;
    must(*timeline, fmt::format("touch {} {:#x} 4096 write", child, heap));
    const SnapshotPtr s = timeline->snapshot();
    auto area = area_of(print_smaps(*s, child), heap);
    EXPECT_EQ(area["Rss"], 16u);
    EXPECT_EQ(area["Pss"], 4u + 6u);
    EXPECT_EQ(area["Shared_Dirty"], 12u);
    EXPECT_EQ(area["Private_Dirty"], 4u);
    for (const Pid pid : {1, child}) {
        const std::string rollup = print_smaps_rollup(*s, pid);
        EXPECT_THAT(rollup, HasSubstr("[rollup]\nRss:"));
        EXPECT_THAT(rollup, HasSubstr(fmt::format("Rss:            {:>8} kB\n",
                                                  s->state.processes.mm_of(pid)->resident() * 4)));
    }
}

//  init ─► [2M] ◄─ its child, then one of the child's pages is its own   Expect: shares count entries of both sizes
TEST(Smaps, HugePagesAreSharedLikeOthers) {
    auto timeline = boot("pc-512m");
    must(*timeline, "transparent_hugepage enabled always");
    must(*timeline, "transparent_hugepage use_zero_page 1");
    must(*timeline, spawn);
    const VirtAddr heap = align_up(*must(*timeline, "mmap 1 8388608 rw-").process->address, 2 * MiB);
    must(*timeline, fmt::format("touch 1 {:#x} 4096 write", heap));
    must(*timeline, fmt::format("touch 1 {:#x} 4096 read", heap + 2 * MiB));
    const auto sum = [&](Pid pid, const char* name) {
        const std::string rollup = print_smaps_rollup(*timeline->snapshot(), pid);
        const auto at = rollup.find(std::string("\n") + name + ":");
        return at == std::string::npos ? 0UL : std::stoul(rollup.substr(rollup.find_first_of("0123456789", at)));
    };
    const auto rss = [&](Pid pid) { return timeline->system().state().processes.mm_of(pid)->resident() * 4; };
    const auto once = [&](VirtAddr a) {
        const SnapshotPtr s = timeline->snapshot();
        return (pagemap_entry(*s, *s->state.processes.mm_of(1), a) >> 56 & 1) != 0;
    };
    EXPECT_EQ(rss(1), sum(1, "Rss")) << "the huge page of zeros is nobody's";
    EXPECT_EQ(2048u, sum(1, "AnonHugePages"));
    EXPECT_TRUE(once(heap + 5 * page_size));
    const MmState& state = timeline->system().state().processes;
    const VirtAddr sixth = heap + 5 * page_size;
    const auto walked =
        process_address(*timeline->snapshot(),
                        page_at(paging_of(PagingMode::x86_64), find_entry(state, *state.mm_of(1), sixth), sixth).pfn);
    ASSERT_TRUE(walked);
    EXPECT_EQ(sixth, walked->virt);
    const Pid child = *must(*timeline, "fork 1").process->pid;
    EXPECT_FALSE(once(sixth));
    EXPECT_EQ(sum(1, "Pss_Anon"), sum(child, "Pss_Anon"));
    EXPECT_GE(sum(1, "Shared_Dirty"), 2048u);
    must(*timeline, fmt::format("touch {} {:#x} 4096 write", child, heap));
    EXPECT_EQ(rss(child), sum(child, "Rss"));
    EXPECT_EQ(0u, sum(child, "AnonHugePages"));
    EXPECT_GE(sum(child, "Shared_Dirty"), 2044u) << "the other 511 are the parent's too";
    EXPECT_TRUE(once(heap) && once(sixth)) << "the kernel asks the first page, of which the child has a copy";
}

//  Expect: each entry names the frame the page table names; a file's page and one mapped once say so; after memory ran
//  short a slot instead of a frame.
TEST(Pagemap, EntriesAreThoseOfThePageTables) {
    auto timeline = boot("pc-512m");
    must(*timeline, spawn);
    must(*timeline, "open /data 8192");
    const VirtAddr heap = *must(*timeline, "sbrk 1 8192").process->address - 8192;
    must(*timeline, fmt::format("touch 1 {:#x} 4096 write", heap));
    const VirtAddr file = *must(*timeline, "mmap 1 8192 rw- shared file /data").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 4096 write", file));
    const SnapshotPtr s = timeline->snapshot();
    const Mm& mm = *s->state.processes.mm_of(1);
    constexpr std::uint64_t present = std::uint64_t{1} << 63, of_file = std::uint64_t{1} << 61,
                            once = std::uint64_t{1} << 56, soft_dirty = std::uint64_t{1} << 55;
    const auto pfn_at = [&](VirtAddr a) {
        const EntryAt at = find_entry(s->state.processes, mm, a);
        return decode(paging_of(PagingMode::x86_64), at.entry).pfn;
    };
    EXPECT_EQ(pagemap_entry(*s, mm, heap), present | once | soft_dirty | pfn_at(heap));
    EXPECT_EQ(pagemap_entry(*s, mm, file), present | once | of_file | soft_dirty | pfn_at(file));
    EXPECT_EQ(pagemap_entry(*s, mm, heap + page_size), soft_dirty);
    EXPECT_EQ(pagemap_entry(*s, mm, 0x1000), 0u);
    EXPECT_THAT(print_pagemap(*s, 1), HasSubstr(fmt::format("{:012x} {:016x}  frame {:#x}, mapped once\n", heap,
                                                            pagemap_entry(*s, mm, heap), pfn_at(heap))));
}

//  Expect: an address of a process is followed through its own tables, a frame finds it back, and what is not there is
//  told apart: no area, no page yet, the kernel's half.
TEST(WalkOfAProcess, EndsAtTheFrameThatTheProcessSees) {
    auto timeline = boot("pc-512m");
    must(*timeline, spawn);
    const VirtAddr heap = *must(*timeline, "mmap 1 12288 rw-").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 4096 write", heap));
    must(*timeline, fmt::format("touch 1 {:#x} 4096 read", heap + page_size));
    const SnapshotPtr s = timeline->snapshot();
    const WalkAddress address = parse_address(*s, fmt::format("1:{:#x}", heap + 0x123)).value();
    EXPECT_EQ(address, (WalkAddress{heap + 0x123, 1}));
    const WalkReport report = walk_report(*s, address);
    ASSERT_TRUE(report.phys);
    const Pfn pfn = pfn_down(*report.phys);
    EXPECT_EQ(*report.phys % page_size, 0x123u);
    EXPECT_EQ(pfn, pagemap_entry(*s, *s->state.processes.mm_of(1), heap) & ((std::uint64_t{1} << 55) - 1));
    EXPECT_EQ(process_address(*s, pfn), (WalkAddress{heap, 1}));
    EXPECT_THAT(report.process_area, testing::StartsWith("PID 1 \"init\": "));
    EXPECT_EQ(report.levels.front().table, phys_of(s->state.processes.mm_of(1)->pgd));
    EXPECT_THAT(walk_report(*s, {heap + page_size, 1}).outcome, HasSubstr("the zero page"));
    EXPECT_THAT(walk_report(*s, {heap + 2 * page_size, 1}).outcome, HasSubstr("that finds it a page"));
    EXPECT_THAT(walk_report(*s, {0x1000, 1}).outcome, HasSubstr("and a signal"));
    for (const char* bad : {"2:0x1000", "1:0xffff888000000000", "0:0x1000", "x:0x1000"})
        EXPECT_FALSE(parse_address(*s, bad)) << bad;
    EXPECT_FALSE(process_address(*s, 0));
}

}  // namespace
}  // namespace mm
