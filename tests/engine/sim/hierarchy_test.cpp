// SPDX-License-Identifier: GPL-3.0-or-later
// Who stands on whom: pages of all owners and what is free are all there are, and the way of a frame says what it is.
#include "engine/snapshot/hierarchy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/sim/run_workload.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/process_format.h"
#include "tests/support/commands.h"
#include "tests/support/machines.h"

namespace mm {
namespace {

using test::boot;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> boxes(const std::vector<PathStep>& path) {
    std::vector<std::string> out;
    for (const PathStep& step : path)
        out.push_back(step.box);
    return out;
}

std::string words_of(const std::vector<PathStep>& path, std::string_view box) {
    for (const PathStep& step : path)
        if (step.box == box) return step.words;
    return "no such step";
}

NrPages pages_of(const Snapshot& s, std::string_view name) {
    for (const Owner& owner : owners())
        if (owner.name == name) return owner.pages(s);
    return 0;
}

//  Expect: counted one by one, frames in use are those the owners say they have; with what is free that is all.
TEST(Hierarchy, OwnersAndFreePagesAreAllFrames) {
    auto timeline = boot("pc-512m");
    for (const char* command :
         {"kmalloc 100 GFP_KERNEL", "kmalloc 3000 GFP_KERNEL", "kmalloc 40000 GFP_KERNEL", "vmalloc 300000",
          "alloc_pages GFP_KERNEL order 3", "alloc_pages GFP_HIGHUSER_MOVABLE order 0"})
        must(*timeline, command);
    const SnapshotPtr s = timeline->snapshot();
    NrPages allocated = 0, others = 0, unowned = 0;
    for (Pfn pfn = 0; pfn < s->pages.end_pfn(); ++pfn) {
        if (state_of(s->pages.at(pfn).state) != PageState::allocated) continue;
        ++allocated;
        const auto path = allocation_path(*s, {pfn, {}});
        others += path.front().box == "alloc_pages";
        unowned += path.front().box == "page_allocator";
    }
    EXPECT_EQ(unowned, 0u);
    EXPECT_EQ(others, pages_of(*s, "alloc_pages"));
    EXPECT_EQ(allocated, pages_of(*s, "alloc_pages") + pages_of(*s, "slab") + pages_of(*s, "vmalloc"));
    const NrPages present = s->state.zones.sum(&Zone::present);
    EXPECT_THAT(print_hierarchy(*s), HasSubstr(fmt::format("{:>12} pages of {} present", present, present)));
}

//  init: heap, stack, text of a file ─► tables ─► frames     a file read, another mapped and dirty
//
//  Expect: each frame in use is found to be its owner's, as many as the owner says; of a mapped page who maps it.
TEST(Hierarchy, PagesOfProcessesAndFilesAreTheirs) {
    auto timeline = boot("pc-512m");
    for (const char* command : {"spawn /sbin/init text 65536 data 8192 bss 4096", "fork 1", "open /data 400000",
                                "read /data 0 300000", "swapon /dev/sda2 1048576", "kmalloc 100 GFP_KERNEL"})
        must(*timeline, command);
    const VirtAddr heap = *must(*timeline, "sbrk 1 81920").process->address - 81920;
    const VirtAddr mapped = *must(*timeline, "mmap 1 8192 rw- shared file /data").process->address;
    must(*timeline, fmt::format("touch 1 {:#x} 81920 write", heap));
    must(*timeline, fmt::format("touch 1 {:#x} 8192 write", mapped));
    const SnapshotPtr s = timeline->snapshot();
    const Hierarchy h = allocation_hierarchy(*s);
    std::map<std::string, NrPages> kept;
    for (Pfn pfn = 0; pfn < s->pages.end_pfn(); ++pfn) {
        if (state_of(s->pages.at(pfn).state) != PageState::allocated) continue;
        std::string last;
        for (const PathStep& step : allocation_path(*s, {pfn, {}})) {
            if (step.box == "page_allocator") break;
            EXPECT_TRUE(h.find(step.box)) << step.box;
            last = step.box;
        }
        ++kept[last];
    }
    EXPECT_GT(kept["anon"], 20u);
    EXPECT_EQ(kept["anon"], pages_of(*s, "anonymous pages"));
    EXPECT_GE(kept["page_cache"], 74u);
    EXPECT_EQ(kept["page_cache"], pages_of(*s, "page cache"));
    EXPECT_GE(kept["page_table"], 8u);
    EXPECT_EQ(kept["page_table"], pages_of(*s, "page tables"));
    EXPECT_EQ(kept["alloc_pages"], pages_of(*s, "alloc_pages"));
    const NrPages present = s->state.zones.sum(&Zone::present);
    EXPECT_THAT(print_hierarchy(*s), HasSubstr(fmt::format("{:>12} pages of {} present", present, present)));

    const Mm& mm = *s->state.processes.mm_of(1);
    const auto frame = [&](VirtAddr a) { return pagemap_entry(*s, mm, a) & ((std::uint64_t{1} << 55) - 1); };
    const auto anon = allocation_path(*s, {frame(heap), {}});
    EXPECT_EQ(words_of(anon, "process"), "PID 1 \"init\"");
    EXPECT_THAT(words_of(anon, "vma"), HasSubstr("[heap]"));
    EXPECT_THAT(words_of(anon, "page_table"), HasSubstr(fmt::format("mapped at {:#x}", heap)));
    const auto file = allocation_path(*s, {frame(mapped + page_size), {}});
    EXPECT_THAT(words_of(file, "page_cache"), HasSubstr("page 1 of 98 of /data, 98 in memory, dirty"));
}

//  kmalloc(100) ─► kmalloc-128 ─► slab ─► page    Expect: each step in words, down to the frame
TEST(Hierarchy, AnObjectGoesThroughItsClassItsCacheAndItsSlab) {
    auto timeline = boot("pc-512m");
    const CommandResult first = must(*timeline, "kmalloc 100 GFP_KERNEL");
    ASSERT_TRUE(first.object);
    const SnapshotPtr s = timeline->snapshot();
    const auto path = allocation_path(*s, {first.pfn, *first.object});
    EXPECT_THAT(boxes(path), ElementsAre("kmalloc", "size_class", "cache", "cpu_slab", "slab", "page_allocator",
                                         "zone 0 DMA32", "frame"));
    EXPECT_EQ(words_of(path, "kmalloc"), "kmalloc() of 97 to 128 bytes");
    EXPECT_THAT(words_of(path, "cache"), HasSubstr("kmalloc-128: objects every 128 bytes, 32 in a slab of order 0"));
    EXPECT_EQ(words_of(path, "cpu_slab"), "the slab CPU 0 allocates from");
    const Bytes index = (*first.object - phys_of(first.pfn)) / 128;
    EXPECT_THAT(words_of(path, "slab"),
                HasSubstr(fmt::format("object {} of 32 in the slab at pfn {:#x}, in use", index + 1, first.pfn)));
    EXPECT_THAT(words_of(path, "page_allocator"), HasSubstr("in use: block of order 0"));
    // Every step has a box, and boxes of steps that follow each other are joined.
    const Hierarchy h = allocation_hierarchy(*s);
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const auto from = h.find(path[i].box), to = h.find(path[i + 1].box);
        ASSERT_TRUE(from && to) << path[i].box;
        EXPECT_NE(std::find(h.edges.begin(), h.edges.end(), HierarchyEdge{*from, *to}), h.edges.end())
            << path[i].box << " -> " << path[i + 1].box;
        EXPECT_LT(h.boxes[*from].layer, h.boxes[*to].layer);
    }
}

TEST(Hierarchy, PagesOfAnAreaOfACallerOfBootAndOfNobody) {
    auto timeline = boot("pc-512m");
    const CommandResult area = must(*timeline, "vmalloc 20000 GFP_KERNEL caller here+0x1/0x2");
    const CommandResult large = must(*timeline, "kmalloc 40000 GFP_KERNEL");
    const CommandResult block = must(*timeline, "alloc_pages GFP_KERNEL order 3");
    const SnapshotPtr s = timeline->snapshot();
    const auto of_area = allocation_path(*s, {area.pfn, {}});
    EXPECT_THAT(boxes(of_area), ElementsAre("vmalloc", "area", "pages", "page_allocator", "zone 0 DMA32", "frame"));
    EXPECT_EQ(of_area[0].words, "vmalloc(20480) for here+0x1/0x2");
    EXPECT_EQ(of_area[2].words, "page 1 of 5, mapped at 0xffffc90000000000");
    EXPECT_THAT(boxes(allocation_path(*s, {large.pfn + 3, {}})),
                ElementsAre("kmalloc", "page_allocator", "zone 0 DMA32", "frame"));
    EXPECT_THAT(boxes(allocation_path(*s, {block.pfn + 7, {}})),
                ElementsAre("alloc_pages", "page_allocator", "zone 0 DMA32", "frame"));
    const auto kernel = allocation_path(*s, {0x1000, {}});
    EXPECT_THAT(boxes(kernel), ElementsAre("memblock", "zone 0 DMA32", "frame"));
    EXPECT_EQ(kernel[0].words, "reserved at boot: kernel image");
    const auto unit = allocation_path(*s, {pfn_down(s->state.percpu_units.at(0).start), {}});
    EXPECT_EQ(unit.front().box, "percpu");
    EXPECT_THAT(unit.front().words, HasSubstr("unit of CPU 0"));
    Pfn free = 0;
    while (state_of(s->pages.at(free).state) != PageState::free)
        ++free;
    EXPECT_THAT(allocation_path(*s, {free, {}}).front().words, HasSubstr("free: block of order"));
    EXPECT_TRUE(allocation_path(*s, {s->pages.end_pfn(), {}}).empty());
    EXPECT_THAT(print_path(of_area), HasSubstr("page_allocator     in use: block of order 0"));
}

TEST(Hierarchy, BeforeThereAreStructPagesNobodyHasAny) {
    auto timeline = boot("pc-512m");
    timeline->seek(10);
    EXPECT_TRUE(allocation_hierarchy(*timeline->snapshot()).boxes.empty());
    EXPECT_THAT(print_hierarchy(*timeline->snapshot()), HasSubstr("no struct pages yet"));
}

}  // namespace
}  // namespace mm
