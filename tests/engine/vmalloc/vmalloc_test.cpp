// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/vmalloc/vmallocinfo.h"
#include "tests/engine/vmalloc/vmalloc_machine.h"

namespace mm {
namespace {

using test::Lines;
using test::VmallocMachine;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr VirtAddr start = VmallocMachine::start;
const std::vector<test::ZoneSpec> one_zone{{0, ZoneType::normal, {1024, 3072}}};

VirtAddr must(const Outcome<std::optional<VirtAddr>>& answer) {
    EXPECT_TRUE(answer) << answer.error().text();
    EXPECT_TRUE(answer && *answer);
    return answer ? answer->value_or(0) : 0;
}
VirtAddr page(NrPages n) {
    return start + phys_of(n);
}

//  start  [a a a|g][b|g]      a: 3 pages and a guard, b: 1 byte and a guard
//  Expect: pages of a are freed at once, its addresses wait; the next area goes behind b, and only after a flush to
//  where a was.
TEST(Vmalloc, FreedAddressesComeBackAfterAFlush) {
    VmallocMachine m(one_zone);
    const VirtAddr a = must(m.vmalloc.vmalloc(3 * page_size, {})), b = must(m.vmalloc.vmalloc(1, {}));
    EXPECT_EQ(a, page(0));
    EXPECT_EQ(b, page(4));
    EXPECT_EQ(m.state.pages, 4u);
    ASSERT_TRUE(m.vmalloc.vfree(a));
    EXPECT_EQ(m.state.pages, 1u);
    EXPECT_EQ(m.state.lazy_pages, 4u) << "with the guard page";
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(must(m.vmalloc.vmalloc(page_size, {})), page(6));
    m.vmalloc.vm_unmap_aliases();
    EXPECT_EQ(m.state.lazy_pages, 0u);
    EXPECT_EQ(must(m.vmalloc.vmalloc(page_size, {})), page(0));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(m.vmalloc.vfree(a + page_size)) << "no area begins there";
}

//  Expect: with one CPU 8192 pages may wait; the area that makes it more flushes all of them.
TEST(Vmalloc, WhatWaitsIsFlushedWhenItIsTooMuch) {
    VmallocMachine m(one_zone, 20000);
    EXPECT_EQ(m.state.lazy_max_pages(), 8192u);
    Lines lines;
    const auto map_and_unmap = [&](NrPages pages) {
        const VirtAddr at = must(m.vmalloc.ioremap(0xfd000000, phys_of(pages), {}));
        EXPECT_TRUE(m.vmalloc.iounmap(at, 0, Tracer(&lines)));
    };
    map_and_unmap(4000);
    map_and_unmap(4000);
    EXPECT_EQ(m.state.lazy_pages, 8002u);
    EXPECT_THAT(lines.kinds, testing::Not(testing::Contains(EventKind::purge_vmap_area_lazy)));
    map_and_unmap(200);
    EXPECT_EQ(m.state.lazy_pages, 0u);
    EXPECT_THAT(lines.kinds, testing::Contains(EventKind::purge_vmap_area_lazy));
    EXPECT_EQ(m.state.free->size(), 1u) << "all is one stretch again";
    EXPECT_EQ(std::nullopt, m.check());
}

//  window of 8 pages:  [a|g][b|g][c|g] . .
//  Expect: 2 pages and a guard do not fit; a and b are freed, not flushed: the request itself flushes and takes their
//  place; the next one fails with the kernel's words and leaves nothing.
TEST(Vmalloc, AFullWindowIsFlushedAndThenRunsOut) {
    VmallocMachine m(one_zone, 8);
    std::vector<VirtAddr> areas;
    for (int i = 0; i < 3; ++i)
        areas.push_back(must(m.vmalloc.vmalloc(page_size, {})));
    ASSERT_TRUE(m.vmalloc.vfree(areas[0]));
    ASSERT_TRUE(m.vmalloc.vfree(areas[1]));
    EXPECT_EQ(must(m.vmalloc.vmalloc(2 * page_size, {})), page(0));
    Lines lines;
    const auto none = m.vmalloc.vmalloc(2 * page_size, {}, Tracer(&lines));
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
    ASSERT_GE(lines.lines.size(), 2u);
    EXPECT_EQ(lines.lines[0], "vmap allocation for size 12288 failed: use vmalloc=<size> to increase size");
    EXPECT_THAT(lines.lines[1], HasSubstr("mmscope: vmalloc error: size 8192, vm_struct allocation failed, "
                                          "mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0"));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: what ioremap() maps is aligned to its size rounded up, with a guard page behind it; RAM in use is refused.
TEST(Vmalloc, IoremapIsAlignedToItsSize) {
    VmallocMachine m(one_zone);
    EXPECT_EQ(must(m.vmalloc.ioremap(0xfed00040, 0x400, {})), page(0) + 0x40);
    EXPECT_EQ(must(m.vmalloc.ioremap(0xfd000000, 3 * page_size, {})), page(4)) << "3 pages are aligned to 4";
    EXPECT_EQ(must(m.vmalloc.vmalloc(page_size, {})), page(2)) << "the lowest place that fits";
    Lines lines;
    const auto ram = m.vmalloc.ioremap(phys_of(Pfn{2000}), page_size, {}, Tracer(&lines));
    ASSERT_TRUE(ram);
    EXPECT_FALSE(*ram);
    EXPECT_THAT(lines.lines, ElementsAre("ioremap on RAM at 0x00000000007d0000 - 0x00000000007d0fff"));
    EXPECT_FALSE(m.vmalloc.ioremap(0x1000, 0, {}));
    EXPECT_FALSE(m.vmalloc.vfree(page(4))) << "iounmap() removes it";
    EXPECT_TRUE(m.vmalloc.iounmap(page(0) + 0x40));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: more than 512 pages need an array of more than a page, which is an area itself and goes with the other.
TEST(Vmalloc, ALargeAreaHasItsPageArrayInVmalloc) {
    VmallocMachine m(one_zone, 4096);
    const VirtAddr at = must(m.vmalloc.vmalloc(600 * page_size, {}));
    EXPECT_EQ(m.state.busy->size(), 2u);
    EXPECT_EQ(m.state.pages, 602u);
    EXPECT_EQ(m.state.busy->at(at).array, page(601));
    EXPECT_FALSE(m.vmalloc.vfree(page(601))) << "the array is not the user's";
    ASSERT_TRUE(m.vmalloc.vfree(at));
    EXPECT_TRUE(m.state.busy->empty());
    EXPECT_EQ(m.state.pages, 0u);
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: pages of vmap() stay their owner's; one that is not allocated is refused.
TEST(Vmalloc, VmapMapsPagesOfOthers) {
    VmallocMachine m(one_zone);
    const Pfn p = *m.memory.allocator.alloc_pages({}), q = *m.memory.allocator.alloc_pages({});
    const VirtAddr at = must(m.vmalloc.vmap({q, p, q}, {}));
    EXPECT_EQ(m.state.busy->at(at).size(), 3 * page_size);
    ASSERT_TRUE(m.vmalloc.vunmap(at));
    EXPECT_EQ(std::nullopt, m.check(2));
    ASSERT_TRUE(m.memory.allocator.free_pages(p, 0));
    EXPECT_FALSE(m.vmalloc.vmap({p}, {}));
    EXPECT_FALSE(m.vmalloc.vmap({}, {}));
}

//  Expect: more than all memory is refused without a look at the window; memory that runs out in the middle gives
//  everything back.
TEST(Vmalloc, WhatCannotBeHadIsGivenBack) {
    VmallocMachine m(one_zone, 100000);
    Lines lines;
    const auto all = m.vmalloc.vmalloc(3000 * page_size, {}, Tracer(&lines));
    ASSERT_TRUE(all);
    EXPECT_FALSE(*all);
    EXPECT_THAT(lines.lines.at(0), HasSubstr("vmalloc error: size 12288000, exceeds total pages"));
    VmRequest request;
    request.gfp |= gfp::nowarn;
    const auto most = m.vmalloc.vmalloc(2048 * page_size, request);
    ASSERT_TRUE(most);
    EXPECT_FALSE(*most) << "the array takes four pages";
    EXPECT_TRUE(m.state.busy->empty());
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: lines as the kernel prints them, the areas that wait behind the last one.
TEST(Vmalloc, InfoIsPrintedAsTheKernelDoes) {
    VmallocMachine m({{0, ZoneType::normal, {1024, 1536}}, {1, ZoneType::normal, {1536, 2048}}});
    VmRequest request;
    request.caller = "n_tty_open+0x16/0x90";
    const VirtAddr a = must(m.vmalloc.vmalloc(3 * page_size, request));
    request.nid = 1;
    must(m.vmalloc.vmalloc(page_size, request));
    request.caller = "hpet_enable+0xef/0x46d";
    must(m.vmalloc.ioremap(0xfed00000, 0x400, request));
    ASSERT_TRUE(m.vmalloc.vfree(a));
    EXPECT_EQ(print_vmallocinfo(m.state, m.memory.zones, m.memory.profile),
              "0xffffc90000004000-0xffffc90000006000    8192 n_tty_open+0x16/0x90 pages=1 vmalloc N1=1\n"
              "0xffffc90000006000-0xffffc90000008000    8192 hpet_enable+0xef/0x46d phys=0x00000000fed00000 ioremap\n"
              "0xffffc90000000000-0xffffc90000004000   16384 unpurged vm_area\n");
    VmArea area;
    area.va.range = {0xf87fe000, 0xf8800000};
    area.flags = vm::alloc;
    area.pages = std::vector<Pfn>{1100};
    VmArea device = area;
    device.va.range = {0xf8800000, 0xf8802000};
    device.flags = vm::ioremap;
    device.pages = {};
    device.phys = 0xfed00000;
    VmallocState small;
    small.busy.edit() = {{area.va.range.start, area}, {device.va.range.start, device}};
    EXPECT_EQ(print_vmallocinfo(small, m.memory.zones, profile_for(Arch::i386, {6, 1, 0})),
              "0xf87fe000-0xf8800000    8192 pages=1 vmalloc\n"
              "0xf8800000-0xf8802000    8192 phys=0xfed00000 ioremap\n");
    EXPECT_THAT(print_vmallocinfo(small, m.memory.zones, profile_for(Arch::i386, {6, 1, 0}, {}, true)),
                HasSubstr("8192 phys=0x00000000fed00000 ioremap\n"));
}

//  start  [a a a|g][b|g]      one PUD, one PMD and one PTE table for both
//  Expect: tables are pages of the page allocator, the walk finds a's pages and not its guard; when both are gone
//  entries are clear and the tables stay. Of three tables the kernel counts the PMD one.
TEST(Vmalloc, AreasArePutIntoPageTables) {
    VmallocMachine m(one_zone);
    const VirtAddr a = must(m.vmalloc.vmalloc(3 * page_size, {})), b = must(m.vmalloc.vmalloc(1, {}));
    ASSERT_EQ(m.state.tables->size(), 3u);
    EXPECT_EQ(m.state.page_table_pages(), 1u);
    for (NrPages i = 0; i < 3; ++i)
        EXPECT_EQ(m.tables.walk(a + phys_of(i)).phys, phys_of(m.state.busy->at(a).pages[i]));
    EXPECT_FALSE(m.tables.walk(page(3)).phys) << "the guard page";
    EXPECT_TRUE(m.tables.walk(b).phys);
    const Pfn table = m.state.tables->begin()->first;
    EXPECT_THAT(vmalloc_owner_of(m.state, table).value_or(""), HasSubstr("table of the kernel"));
    ASSERT_TRUE(m.vmalloc.vfree(a));
    EXPECT_FALSE(m.tables.walk(a).phys) << "at once, not with the flush";
    ASSERT_TRUE(m.vmalloc.vfree(b));
    EXPECT_EQ(m.state.tables->size(), 3u);
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: no memory for a table: the area and its pages go back, tables made so far stay.
TEST(Vmalloc, WithoutATableNothingIsMapped) {
    VmallocMachine m(one_zone);
    Lines lines;
    unsigned left = 2;
    m.faults.tables = [&] { return left-- == 0; };
    const auto none = m.vmalloc.vmalloc(2 * page_size, {}, Tracer(&lines));
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
    EXPECT_THAT(lines.lines.at(0), HasSubstr("vmalloc error: size 8192, failed to map pages"));
    EXPECT_EQ(m.state.tables->size(), 2u);
    EXPECT_TRUE(m.state.busy->empty());
    EXPECT_EQ(std::nullopt, m.check());
    m.faults.tables = [] { return true; };
    EXPECT_FALSE(*m.vmalloc.ioremap(0xfd000000, page_size, {}));
    const Pfn p = *m.memory.allocator.alloc_pages({});
    EXPECT_FALSE(*m.vmalloc.vmap({p}, {}));
    EXPECT_TRUE(m.state.busy->empty());
    EXPECT_EQ(std::nullopt, m.check(1));
}

//  start  [ a: 1 page |g] ... 2M [ d: 4 MiB of a device ] ...
//  Expect: a has a PTE table for the first 2 MiB; d is two large leaves. When a is gone and its place is flushed, a
//  device that is aligned alike takes the empty table's entry, and the table's page is free again.
TEST(Vmalloc, LargeLeavesOfDevicesReplaceEmptyTables) {
    VmallocMachine m(one_zone, 4096);
    const VirtAddr a = must(m.vmalloc.vmalloc(1, {}));
    const VirtAddr d = must(m.vmalloc.ioremap(0xfd000000, 4 * MiB, {}));
    EXPECT_EQ(d, start + 4 * MiB);
    EXPECT_EQ(m.tables.walk(d).leaf_size, 2 * MiB);
    EXPECT_EQ(m.tables.walk(d + 3 * MiB).phys, 0xfd300000u);
    EXPECT_EQ(m.state.tables->size(), 3u) << "PUD, PMD, and a's";
    ASSERT_TRUE(m.vmalloc.vfree(a));
    m.vmalloc.vm_unmap_aliases();
    EXPECT_EQ(must(m.vmalloc.ioremap(0xfc000000, 2 * MiB, {})), start);
    EXPECT_EQ(m.tables.walk(start).leaf_size, 2 * MiB);
    EXPECT_EQ(m.state.tables->size(), 2u);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_TRUE(m.vmalloc.iounmap(d));
    EXPECT_TRUE(m.vmalloc.iounmap(start));
    EXPECT_EQ(m.tables.mapped_bytes({start, start + 16 * MiB}), 0u);
    EXPECT_EQ(must(m.vmalloc.ioremap(0xfd001000, 2 * MiB, {})), start + 10 * MiB) << "what waits is not used";
    EXPECT_EQ(m.tables.walk(start + 10 * MiB).leaf_size, page_size) << "the device lies at an odd place";
    EXPECT_EQ(std::nullopt, m.check());
}

//  early [image]  inside the window
//  Expect: areas go around what was mapped at boot, which stays.
TEST(Vmalloc, WhatWasMappedAtBootStays) {
    VmArea image;
    image.va.range = {page(2), page(10)};
    image.flags = vm::map | vm::no_guard;
    image.phys = 0x40210000;
    VmallocMachine m(one_zone, 256, 1, {image});
    EXPECT_EQ(must(m.vmalloc.vmalloc(page_size, {})), page(0));
    EXPECT_EQ(must(m.vmalloc.vmalloc(page_size, {})), page(10));
    EXPECT_FALSE(m.vmalloc.vunmap(page(2)));
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
