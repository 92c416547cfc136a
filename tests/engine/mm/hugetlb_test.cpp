// SPDX-License-Identifier: GPL-3.0-or-later
// Huge pages by name: the pool, what it promises, who gets its pages.
#include <gtest/gtest.h>

#include "engine/mm/hugetlb.h"
#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

constexpr VmaFlags rw = vma::read | vma::write;
constexpr Bytes huge = 2 * MiB;

VirtRange at(VirtAddr start, Bytes size = page_size) {
    return {start, start + size};
}

/// 32 MiB, in which 15 or 16 huge pages fit, with a process.
struct HugetlbTest : testing::Test {
    VirtAddr map(Pid pid, Bytes size) {
        const auto mapped = m.processes.mmap(pid, {size, rw, false, no_id, 0, 0, true});
        return mapped && *mapped ? **mapped : 0;
    }
    FaultKind touch(Pid pid, VirtAddr address, bool write = true) {
        return m.processes.touch(pid, at(address), write)->failure;
    }
    Pfn frame(Pid pid, VirtAddr address) {
        const EntryAt entry = UserTables(m.context).find(m.mm(pid), address);
        return entry.level == PtLevel::pmd && entry.entry ? decode(m.context.paging(), entry.entry, entry.level).pfn
                                                          : no_pfn;
    }
    const HugetlbState& pool() { return m.state.hugetlb; }

    MmMachine m;
    Hugetlb hugetlb{m.context};
    Pid init = m.start();
};

//  nr_hugepages 4    free memory falls by 4 x 512 frames, none has a reference; nr_hugepages 0 gives all back
TEST_F(HugetlbTest, ThePoolTakesAndGivesBack) {
    const NrPages before = m.free_pages();
    EXPECT_EQ(4u, hugetlb.set_nr_hugepages(4));
    EXPECT_EQ(before - 4 * 512, m.free_pages());
    EXPECT_EQ(4u, pool().free());
    for (const Pfn head : pool().nodes[0].free)
        EXPECT_EQ(0, m.memory.pages.refcount(head));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    EXPECT_LT(hugetlb.set_nr_hugepages(100), 17u) << "no more than there is memory";
    EXPECT_GT(pool().buddy_fail, 0u);
    EXPECT_EQ(0u, hugetlb.set_nr_hugepages(0));
    EXPECT_GE(m.free_pages(), before) << "pages of files were dropped for the hundred";
    EXPECT_EQ(std::nullopt, m.check());
}

//  pool 3   mmap of 2 promises 2: another mmap of 2 fails, of 1 does not. A touch uses a promise, munmap returns the
//  rest.
TEST_F(HugetlbTest, MmapPromisesWhatTouchTakes) {
    hugetlb.set_nr_hugepages(3);
    const VirtAddr a = map(init, 2 * huge);
    ASSERT_NE(0u, a);
    EXPECT_EQ(0u, a % huge);
    EXPECT_EQ(2u, pool().resv);
    EXPECT_EQ(3u, pool().free());
    EXPECT_EQ(0u, map(init, 2 * huge)) << "ENOMEM";
    const VirtAddr b = map(init, 1);
    EXPECT_NE(0u, b) << "a byte is a huge page";
    EXPECT_EQ(FaultKind::none, touch(init, a + huge + 5 * page_size));
    EXPECT_EQ(2u, pool().resv);
    EXPECT_EQ(2u, pool().free());
    EXPECT_EQ(no_pfn, frame(init, a));
    EXPECT_NE(no_pfn, frame(init, a + huge));
    EXPECT_EQ(1u, m.mm(init).hugetlb);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(m.processes.munmap(init, at(a + page_size))) << "inside of a huge page";
    ASSERT_TRUE(*m.processes.munmap(init, at(a, 2 * huge)));
    EXPECT_EQ(1u, pool().resv);
    EXPECT_EQ(3u, pool().free());
    EXPECT_EQ(std::nullopt, m.check());
}

//  pool 2   parent wrote 1, forks; the child writes ──► a copy; the pool is empty; the next child's write is a SIGBUS
TEST_F(HugetlbTest, AChildHasNoPromise) {
    hugetlb.set_nr_hugepages(2);
    const VirtAddr a = map(init, huge);
    ASSERT_EQ(FaultKind::none, touch(init, a));
    const Pfn page = frame(init, a);
    const auto child = m.processes.fork(init), second = m.processes.fork(init);
    ASSERT_TRUE(child && *child && second && *second);
    EXPECT_EQ(3, m.memory.pages.refcount(page));
    EXPECT_EQ(FaultKind::none, touch(**child, a));
    EXPECT_NE(page, frame(**child, a));
    EXPECT_EQ(FaultKind::none, touch(**second, a, false)) << "reads are shared";
    EXPECT_EQ(FaultKind::bus, touch(**second, a)) << "the pool has none left";
    EXPECT_EQ(std::nullopt, m.check());
    // The parent writes: it was there first, and takes the page from the child that shares it.
    EXPECT_EQ(FaultKind::none, touch(init, a));
    EXPECT_EQ(page, frame(init, a));
    EXPECT_EQ(no_pfn, frame(**second, a));
    EXPECT_EQ(FaultKind::bus, touch(**second, a, false));
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.processes.exit(**child));
    EXPECT_EQ(1u, pool().free());
    EXPECT_EQ(FaultKind::none, touch(**second, a)) << "an empty page, not the parent's";
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: pages in use stay, as surplus, and go to the page allocator when they are given back.
TEST_F(HugetlbTest, APoolThatShrinksUnderItsUsersHasSurplus) {
    hugetlb.set_nr_hugepages(3);
    const VirtAddr a = map(init, 2 * huge);
    ASSERT_EQ(FaultKind::none, touch(init, a));
    ASSERT_EQ(FaultKind::none, touch(init, a + huge));
    EXPECT_EQ(0u, hugetlb.set_nr_hugepages(0));
    EXPECT_EQ(2u, pool().nr());
    EXPECT_EQ(2u, pool().surplus());
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(*m.processes.munmap(init, at(a, huge)));
    EXPECT_EQ(1u, pool().nr());
    EXPECT_EQ(1u, pool().surplus());
    EXPECT_EQ(1u, hugetlb.set_nr_hugepages(1)) << "what is surplus is asked for first";
    EXPECT_EQ(0u, pool().surplus());
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Hugetlb, NodesTakeTurns) {
    MmMachine m({{0, ZoneType::normal, {1024, 9216}}, {1, ZoneType::normal, {9216, 17408}}}, 2);
    const Hugetlb hugetlb(m.context);
    hugetlb.set_nr_hugepages(5);
    EXPECT_EQ(3u, m.state.hugetlb.nodes[0].nr);
    EXPECT_EQ(2u, m.state.hugetlb.nodes[1].nr);
    hugetlb.set_nr_hugepages(3);
    EXPECT_EQ(2u, m.state.hugetlb.nodes[0].nr) << "as they came, so they go";
    EXPECT_EQ(1u, m.state.hugetlb.nodes[1].nr);
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
