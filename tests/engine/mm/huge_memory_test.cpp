// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/mm/huge_folio.h"
#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

constexpr VmaFlags rw = vma::read | vma::write;
constexpr Bytes huge = 512 * page_size;

/// A machine of 32 MiB with huge pages, a process, and an area of 6 MiB in which two or three huge pages fit.
class HugePages : public testing::Test {
protected:
    HugePages() : m({{0, ZoneType::normal, {1024, 9216}}}, 1, PagingMode::x86_64, ThpEnabled::always) {
        pid = m.start();
        const auto mapped = m.processes.mmap(pid, {3 * huge, rw, false, no_id, 0, 0});
        area = {**mapped, **mapped + 3 * huge};
        first = align_up(area.start, huge);
    }
    void TearDown() override {
        EXPECT_EQ(std::nullopt, m.check());
        while (!m.state.tasks->empty())
            ASSERT_TRUE(m.processes.exit(m.state.tasks->begin()->first));
        m.processes.sync();
        m.processes.drop_caches();
        EXPECT_EQ(std::nullopt, m.check());
        EXPECT_EQ(m.managed, m.free_pages() + (m.state.thp.zero_page == no_pfn ? 0 : 512));
    }
    Touched touch(Pid who, VirtAddr start, NrPages pages, bool write) {
        const auto touched = m.processes.touch(who, {start, start + pages * page_size}, write);
        return touched ? *touched : Touched{};
    }
    EntryAt entry(Pid who, VirtAddr address) { return UserTables(m.context).find(m.mm(who), address); }
    UserPte page(Pid who, VirtAddr address) {
        const EntryAt at = entry(who, address);
        return decode(m.context.paging(), at.entry, at.level);
    }
    bool is_huge(Pid who, VirtAddr address) {
        const EntryAt at = entry(who, address);
        return at.level == PtLevel::pmd && m.context.paging().is_leaf(at.entry, at.level);
    }
    Pid fork() { return m.processes.fork(pid)->value_or(0); }
    NrPages anon(Pid who) { return m.mm(who).count(Rss::anon); }

    MmMachine m;
    Pid pid = 0;
    VirtRange area;
    VirtAddr first = 0;
};

TEST_F(HugePages, AWriteIsAnsweredByOneEntryOfThePmd) {
    const NrPages before = anon(pid), tables = m.mm(pid).pgtables;
    EXPECT_EQ(1u, touch(pid, first + 7 * page_size, 1, true).minor);
    ASSERT_TRUE(is_huge(pid, first));
    EXPECT_TRUE(entry(pid, first).entry & pte_pse);
    EXPECT_EQ(0u, page(pid, first).pfn % 512);
    EXPECT_EQ(512u, anon(pid) - before);
    EXPECT_GE(m.mm(pid).pgtables - tables, page_size) << "a table is kept for the day it is split";
    EXPECT_EQ(512u, touch(pid, first, 512, true).none) << "no page of it faults again";
    EXPECT_EQ(1u, m.state.events.thp_fault_alloc);
    EXPECT_EQ(1u, m.state.lru[0].counters.nr_anon_thps);
    EXPECT_EQ(0, m.state.huge_folio(page(pid, first).pfn).compound_mapcount);
}

TEST_F(HugePages, EndsOfAnAreaGetSmallPages) {
    ASSERT_NE(area.start, first) << "the area is not aligned";
    touch(pid, area.start, 1, true);
    EXPECT_FALSE(is_huge(pid, area.start));
    EXPECT_EQ(0u, m.state.events.thp_fault_alloc + m.state.events.thp_fault_fallback) << "nothing was tried";
}

TEST_F(HugePages, ReadsSeeAPageOfZerosThatWritesSplit) {
    touch(pid, first, 3, false);
    ASSERT_TRUE(is_huge(pid, first));
    EXPECT_EQ(m.state.thp.zero_page, page(pid, first).pfn);
    EXPECT_EQ(1u, m.state.events.thp_zero_page_alloc);
    EXPECT_EQ(1u, touch(pid, first + page_size, 1, true).minor);
    EXPECT_EQ(PtLevel::pte, entry(pid, first).level);
    EXPECT_TRUE(page(pid, first).special) << "what was not written to is the small page of zeros";
    EXPECT_FALSE(page(pid, first + page_size).special);
    EXPECT_EQ(1u, m.state.events.thp_split_pmd);
    EXPECT_EQ(0u, m.state.events.thp_split_page);
}

TEST_F(HugePages, SettingsAndAdviceSayWhoGetsThem) {
    ThpSettings& settings = m.state.thp.settings;
    settings.enabled = ThpEnabled::never;
    touch(pid, first, 1, true);
    EXPECT_FALSE(is_huge(pid, first));
    ASSERT_TRUE(*m.processes.madvise(pid, area, Advice::dontneed));
    settings.enabled = ThpEnabled::madvise;
    touch(pid, first, 1, true);
    EXPECT_FALSE(is_huge(pid, first)) << "a table of small pages stays what it is";
    const auto other = m.processes.mmap(pid, {3 * huge, rw, false, no_id, 0, 0});
    const VirtAddr place = align_up(**other, huge);
    ASSERT_TRUE(*m.processes.madvise(pid, {place, place + huge}, Advice::hugepage));
    touch(pid, place, 1, true);
    EXPECT_TRUE(is_huge(pid, place));
    settings.enabled = ThpEnabled::always;
    ASSERT_TRUE(*m.processes.madvise(pid, {place, place + huge}, Advice::dontneed));
    ASSERT_TRUE(*m.processes.madvise(pid, {place, place + huge}, Advice::nohugepage));
    touch(pid, place, 1, true);
    EXPECT_FALSE(is_huge(pid, place));
}

TEST_F(HugePages, NoLargeBlockMeansSmallPages) {
    bool fails = true;
    m.faults.pages = [&] { return std::exchange(fails, false); };
    EXPECT_EQ(1u, touch(pid, first, 1, true).minor);
    EXPECT_FALSE(is_huge(pid, first));
    EXPECT_EQ(1u, m.state.events.thp_fault_fallback);
    m.faults.pages = {};
}

TEST_F(HugePages, AForkSharesThemAndAWriteCopiesOnePage) {
    touch(pid, first, 1, true);
    const Pfn head = page(pid, first).pfn;
    const Pid child = fork();
    ASSERT_TRUE(child && is_huge(child, first) && is_huge(pid, first));
    EXPECT_EQ(head, page(child, first).pfn);
    EXPECT_FALSE(page(pid, first).writable || page(child, first).writable);
    EXPECT_EQ(1, m.state.huge_folio(head).compound_mapcount);
    EXPECT_EQ(std::nullopt, m.check());
    touch(child, first + 5 * page_size, 1, true);
    EXPECT_FALSE(is_huge(child, first));
    EXPECT_TRUE(is_huge(pid, first)) << "the parent's entry stays";
    EXPECT_EQ(head + 4, page(child, first + 4 * page_size).pfn);
    EXPECT_NE(head + 5, page(child, first + 5 * page_size).pfn);
    EXPECT_TRUE(m.state.huge_folio(head).double_map);
    EXPECT_EQ(512, m.memory.pages.refcount(head)) << "511 entries of the child and one of the parent";
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.processes.exit(child));
    EXPECT_TRUE(m.state.huge_folio(head).double_map) << "cleared only with the last entry of a PMD";
    touch(pid, first, 1, true);
    EXPECT_TRUE(is_huge(pid, first)) << "nobody else has it: it is used as it is";
    EXPECT_TRUE(page(pid, first).writable);
}

TEST_F(HugePages, WhatIsUnmappedInPartWaitsToBeSplit) {
    touch(pid, first, 1, true);
    const Pfn head = page(pid, first).pfn;
    const NrPages free = m.free_pages();
    ASSERT_TRUE(*m.processes.munmap(pid, {first + 100 * page_size, first + 300 * page_size}));
    EXPECT_EQ(PtLevel::pte, entry(pid, first).level);
    EXPECT_EQ(free, m.free_pages()) << "the folio is whole";
    EXPECT_TRUE(m.state.huge_folio(head).deferred);
    EXPECT_EQ(0u, m.state.lru[0].counters.nr_anon_thps);
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(split_huge_page(m.context, head));
    EXPECT_EQ(free + 200, m.free_pages());
    EXPECT_EQ(head + 99, page(pid, first + 99 * page_size).pfn) << "where the pages are does not change";
    EXPECT_EQ(1u, m.state.events.thp_split_page);
}

TEST_F(HugePages, ReclaimInNeedSplitsThoseThatWait) {
    touch(pid, first, 1, true);
    const Pfn head = page(pid, first).pfn;
    ASSERT_TRUE(*m.processes.munmap(pid, {first, first + 300 * page_size}));
    ASSERT_EQ(1u, m.state.thp.queues[0].folios.size());
    const NrPages anon_pages = m.state.lru[0].counters.nr_anon_mapped;
    Reclaim(m.context).try_to_free_pages({gfp::GFP_KERNEL, 0, 0, 0});  // no swap: it comes to the last priority
    EXPECT_TRUE(m.state.thp.queues[0].folios.empty());
    EXPECT_FALSE(m.state.is_huge(head));
    EXPECT_EQ(PageState::allocated, state_of(m.memory.pages.state(head + 300)));
    EXPECT_NE(PageState::allocated, state_of(m.memory.pages.state(head + 299)));
    EXPECT_EQ(anon_pages, m.state.lru[0].counters.nr_anon_mapped) << "what is mapped stays so";
}

TEST_F(HugePages, TablesAreKeptAndTakenAgain) {
    touch(pid, first, 1, true);
    touch(pid, first + huge, 1, true);
    ASSERT_TRUE(is_huge(pid, first + huge)) << "two fit";
    const Pfn pmd = entry(pid, first).table;
    const std::vector<Pfn> kept = m.mm(pid).deposits.at(pmd);
    ASSERT_EQ(2u, kept.size());
    ASSERT_TRUE(*m.processes.munmap(pid, {first, first + page_size}));
    EXPECT_EQ(kept[0], entry(pid, first + page_size).table) << "the newest is taken first";
    EXPECT_EQ(std::vector{kept[1]}, m.mm(pid).deposits.at(pmd));
}

TEST_F(HugePages, ProtectionOfAPartSplitsTheEntry) {
    touch(pid, first, 1, true);
    ASSERT_TRUE(*m.processes.mprotect(pid, {first, first + huge}, vma::read));
    EXPECT_TRUE(is_huge(pid, first)) << "all of it alike";
    EXPECT_FALSE(page(pid, first).writable);
    ASSERT_TRUE(*m.processes.mprotect(pid, {first, first + page_size}, rw));
    EXPECT_FALSE(is_huge(pid, first));
    EXPECT_EQ(1u, touch(pid, first, 1, true).minor);
    EXPECT_EQ(0u, page(pid, first).pfn % 512) << "it is this process's alone and is not copied";
}

TEST_F(HugePages, LockedOnesAreUnevictableUntilAPartIsNot) {
    ASSERT_TRUE(*m.processes.mlock(pid, {first, first + huge}, true));
    const Pfn head = page(pid, first).pfn;
    ASSERT_TRUE(is_huge(pid, first));
    const auto mlocked = [&] {
        NrPages sum = 0;
        for (const ZonePageCounters& zone : m.state.lru[0].zone_counters)
            sum += zone.nr_mlock;
        return sum;
    };
    EXPECT_EQ(512u, mlocked());
    EXPECT_EQ(LruList::unevictable, folio_lru_list(m.memory.pages, head));
    ASSERT_TRUE(*m.processes.mlock(pid, {first, first + page_size}, false));
    EXPECT_EQ(0u, mlocked()) << "in parts they are locked by their areas alone";
    EXPECT_NE(LruList::unevictable, folio_lru_list(m.memory.pages, head));
}

TEST_F(HugePages, ReclaimSplitsThemAndSwapsTheirPages) {
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 4096));
    touch(pid, first, 1, true);
    const Pfn head = page(pid, first).pfn;
    const AllocRequest request{gfp::GFP_KERNEL, 0, 0, 0};
    for (unsigned round = 0; round < 200 && m.state.events.pswpout < 512; ++round)
        Reclaim(m.context).try_to_free_pages(request);
    EXPECT_FALSE(m.state.is_huge(head));
    EXPECT_GE(m.state.events.thp_split_page, 1u);
    EXPECT_GT(m.mm(pid).count(Rss::swap), 400u);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_GT(touch(pid, first, 512, true).major, 400u);
}

TEST_F(HugePages, ThePageOfZerosIsGivenBackWhenNobodySeesIt) {
    touch(pid, first, 1, false);
    ASSERT_NE(no_pfn, m.state.thp.zero_page);
    const Pid child = fork();
    EXPECT_EQ(2u, m.state.thp.zero_users);
    ASSERT_TRUE(m.processes.exit(child));
    const AllocRequest request{gfp::GFP_KERNEL, 0, 0, 0};
    Reclaim(m.context).try_to_free_pages(request);
    EXPECT_NE(no_pfn, m.state.thp.zero_page);
    ASSERT_TRUE(m.processes.exit(pid));
    for (unsigned round = 0; round < 8; ++round)
        Reclaim(m.context).try_to_free_pages(request);
    EXPECT_EQ(no_pfn, m.state.thp.zero_page);
}

/// Without PAE a table has 1024 entries: huge pages are of 4 MiB, order 10.
TEST(HugePagesI386, AreOfFourMebibytes) {
    MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, PagingMode::i386, ThpEnabled::always);
    const Pid pid = m.start();
    const auto mapped = m.processes.mmap(pid, {12 * MiB, rw, false, no_id, 0, 0});
    ASSERT_TRUE(mapped && *mapped);
    const VirtAddr first = align_up(**mapped, 4 * MiB);
    ASSERT_TRUE(m.processes.touch(pid, {first, first + 1}, true));
    const EntryAt at = UserTables(m.context).find(m.mm(pid), first);
    EXPECT_EQ(PtLevel::pgd, at.level) << "where the PMD is folded into";
    EXPECT_TRUE(at.entry & pte_pse);
    EXPECT_EQ(10u, m.memory.pages.order(decode(m.context.paging(), at.entry, at.level).pfn));
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(*m.processes.munmap(pid, {first, first + page_size}));
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
