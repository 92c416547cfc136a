// SPDX-License-Identifier: GPL-3.0-or-later
// Pages that carry buffers, that were not used for a while, and that are lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mm/memory_failure.h"
#include "engine/mm/page_idle.h"
#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;
using testing::ElementsAre;

constexpr VmaFlags rw = vma::read | vma::write;

VirtRange at(VirtAddr start, NrPages pages) {
    return {start, start + pages * page_size};
}

VirtAddr map(MmMachine& m, Pid pid, NrPages pages, FileId file = no_id, bool shared = false) {
    const auto mapped = m.processes.mmap(pid, {pages * page_size, rw, shared, file, 0, 0});
    return mapped && *mapped ? **mapped : 0;
}

bool has(const MmMachine& m, Pfn p, PageFlag flag) {
    return (m.memory.pages.flags(p) & bit(flag)) != 0;
}

/// The events, and the lines of the kernel's log.
class Log final : public EventSink {
public:
    void event(const Event& e, std::string_view) override { events.push_back(e); }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
    std::vector<Event> events;
    std::vector<std::string> lines;
};

/// The machine's context, which tells the log.
MmContext told(MmMachine& m, Log& log) {
    return {m.state, m.memory.allocator, m.context.pages, 0, &m.metadata, &m.faults, Tracer(&log)};
}

//      read     refcount 1: cache              written to    refcount 2: cache, buffers    PG_private
//      sync     clean, buffers stay            drop_caches   both are freed
TEST(Buffers, HangOnPagesThatWereWrittenTo) {
    MmMachine m;
    const FileId file = m.processes.open("/data", 4 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, page_size));
    const Pfn p = Filemap(m.context).find(file, 0);
    EXPECT_FALSE(has(m, p, PageFlag::private_));
    EXPECT_EQ(1, m.memory.pages.refcount(p));
    ASSERT_TRUE(*m.processes.write(file, 0, page_size));
    EXPECT_TRUE(has(m, p, PageFlag::private_));
    EXPECT_EQ(2, m.memory.pages.refcount(p));
    EXPECT_EQ(1u, m.count(MmMachine::Kind::buffer_head));
    EXPECT_NE(0u, m.state.buffers[p]);
    m.processes.sync();
    EXPECT_EQ(1u, m.count(MmMachine::Kind::buffer_head)) << "kept for the next write";
    m.processes.drop_caches();
    EXPECT_EQ(0u, m.count(MmMachine::Kind::buffer_head));
    EXPECT_EQ(m.managed, m.free_pages());
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Buffers, WithoutMemoryForThemNothingIsWritten) {
    MmMachine m;
    const FileId file = m.processes.open("/data", 4 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, page_size));
    m.descriptor_fails = [] { return true; };
    EXPECT_FALSE(*m.processes.write(file, 0, page_size));
    EXPECT_FALSE(has(m, Filemap(m.context).find(file, 0), PageFlag::locked));
    EXPECT_EQ(0u, m.state.file(file).dirty);
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: after sync() the next write through the mapping faults once more, and the page is dirty again.
TEST(Buffers, AMappingIsCleanedWithItsPage) {
    MmMachine m;
    const Pid init = m.start();
    const FileId file = m.processes.open("/data", 4 * page_size);
    const VirtAddr a = map(m, init, 4, file, true);
    ASSERT_EQ(FaultKind::none, m.processes.touch(init, at(a, 1), true)->failure);
    const Pfn p = m.pte(init, a).pfn;
    EXPECT_TRUE(m.pte(init, a).writable);
    EXPECT_TRUE(has(m, p, PageFlag::private_)) << "ext4_page_mkwrite()";
    EXPECT_EQ(1u, m.processes.touch(init, at(a, 1), true)->none);
    m.processes.sync();
    EXPECT_FALSE(m.pte(init, a).writable || m.pte(init, a).dirty);
    EXPECT_EQ(0u, m.state.file(file).dirty);
    EXPECT_EQ(1u, m.processes.touch(init, at(a, 1), true)->minor);
    EXPECT_EQ(1u, m.state.file(file).dirty);
    EXPECT_EQ(std::nullopt, m.check());
}

//      read       from the server: PG_private_2 and a reference until the local cache has it
//      read       again after it was dropped: from the local cache, without
//      written    no buffers; sync: PG_private_2 once more
TEST(Fscache, PagesAreKeptOnTheLocalDisk) {
    MmMachine m;
    Log log;
    const MmContext context = told(m, log);
    const Processes processes(context);
    const FileId file = processes.open("/net/data", 4 * page_size, true);
    const auto private_2_set = [&] {
        return std::count_if(log.events.begin(), log.events.end(), [](const Event& e) {
            return e.kind == EventKind::page_flags && (e.b & ~e.a & bit(PageFlag::private_2));
        });
    };
    ASSERT_TRUE(*processes.read(file, 0, page_size));
    EXPECT_EQ(4, private_2_set()) << "read ahead";
    const Pfn p = Filemap(context).find(file, 0);
    EXPECT_FALSE(has(m, p, PageFlag::private_2) || has(m, p, PageFlag::mappedtodisk));
    EXPECT_EQ(1, m.memory.pages.refcount(p));
    processes.drop_caches();
    ASSERT_TRUE(*processes.read(file, 0, page_size));
    EXPECT_EQ(4, private_2_set()) << "the local disk has them";
    ASSERT_TRUE(*processes.write(file, 0, page_size));
    EXPECT_FALSE(has(m, Filemap(context).find(file, 0), PageFlag::private_)) << "no blocks, no buffers";
    EXPECT_EQ(1u, processes.sync());
    EXPECT_EQ(5, private_2_set());
    EXPECT_EQ(std::nullopt, m.check());
}

//      marked     PG_idle      read again ──► PG_idle goes     touched through a mapping ──► PG_young at the next look
TEST(PageIdle, TellsPagesThatWereNotUsedSince) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 4);
    (void)m.processes.touch(init, at(a, 4), true);
    const Pfn first = m.pte(init, a).pfn, second = m.pte(init, a + page_size).pfn;
    const NrPages marked = mark_idle(m.context, m.frames());
    EXPECT_GE(marked, 4u);
    EXPECT_EQ(marked, count_idle(m.context, m.frames()));
    EXPECT_TRUE(has(m, first, PageFlag::idle));
    (void)m.processes.touch(init, at(a, 1), false);
    EXPECT_EQ(marked - 1, count_idle(m.context, m.frames()));
    EXPECT_FALSE(has(m, first, PageFlag::idle));
    EXPECT_TRUE(has(m, first, PageFlag::young)) << "reclaim is told what the accessed bit would have";
    EXPECT_FALSE(m.pte(init, a).young);
    EXPECT_TRUE(has(m, second, PageFlag::idle));
    EXPECT_EQ(std::nullopt, m.check());
}

//      order 3 [0 1 2 3 4 5 6 7]  5 fails  =>  [0 1 2 3] [4] [6 7] free, 5 nobody's      unpoisoned: one block again
TEST(MemoryFailure, AFreeFrameLeavesTheFreeLists) {
    MmMachine m;
    Log log;
    const MmContext c = told(m, log);
    const NrPages blocks = m.memory.zone(ZoneType::normal).free_area[10].nr_free;
    const Pfn p = 0x805;
    const auto result = memory_failure(c, p);
    ASSERT_TRUE(result);
    EXPECT_EQ(MfResult::recovered, *result);
    EXPECT_THAT(log.lines, ElementsAre("Memory failure: 0x805: recovery action for free buddy page: Recovered"));
    EXPECT_EQ(m.managed - 1, m.free_pages());
    EXPECT_EQ(blocks - 1, m.memory.zone(ZoneType::normal).free_area[10].nr_free);
    for (Order order = 0; order < 10; ++order)
        EXPECT_EQ(1u, m.memory.zone(ZoneType::normal).free_area[order].nr_free) << "order " << unsigned{order};
    EXPECT_TRUE(m.memory.pages.free_head_of(0x804, 0) && m.memory.pages.free_head_of(0x806, 1));
    EXPECT_TRUE(has(m, p, PageFlag::hwpoison));
    EXPECT_EQ(1, m.memory.pages.refcount(p));
    EXPECT_EQ(1u, m.memory.stats.poisoned);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    EXPECT_EQ(MfResult::failed, *memory_failure(c, p));
    EXPECT_EQ("Memory failure: 0x805: already hardware poisoned", log.lines.back());
    ASSERT_TRUE(*unpoison_memory(c, p));
    EXPECT_EQ("Memory failure: Unpoison: Software-unpoisoned page 0x805", log.lines.back());
    EXPECT_EQ(blocks, m.memory.zone(ZoneType::normal).free_area[10].nr_free);
    EXPECT_EQ(0u, m.memory.stats.poisoned);
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
}

TEST(MemoryFailure, WhatWasInAnonymousMemoryIsLost) {
    MmMachine m;
    Log log;
    const MmContext c = told(m, log);
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 2);
    (void)m.processes.touch(init, at(a, 2), true);
    const Pfn p = m.pte(init, a).pfn;
    EXPECT_EQ(MfResult::recovered, *memory_failure(c, p));
    EXPECT_EQ(fmt::format("Memory failure: {:#x}: recovery action for dirty LRU page: Recovered", p), log.lines.back());
    EXPECT_EQ(FaultKind::hwpoison, m.processes.touch(init, at(a, 1), false)->failure);
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(a + page_size, 1), true)->failure) << "its neighbour is well";
    EXPECT_TRUE(has(m, p, PageFlag::error));
    const auto child = m.processes.fork(init);
    ASSERT_TRUE(child && *child);
    EXPECT_EQ(FaultKind::hwpoison, m.processes.touch(**child, at(a, 1), true)->failure) << "and for its child";
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(*m.processes.munmap(init, at(a, 2)));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_TRUE(has(m, p, PageFlag::hwpoison)) << "nobody gets it again";
    ASSERT_TRUE(*unpoison_memory(c, p));
    EXPECT_EQ(std::nullopt, m.check());
}

//  Expect: a clean page is read from the file again; a dirty one is lost for who mapped it.
TEST(MemoryFailure, AFilesPageIsDropped) {
    MmMachine m;
    Log log;
    const MmContext c = told(m, log);
    const Pid init = m.start();
    const FileId file = m.processes.open("/data", 4 * page_size);
    const VirtAddr a = map(m, init, 4, file, true);
    (void)m.processes.touch(init, at(a, 1), false);
    Pfn p = m.pte(init, a).pfn;
    EXPECT_EQ(MfResult::recovered, *memory_failure(c, p));
    EXPECT_THAT(
        log.lines,
        ElementsAre(fmt::format("Memory failure: {:#x}: corrupted page was clean: dropped without side effects", p),
                    fmt::format("Memory failure: {:#x}: recovery action for clean LRU page: Recovered", p)));
    EXPECT_EQ(1u, m.processes.touch(init, at(a, 1), true)->major) << "read again, into another frame";
    EXPECT_NE(p, m.pte(init, a).pfn);
    p = m.pte(init, a).pfn;
    EXPECT_EQ(MfResult::recovered, *memory_failure(c, p));
    EXPECT_EQ(fmt::format("Memory failure: {:#x}: recovery action for dirty LRU page: Recovered", p), log.lines.back());
    EXPECT_EQ(FaultKind::hwpoison, m.processes.touch(init, at(a, 1), false)->failure);
    EXPECT_EQ(0u, m.state.file(file).dirty);
    EXPECT_EQ(0u, m.count(MmMachine::Kind::buffer_head));
    EXPECT_EQ(2u, m.memory.stats.poisoned);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(MemoryFailure, AHugePageIsSplitAndLosesOneFrame) {
    MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, PagingMode::x86_64, ThpEnabled::always);
    Log log;
    const MmContext c = told(m, log);
    const Pid init = m.start();
    const VirtAddr a = align_up(map(m, init, 2048), 2 * MiB);
    (void)m.processes.touch(init, at(a, 1), true);
    const EntryAt entry = UserTables(m.context).find(m.mm(init), a);
    ASSERT_EQ(PtLevel::pmd, entry.level);
    const Pfn head = decode(m.context.paging(), entry.entry, entry.level).pfn;
    EXPECT_EQ(MfResult::recovered, *memory_failure(c, head + 7));
    EXPECT_EQ(1u, m.state.events.thp_split_page);
    EXPECT_EQ(head + 6, m.pte(init, a + 6 * page_size).pfn);
    EXPECT_EQ(FaultKind::hwpoison, m.processes.touch(init, at(a + 7 * page_size, 1), false)->failure);
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(a + 8 * page_size, 1), true)->failure);
    EXPECT_EQ(std::nullopt, m.check());
}

//      the kernel's own page fails: PG_hwpoison is all that can be done; given back, it stays away
TEST(MemoryFailure, TheKernelsOwnPageIsNotUsedAgain) {
    MmMachine m;
    Log log;
    const MmContext c = told(m, log);
    for (const Order order : {Order{0}, Order{3}}) {
        log.lines.clear();
        const NrPages before = m.free_pages();
        const auto block = m.memory.allocator.alloc_pages({gfp::GFP_KERNEL, order, 0, 0});
        ASSERT_TRUE(block);
        const Pfn p = *block + (order > 0 ? 5 : 0);
        EXPECT_EQ(MfResult::ignored, *memory_failure(c, p));
        EXPECT_THAT(log.lines,
                    ElementsAre(fmt::format("Memory failure: {:#x}: unhandlable page.", p),
                                fmt::format("Memory failure: {:#x}: recovery action for unknown page: Ignored", p)));
        ASSERT_TRUE(m.memory.allocator.free_pages(*block, order));
        EXPECT_EQ(before - 1, m.free_pages());
        EXPECT_FALSE(m.memory.allocator.free_pages(p, 0)) << "once";
        EXPECT_EQ(std::nullopt, m.memory.allocator.check());
        ASSERT_TRUE(*unpoison_memory(c, p));
        EXPECT_EQ(before, m.free_pages());
        EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    }
}

TEST(MemoryFailure, InTheSwapCacheTheSlotDecides) {
    MmMachine m;
    Log log;
    const MmContext c = told(m, log);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 100));
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 2);
    (void)m.processes.touch(init, at(a, 2), true);
    for (const bool dirty : {false, true}) {
        const VirtAddr address = a + (dirty ? page_size : 0);
        const Pfn p = m.pte(init, address).pfn;
        const SwapSlot slot = get_swap_page(m.context);
        add_to_swap_cache(m.context, p, slot);
        if (dirty) m.context.set_flags(p, bit(PageFlag::dirty));
        UserPte pte = m.pte(init, address);
        pte.dirty = dirty;
        UserTables tables(m.context);
        tables.set(tables.find(m.mm(init), address), encode(m.context.paging(), pte));
        EXPECT_EQ(dirty ? MfResult::delayed : MfResult::recovered, *memory_failure(c, p));
        EXPECT_EQ(fmt::format("Memory failure: {:#x}: keeping poisoned page in swap cache", p), *(log.lines.end() - 2));
        EXPECT_EQ(std::nullopt, m.check());
        const auto touched = m.processes.touch(init, at(address, 1), false);
        EXPECT_EQ(dirty ? FaultKind::hwpoison : FaultKind::none, touched->failure);
        EXPECT_EQ(dirty ? 0u : 1u, touched->major);
    }
    ASSERT_TRUE(m.processes.exit(init));
    EXPECT_EQ(std::nullopt, m.check()) << "the slot is free, the frame stays away";
}

//  Expect: what is in a frame that is left moves, and nobody notices; the new frame is the old one's node's.
TEST(SoftOffline, MovesWhatIsThere) {
    MmMachine m({{0, ZoneType::normal, {1024, 3072}}, {1, ZoneType::normal, {3072, 5120}}}, 2);
    Log log;
    const MmContext c = told(m, log);
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 1);
    (void)m.processes.touch(init, at(a, 1), true);
    const Pfn p = m.pte(init, a).pfn;
    ASSERT_TRUE(*soft_offline_page(c, p));
    const Pfn moved = m.pte(init, a).pfn;
    EXPECT_NE(p, moved);
    EXPECT_EQ(m.memory.zones.zone_of(p)->nid, m.memory.zones.zone_of(moved)->nid);
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(a, 1), true)->failure);
    EXPECT_TRUE(has(m, p, PageFlag::hwpoison));
    EXPECT_EQ(1, m.memory.pages.refcount(p));
    const FileId file = m.processes.open("/data", 2 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, page_size));
    const Pfn cached = Filemap(m.context).find(file, 0);
    ASSERT_TRUE(*soft_offline_page(c, cached));
    EXPECT_THAT(log.lines, ElementsAre(fmt::format("Memory failure: soft_offline: {:#x}: invalidated", cached)));
    EXPECT_EQ(no_pfn, Filemap(m.context).find(file, 0)) << "dropped, not moved";
    const auto kernels = m.memory.allocator.alloc_pages({gfp::GFP_KERNEL, 0, 0, 0});
    EXPECT_FALSE(*soft_offline_page(c, *kernels));
    EXPECT_FALSE(has(m, *kernels, PageFlag::hwpoison));
    ASSERT_TRUE(m.memory.allocator.free_pages(*kernels, 0));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(soft_offline_page(c, 0x100000)) << "no memory there";
}

//  Expect: when the last process that locked a file's page has gone, reclaim may take it again.
TEST(Mlock, APageThatNobodyLocksAnyMoreIsEvictable) {
    MmMachine m;
    const Pid init = m.start();
    const auto child = m.processes.fork(init);
    const FileId file = m.processes.open("/data", page_size);
    const VirtAddr a = map(m, **child, 1, file, true);
    ASSERT_TRUE(*m.processes.mlock(**child, at(a, 1), true));
    const Pfn p = Filemap(m.context).find(file, 0);
    ASSERT_TRUE(has(m, p, PageFlag::unevictable) && has(m, p, PageFlag::mlocked));
    ASSERT_TRUE(m.processes.exit(**child));
    EXPECT_FALSE(has(m, p, PageFlag::unevictable) || has(m, p, PageFlag::mlocked));
    EXPECT_EQ(1u, m.state.events.unevictable_munlocked);
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
