// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

constexpr VmaFlags rw = vma::read | vma::write;

VirtAddr map(MmMachine& m, Pid pid, NrPages pages) {
    return **m.processes.mmap(pid, {pages * page_size, rw, false, no_id, 0, 0});
}
VirtRange at(VirtAddr start, NrPages pages) {
    return {start, start + pages * page_size};
}
Pid child(MmMachine& m, Pid parent) {
    return **m.processes.fork(parent);
}

/// 8 MiB, half of it pages of a file read once: a process that wants the other half and more gets the file's.
///      [ file 1024 ][ free 1024 ]   ──touch 1500──►   [file, less][ anonymous 1500 ]
TEST(Reclaim, PagesOfFilesReadOnceGoFirst) {
    MmMachine m({{0, ZoneType::normal, {1024, 3072}}});
    m.set_watermarks(16, 32, 48);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 2000));
    const Pid init = m.start();
    const FileId file = m.processes.open("/data", 1024 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, 1024 * page_size));
    const VirtAddr a = map(m, init, 1500);
    const auto touched = m.processes.touch(init, at(a, 1500), true);
    ASSERT_TRUE(touched);
    EXPECT_EQ(FaultKind::none, touched->failure);
    EXPECT_LT(m.state.file(file).nrpages, 600u);
    EXPECT_LT(m.state.events.pswpout * 5, m.state.events.pgsteal_file) << "swappiness 60 takes a few others, too";
    EXPECT_GT(m.state.events.pgsteal_file, 400u);
    m.settle();
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Reclaim, WhatWasSwappedOutComesBackWithAMajorFault) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 2000));
    const Pid init = m.start();
    const VirtAddr a = map(m, init, 1500);
    const NrPages before = m.mm(init).count(Rss::anon);
    EXPECT_EQ(FaultKind::none, m.processes.touch(init, at(a, 1500), true)->failure) << "more than there is memory";
    m.settle();
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_GT(m.mm(init).count(Rss::swap), 450u);
    EXPECT_EQ(m.mm(init).count(Rss::swap) + m.mm(init).count(Rss::anon), before + 1500);
    const auto again = m.processes.touch(init, at(a, 100), false);
    EXPECT_EQ(100u, again->major) << "the oldest went first";
    m.settle();
    EXPECT_EQ(std::nullopt, m.check());
}

/// A page that is touched over and over stays while others of the same age go.
TEST(Reclaim, WhatIsUsedStays) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 4000));
    const Pid init = m.start();
    const VirtAddr hot = map(m, init, 50), cold = map(m, init, 3000);
    NrPages major = 0;
    for (NrPages i = 0; i < 3000; i += 50) {
        major += m.processes.touch(init, at(hot, 50), true)->major;
        ASSERT_EQ(FaultKind::none, m.processes.touch(init, at(cold + i * page_size, 50), true)->failure);
        m.settle();
    }
    EXPECT_LT(major, 300u) << "of 3000 touches: a page needs two looks to be known as used";
    EXPECT_GT(m.state.events.pswpout, 1500u);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Reclaim, LockedMemoryIsNotTaken) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 4000));
    const Pid init = m.start();
    const VirtAddr locked = map(m, init, 200), other = map(m, init, 1200);
    ASSERT_TRUE(*m.processes.mlock(init, at(locked, 200), true));
    ASSERT_EQ(FaultKind::none, m.processes.touch(init, at(other, 1200), true)->failure);
    m.settle();
    EXPECT_EQ(200u, m.processes.touch(init, at(locked, 200), true)->none) << "all there";
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Reclaim, ARefaultOfAPageThatLeftLatelyMakesItActive) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    const FileId file = m.processes.open("/data", 3000 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, 300 * page_size));
    ASSERT_TRUE(*m.processes.read(file, 0, 300 * page_size)) << "twice: they become active";
    ASSERT_TRUE(*m.processes.read(file, 300 * page_size, 900 * page_size));
    m.settle();
    ASSERT_FALSE(m.state.file(file).slot(320).is_page()) << "evicted";
    EXPECT_TRUE(m.state.file(file).slot(320).is_shadow());
    ASSERT_TRUE(*m.processes.read(file, 320 * page_size, page_size));
    EXPECT_GT(m.state.lru[0].counters.workingset_refault_file, 0u);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Reclaim, DirtyPagesOfFilesAreWrittenBeforeTheyGo) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    const FileId file = m.processes.open("/log", 0);
    ASSERT_TRUE(*m.processes.write(file, 0, 1500 * page_size));
    m.settle();
    EXPECT_GE(m.state.events.pgpgout_kib, 4u * 476);
    EXPECT_EQ(std::nullopt, m.check());
}

/// init, a small process and one that leaks: the leaking one is killed, its memory is free, the others live on.
TEST(OomKiller, TakesTheLargestProcessAndLeavesTheFirst) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    const Pid init = m.start();
    const Pid small = child(m, init), leak = child(m, init);
    (void)m.processes.touch(small, at(map(m, small, 50), 50), true);
    const VirtAddr a = map(m, leak, 2000);
    const auto touched = m.processes.touch(leak, at(a, 2000), true);
    ASSERT_TRUE(touched);
    EXPECT_EQ(FaultKind::oom, touched->failure) << "killed at its own fault";
    m.settle();
    EXPECT_FALSE(m.state.tasks->contains(leak));
    EXPECT_TRUE(m.state.tasks->contains(init) && m.state.tasks->contains(small));
    EXPECT_GT(m.free_pages(), 800u);
    EXPECT_EQ(1u, m.memory.stats.vm.oom_kill);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(OomKiller, AnotherProcessDiesForOneThatAsksForLittle) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    const Pid init = m.start();
    const Pid large = child(m, init), small = child(m, init);
    const VirtAddr a = map(m, large, 940), b = map(m, small, 100);
    (void)m.processes.touch(large, at(a, 940), true);
    ASSERT_TRUE(m.state.tasks->contains(large));
    const auto touched = m.processes.touch(small, at(b, 100), true);
    EXPECT_EQ(FaultKind::none, touched->failure);
    m.settle();
    EXPECT_FALSE(m.state.tasks->contains(large));
    EXPECT_TRUE(m.state.tasks->contains(small));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(OomKiller, PointsAreResidentSwappedAndTablePagesWithTheAdjustment) {
    MmMachine m;
    const Pid init = m.start();
    const Pid a = child(m, init), b = child(m, init);
    (void)m.processes.touch(a, at(map(m, a, 100), 100), true);
    auto worst = select_bad_process(m.state, m.managed);
    ASSERT_TRUE(worst);
    EXPECT_EQ(a, worst->pid);
    const Mm& mm = m.mm(a);
    EXPECT_EQ(static_cast<std::int64_t>(mm.resident() + mm.pgtables / page_size), worst->points);
    m.state.tasks.edit().at(b).oom_score_adj = 500;
    EXPECT_EQ(b, select_bad_process(m.state, m.managed)->pid);
    m.state.tasks.edit().at(b).oom_score_adj = -1000;
    m.state.tasks.edit().at(a).oom_score_adj = -1000;
    EXPECT_FALSE(select_bad_process(m.state, m.managed)) << "init is never";
}

}  // namespace
}  // namespace mm
