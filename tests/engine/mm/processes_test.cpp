// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

constexpr VmaFlags rw = vma::read | vma::write;

VirtRange at(VirtAddr start, NrPages pages) {
    return {start, start + pages * page_size};
}

VirtAddr map(MmMachine& m, Pid pid, NrPages pages, VmaFlags access = rw) {
    const auto mapped = m.processes.mmap(pid, {pages * page_size, access, false, no_id, 0, 0});
    return mapped && *mapped ? **mapped : 0;
}

/// The first process of a 64-bit machine without randomization, as /proc/1/maps shows it:
///      0x555555554000 r--  0x555555555000 r-x  ...  0x7ffff7ff9000 [vvar]  [vdso]   0x7ffffffde000 [stack]
TEST(Exec, PlacesSegmentsLoaderAndStackAsTheKernelDoes) {
    MmMachine m;
    const Pid init = m.start();
    ASSERT_EQ(1, init);
    const Mm& mm = m.mm(init);
    std::vector<VirtAddr> starts;
    for (const auto& [start, area] : mm.areas)
        starts.push_back(start);
    const std::vector<VirtAddr> expected{0x555555554000, 0x555555555000, 0x555555559000, 0x55555555a000,
                                         0x55555555b000, 0x7ffff7ff9000, 0x7ffff7ffd000, 0x7ffffffde000};
    EXPECT_EQ(expected, starts);
    EXPECT_EQ(0x7ffff7fff000u, mm.mmap_base);
    EXPECT_EQ(0x55555555d000u, mm.brk) << "behind data and bss";
    EXPECT_EQ("init", m.state.tasks->at(init).comm);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Exec, AnotherProgramReplacesTheFirstAndNothingStays) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 20);
    ASSERT_TRUE(m.processes.touch(init, at(a, 20), true));
    const NrPages before = mm_pages(m.state);
    const auto done = m.processes.exec(init, make_program("/bin/sh", {16 * KiB, 4 * KiB, 8 * KiB}), nullptr);
    ASSERT_TRUE(done && *done);
    EXPECT_LT(mm_pages(m.state), before) << "20 pages are gone, /bin/sh's first have come";
    EXPECT_EQ("sh", m.state.tasks->at(init).comm);
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.processes.exit(init));
    EXPECT_EQ(0u, m.count(MmMachine::Kind::mm_struct));
    m.processes.sync();
    m.processes.drop_caches();
    EXPECT_EQ(m.managed, m.free_pages()) << "no process, no page of a file, no table";
    EXPECT_EQ(std::nullopt, m.check());
}

/// Reads see the zero page, the first write gets a page of its own.
TEST(Fault, AnonymousMemoryIsZeroUntilItIsWritten) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 4);
    const NrPages anon = m.mm(init).count(Rss::anon);
    auto touched = m.processes.touch(init, at(a, 2), false);
    ASSERT_TRUE(touched);
    EXPECT_EQ(2u, touched->minor);
    EXPECT_EQ(m.state.zero_page, m.pte(init, a).pfn);
    EXPECT_EQ(anon, m.mm(init).count(Rss::anon)) << "the zero page is nobody's";
    touched = m.processes.touch(init, at(a, 4), true);
    ASSERT_TRUE(touched);
    EXPECT_EQ(4u, touched->minor);
    EXPECT_EQ(anon + 4, m.mm(init).count(Rss::anon));
    EXPECT_TRUE(m.pte(init, a).writable && m.pte(init, a).dirty);
    touched = m.processes.touch(init, at(a, 4), true);
    EXPECT_EQ(4u, touched->none) << "no fault any more";
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Fault, WhereNothingMayBeTouchedThereIsASignal) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 1, vma::read);
    EXPECT_EQ(FaultKind::segv, m.processes.touch(init, at(a, 1), true)->failure) << "read only";
    EXPECT_EQ(FaultKind::segv, m.processes.touch(init, at(0x1000, 1), false)->failure) << "nothing there";
    const FileId file = m.processes.open("/data", page_size);
    const auto f = m.processes.mmap(init, {4 * page_size, rw, true, file, 0, 0});
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(**f, 1), true)->failure);
    EXPECT_EQ(FaultKind::bus, m.processes.touch(init, at(**f + page_size, 1), true)->failure) << "beyond its end";
    EXPECT_FALSE(m.processes.touch(77, at(a, 1), true)) << "no such process";
    EXPECT_EQ(std::nullopt, m.check());
}

///      stack   [guard gap of 256 pages][ grows <- ][33 pages]
TEST(Fault, TheStackGrowsDownToItsLimit) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr bottom = 0x7ffffffde000;
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(bottom - 10 * page_size, 1), true)->failure);
    EXPECT_EQ(bottom - 10 * page_size, m.mm(init).areas.rbegin()->first);
    EXPECT_EQ(FaultKind::segv,
              m.processes.touch(init, at(m.state.layout.task_size - 8 * MiB - page_size, 1), true)->failure);
    EXPECT_EQ(std::nullopt, m.check());
}

///      before    parent rw ─► p          after     parent r- ─► p ◄─ r- child       child writes: child rw ─► copy
TEST(Fork, PagesAreSharedUntilOneOfTheTwoWrites) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 2);
    (void)m.processes.touch(init, at(a, 2), true);
    const Pfn page = m.pte(init, a).pfn;
    const auto child = m.processes.fork(init);
    ASSERT_TRUE(child && *child);
    EXPECT_EQ(page, m.pte(**child, a).pfn);
    EXPECT_FALSE(m.pte(init, a).writable || m.pte(**child, a).writable);
    EXPECT_EQ(1, m.memory.pages.mapcount(page));
    EXPECT_EQ(2, m.memory.pages.refcount(page));
    EXPECT_EQ(std::nullopt, m.check());

    EXPECT_EQ(1u, m.processes.touch(**child, at(a, 1), true)->minor);
    const Pfn copy = m.pte(**child, a).pfn;
    EXPECT_NE(page, copy);
    EXPECT_TRUE(m.pte(**child, a).writable);
    EXPECT_EQ(0, m.memory.pages.mapcount(page));
    EXPECT_EQ(1u, m.processes.touch(init, at(a, 1), true)->minor) << "the parent's entry does not allow it yet";
    EXPECT_EQ(page, m.pte(init, a).pfn) << "used again: it is the only one left";
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(m.processes.exit(**child));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Fork, RmapFindsAPageInAllWhoShareIt) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 1);
    (void)m.processes.touch(init, at(a, 1), true);
    const auto child = m.processes.fork(init);
    const auto grandchild = m.processes.fork(**child);
    ASSERT_TRUE(grandchild && *grandchild);
    EXPECT_EQ(3u, Rmap(m.context).walk(m.pte(init, a).pfn).size());
    ASSERT_TRUE(m.processes.exit(**child));
    EXPECT_EQ(2u, Rmap(m.context).walk(m.pte(init, a).pfn).size()) << "the anon_vma outlives the process between";
    EXPECT_EQ(std::nullopt, m.check());
}

///      [ rw 8 pages ]  ──mprotect 2..4──►  [rw 2][r- 2][rw 4]  ──back──►  [ rw 8 pages ]
TEST(Areas, AreSplitByProtectionAndMergeAgain) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 8);
    (void)m.processes.touch(init, at(a, 8), true);
    const std::size_t areas = m.mm(init).areas.size();
    ASSERT_TRUE(m.processes.mprotect(init, at(a + 2 * page_size, 2), vma::read));
    EXPECT_EQ(areas + 2, m.mm(init).areas.size());
    EXPECT_FALSE(m.pte(init, a + 2 * page_size).writable);
    EXPECT_EQ(FaultKind::segv, m.processes.touch(init, at(a + 3 * page_size, 1), true)->failure);
    ASSERT_TRUE(m.processes.mprotect(init, at(a + 2 * page_size, 2), rw));
    EXPECT_EQ(areas, m.mm(init).areas.size());
    EXPECT_EQ(1u, m.processes.touch(init, at(a + 3 * page_size, 1), true)->minor) << "writable again with a fault";
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Areas, AHoleInTheMiddleLeavesTwoAndFreesPagesAndTables) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 2048);  // four page tables' worth
    (void)m.processes.touch(init, at(a, 2048), true);
    const NrPages free = m.free_pages();
    const Bytes tables = m.mm(init).pgtables;
    const VirtAddr whole = align_up(a, 2 * MiB);
    ASSERT_TRUE(m.processes.munmap(init, {whole, whole + 4 * MiB}));
    EXPECT_EQ(free + 1024 + 2, m.free_pages()) << "pages, and the two tables that mapped them";
    EXPECT_EQ(tables - 2 * page_size, m.mm(init).pgtables);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Areas, TheHeapGrowsAndShrinks) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr start = m.mm(init).brk;
    EXPECT_EQ(start + 100000, *m.processes.brk(init, start + 100000));
    EXPECT_EQ(0u, m.mm(init).areas.count(start)) << "one with the bss before it, which is of the same kind";
    (void)m.processes.touch(init, {start, start + 100000}, true);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(start, *m.processes.brk(init, start));
    EXPECT_EQ(start, *m.processes.brk(init, start - page_size)) << "not below where it began";
    EXPECT_EQ(std::nullopt, m.check());
}

/// A read of the first page reads four, the second marked; meeting the mark reads the next window.
TEST(PageCache, ReadsAhead) {
    MmMachine m;
    const FileId file = m.processes.open("/data", 64 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, page_size));
    EXPECT_EQ(4u, m.state.file(file).nrpages);
    ASSERT_TRUE(*m.processes.read(file, page_size, page_size));
    EXPECT_EQ(12u, m.state.file(file).nrpages);
    ASSERT_TRUE(*m.processes.read(file, 2 * page_size, 62 * page_size));
    EXPECT_EQ(64u, m.state.file(file).nrpages);
    EXPECT_EQ(64u * 4, m.state.events.pgpgin_kib);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(64u, m.processes.drop_caches());
    EXPECT_EQ(m.managed, m.free_pages());
}

TEST(PageCache, DirtyPagesStayUntilTheyAreWritten) {
    MmMachine m;
    const FileId file = m.processes.open("/log", 0);
    ASSERT_TRUE(*m.processes.write(file, 0, 10 * page_size));
    EXPECT_EQ(10u, m.state.file(file).dirty);
    EXPECT_EQ(0u, m.processes.drop_caches());
    EXPECT_EQ(10u, m.processes.sync());
    EXPECT_EQ(10u, m.processes.drop_caches());
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(PageCache, ASharedMappingSeesTheCachesOwnPages) {
    MmMachine m;
    const Pid init = m.start();
    const FileId file = m.processes.open("/data", 32 * page_size);
    const auto shared = m.processes.mmap(init, {32 * page_size, rw, true, file, 0, 0});
    const auto privately = m.processes.mmap(init, {32 * page_size, rw, false, file, 0, 0});
    const auto first = m.processes.touch(init, at(**shared, 1), false);
    EXPECT_EQ(1u, first->major) << "read from the disk";
    const auto rest = m.processes.touch(init, at(**shared, 16), false);
    EXPECT_EQ(16u, rest->none + rest->minor);
    EXPECT_GE(rest->none, 1u) << "fault-around mapped some";
    const Pfn cached = Filemap(m.context).find(file, 3);
    EXPECT_EQ(cached, m.pte(init, **shared + 3 * page_size).pfn);
    (void)m.processes.touch(init, at(**privately + 3 * page_size, 1), true);
    EXPECT_NE(cached, m.pte(init, **privately + 3 * page_size).pfn) << "a copy of its own";
    EXPECT_EQ(std::nullopt, m.check());
}

/// Frames whose flag was set, in order; each time it was set it has to be cleared before it is set again.
class FlagLife final : public EventSink {
public:
    explicit FlagLife(PageFlag flag) : m_flag(bit(flag)) {}
    void event(const Event& e, std::string_view) override {
        if (e.kind != EventKind::page_flags || ((e.a ^ e.b) & m_flag) == 0) return;
        if (e.b & m_flag)
            frames.push_back(pfn_down(e.touched.start));
        else
            ++cleared;
    }
    void printk(std::string) override {}

    std::vector<Pfn> frames;
    std::size_t cleared = 0;

private:
    std::uint32_t m_flag;
};

/// The same machine's, with somebody who listens.
Processes told(MmMachine& m, EventSink& sink) {
    MmContext context = m.context;
    context.trace = Tracer(&sink);
    return Processes(context);
}

//  /data  0 1 2 3 ...   a read of 0 brings 0 to 3: Expect: it sleeps on 0 alone, until the I/O has ended
TEST(PageCache, WhoAskedSleepsOnThePageItAskedFor) {
    MmMachine m;
    FlagLife waiters(PageFlag::waiters);
    Processes processes = told(m, waiters);
    const FileId file = processes.open("/data", 64 * page_size);
    ASSERT_TRUE(*processes.read(file, 0, page_size));
    ASSERT_EQ(4u, m.state.file(file).nrpages);
    EXPECT_EQ(std::vector{Filemap(m.context).find(file, 0)}, waiters.frames);
    ASSERT_TRUE(*processes.read(file, 0, 4 * page_size));
    EXPECT_EQ(1u, waiters.frames.size()) << "what is there, or comes unasked, is not waited for";
    ASSERT_TRUE(*processes.write(file, 0, 3 * page_size));
    processes.sync();
    EXPECT_EQ(2u, waiters.frames.size()) << "when the first is written the others are";
    EXPECT_EQ(waiters.frames.size(), waiters.cleared);
    EXPECT_EQ(std::nullopt, m.check());
}

//  arm64   code page  mapped r-x ──► PG_dcache_clean      written by write(2) ──► cleared      run again ──► set
TEST(Fault, Arm64CleansTheCachesOfCodeOnceAPage) {
    constexpr VmaFlags rx = vma::read | vma::exec;
    for (const PagingMode mode : {PagingMode::arm64, PagingMode::x86_64}) {
        MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, mode);
        FlagLife clean(PageFlag::arch_1);
        const Pid init = m.start();
        Processes processes = told(m, clean);
        const FileId file = processes.open("/lib/libc.so", 8 * page_size);
        ASSERT_TRUE(*processes.read(file, 0, page_size));
        const Pfn page = Filemap(m.context).find(file, 0);
        const auto is_clean = [&] { return (m.context.columns().flags(page) & pg_dcache_clean) != 0; };
        const auto data = processes.mmap(init, {page_size, vma::read, false, file, 0, 0});
        (void)processes.touch(init, at(**data, 1), false);
        EXPECT_FALSE(is_clean()) << "mapped, but no code";
        const auto code = processes.mmap(init, {page_size, rx, false, file, 0, 0});
        (void)processes.touch(init, at(**code, 1), false);
        if (mode == PagingMode::x86_64) {
            EXPECT_TRUE(clean.frames.empty()) << "a CPU whose instruction cache sees what is written";
            continue;
        }
        EXPECT_TRUE(is_clean());
        ASSERT_TRUE(*processes.write(file, 0, page_size));
        EXPECT_FALSE(is_clean());
        const auto again = processes.mmap(init, {page_size, rx, false, file, 0, 0});
        (void)processes.touch(init, at(**again, 1), false);
        EXPECT_TRUE(is_clean());
        EXPECT_EQ(std::nullopt, m.check());
    }
}

TEST(Mlock, PagesAreThereAndOnTheUnevictableList) {
    MmMachine m;
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 8);
    (void)m.processes.touch(init, at(a, 2), true);
    ASSERT_TRUE(*m.processes.mlock(init, at(a, 8), true));
    EXPECT_EQ(8u, m.state.lru[0].pages(LruList::unevictable));
    EXPECT_EQ(8u, m.mm(init).locked_vm);
    EXPECT_EQ(std::nullopt, m.check());
    ASSERT_TRUE(*m.processes.mlock(init, at(a, 8), false));
    EXPECT_EQ(0u, m.state.lru[0].pages(LruList::unevictable));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Program, ReadsARealExecutable) {
    std::ifstream in("/proc/self/exe", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto program = read_elf("/proc/self/exe", bytes);
    ASSERT_TRUE(program) << program.error().text();
    EXPECT_GE(program->segments.size(), 2u);
    EXPECT_GT(program->size().text, 4096u);
    EXPECT_NE(std::string::npos, program->interpreter.find("ld-linux")) << program->interpreter;
    MmMachine m;
    const Pid pid = *m.processes.kernel_thread("test");
    ASSERT_TRUE(*m.processes.exec(pid, *program, nullptr));
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_FALSE(read_elf("x", "no ELF file at all"));
    for (std::size_t cut : {10u, 60u, 100u})
        EXPECT_FALSE(read_elf("x", std::string_view(bytes).substr(0, cut)));
}

}  // namespace
}  // namespace mm
