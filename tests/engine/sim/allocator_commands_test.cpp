// SPDX-License-Identifier: GPL-3.0-or-later
// The page allocator of a booted machine, driven by commands in words.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/sim/timeline.h"
#include "engine/sim/workload.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

CommandResult run(Timeline& timeline, const std::string& text) {
    const auto command = parse_command(text);
    if (!command) {
        ADD_FAILURE() << command.error().text();
        return {};
    }
    const auto result = timeline.execute(*command);
    if (result) return *result;
    ADD_FAILURE() << text << ": " << result.error().text();
    return {};
}

std::string refusal(Timeline& timeline, const std::string& text) {
    const auto result = timeline.execute(*parse_command(text));
    return result ? "" : result.error().text();
}

std::string log_of(Timeline& timeline) {
    const SnapshotPtr s = timeline.snapshot();
    std::string out;
    for (std::size_t i = 0; i < s->history.log_lines_at(s->at); ++i)
        out += s->history.log_line(i).text + "\n";
    return out;
}

Nid node_of(const Timeline& timeline, Pfn pfn) {
    return timeline.system().state().zones.frames_of(pfn)->zone.nid;
}

TEST(AllocatorCommands, the_family_works_on_a_booted_machine) {
    auto timeline = test::boot("pc-512m");
    const NrPages before = timeline->system().state().zones.sum(&Zone::free_pages);
    const Pfn huge = run(*timeline, "alloc_pages GFP_TRANSHUGE order 9").pfn;
    ASSERT_NE(huge, no_pfn);
    run(*timeline, fmt::format("get_page {:#x}", huge + 7));
    run(*timeline, fmt::format("put_page {:#x}", huge));
    run(*timeline, fmt::format("put_page {:#x}", huge + 511));
    const Pfn exact = run(*timeline, "alloc_pages_exact GFP_KERNEL size 20000").pfn;
    run(*timeline, fmt::format("free_pages_exact {:#x} size 20000", exact));
    const auto pages = run(*timeline, "alloc_pages_bulk GFP_KERNEL count 100").pages;
    EXPECT_EQ(pages.size(), 100u);
    for (const Pfn p : pages)
        run(*timeline, fmt::format("free_page {:#x}", p));
    const Pfn four = run(*timeline, "__get_free_pages GFP_KERNEL order 2").pfn;
    run(*timeline, fmt::format("split_page {:#x}", four));
    for (Pfn p = four; p < four + 4; ++p)
        run(*timeline, fmt::format("__free_page {:#x}", p));
    run(*timeline, "vmstat_update cpu 0");
    run(*timeline, "drain_all_pages");
    EXPECT_EQ(timeline->system().state().zones.sum(&Zone::free_pages), before);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

TEST(AllocatorCommands, policies_choose_the_node) {
    auto timeline = test::boot("numa-2n-2g");
    EXPECT_EQ(node_of(*timeline, run(*timeline, "alloc_pages GFP_USER policy bind nodes 0x2").pfn), 1);
    EXPECT_EQ(node_of(*timeline, run(*timeline, "alloc_pages GFP_USER policy preferred nodes 0x1 node 1").pfn), 0);
    Nid last = node_of(*timeline, run(*timeline, "alloc_pages GFP_USER policy interleave nodes 0x3").pfn);
    for (int i = 0; i < 4; ++i) {
        const Nid now = node_of(*timeline, run(*timeline, "alloc_pages GFP_USER policy interleave nodes 0x3").pfn);
        EXPECT_EQ(now, 1 - last);
        last = now;
    }
}

TEST(AllocatorCommands, what_the_machine_does_not_have_is_refused) {
    auto timeline = test::boot("pc-128m");
    EXPECT_NE(refusal(*timeline, "alloc_pages GFP_KERNEL cpu 400").find("CPU 400"), std::string::npos);
    EXPECT_NE(refusal(*timeline, "free_pages 0x1000 order 0 cpu 400").find("CPU 400"), std::string::npos);
    EXPECT_NE(refusal(*timeline, "alloc_pages GFP_KERNEL node 3").find("node 3"), std::string::npos);
    EXPECT_NE(refusal(*timeline, "alloc_pages GFP_DMA|GFP_DMA32").find("one at most"), std::string::npos);
    EXPECT_NE(refusal(*timeline, "put_page 0xffffff").find("memory ends"), std::string::npos);
}

TEST(AllocatorCommands, a_failure_is_in_the_log_with_where_memory_is) {
    auto timeline = test::boot("pc-128m");
    while (run(*timeline, "alloc_pages GFP_KERNEL|__GFP_NOWARN order 10").pfn != no_pfn)
        ;
    EXPECT_EQ(log_of(*timeline).find("page allocation failure"), std::string::npos);
    EXPECT_EQ(run(*timeline, "alloc_pages GFP_KERNEL order 10").pfn, no_pfn);
    const std::string log = log_of(*timeline);
    EXPECT_NE(log.find("mmscope: page allocation failure: order:10, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,"
                       "mems_allowed=0\nMem-Info:\n"),
              std::string::npos);
    EXPECT_NE(log.find("Node 0 DMA32: "), std::string::npos);
    EXPECT_EQ(timeline->system().check(), std::nullopt);
}

//      movable pages up to 95 % of memory and large requests among them: compaction moves what the workload owns
TEST(AllocatorCommands, compaction_steps_back_and_forth_too) {
    auto timeline = test::boot("pc-128m");
    Workload workload(WorkloadSpec{.seed = 3, .target_percent = 97, .max_order = 6, .mean_lifetime = 40000});
    std::size_t moved = 0;
    for (int i = 0; i < 12000; ++i) {
        const Zones& zones = timeline->system().state().zones;
        const Command command = workload.next(zones.sum(&Zone::managed), zones.sum(&Zone::free_pages), {0});
        const auto result = timeline->execute(command);
        ASSERT_TRUE(result) << to_text(command) << ": " << result.error().text();
        moved += result->moved.size();
        workload.moved(result->moved);
        if (const auto* alloc = std::get_if<AllocPages>(&command))
            workload.allocated(result->pfn, alloc->request.order);
    }
    EXPECT_GT(moved, 0u);
    const std::uint64_t hash = timeline->hash();
    const Position end = timeline->total();
    Rng rng(4);
    for (int i = 0; i < 40; ++i) {
        timeline->seek(timeline->boot_end() + rng.below(end - timeline->boot_end()));
        ASSERT_EQ(timeline->system().check(), std::nullopt) << "at " << timeline->cursor();
    }
    timeline->seek(end);
    EXPECT_EQ(timeline->hash(), hash);
}

}  // namespace
}  // namespace mm
