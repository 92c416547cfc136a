// SPDX-License-Identifier: GPL-3.0-or-later
// Random system calls with injected failures: after each one everything must add up, and at the end all comes back.
#include <gtest/gtest.h>

#include <iostream>

#include "engine/mm/hugetlb.h"
#include "engine/mm/memory_failure.h"
#include "engine/mm/page_idle.h"
#include "engine/types/rng.h"
#include "engine/vmscan/shrinkers.h"
#include "tests/support/mm_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::MmMachine;
using test::RandomRun;

class Player {
public:
    Player(MmMachine& machine, std::uint64_t seed) : m(machine), m_rng(seed) {
        m.faults.pages = [this] { return m_failing && m_rng.chance(10); };
        m.descriptor_fails = [this] { return m_failing && m_rng.chance(10); };
    }

    /// Large areas, advice on them, and settings that change.
    void use_huge_pages() { m_huge = true; }

    void step() {
        if (m.state.tasks->empty()) {
            m_failing = false;
            m.start();
            m_failing = true;
            return;
        }
        const Pid pid = any_task();
        if (m_huge && m_rng.chance(400)) return huge(pid);
        const std::uint64_t dice = m_rng.below(100);
        if (dice < 40) return touch(pid);
        if (dice < 52) return map(pid);
        if (dice < 57) return (void)m.processes.munmap(pid, some_range(pid));
        if (dice < 66) return (void)m.processes.mprotect(pid, some_range(pid), m_rng.chance(600) ? rw : vma::read);
        if (dice < 69) return (void)m.processes.mlock(pid, some_range(pid), m_rng.chance(400));
        if (dice < 75) return heap(pid);
        if (dice < 80 && m.state.tasks->size() < 12) return note(m.processes.fork(pid));
        if (dice < 81) return exec(pid);
        if (dice < 83 && m.state.tasks->size() > 1) return (void)m.processes.exit(pid);
        if (dice < 97) return file();
        if (m_rng.chance(400)) return frame();
        if (m_rng.chance(500))
            m.processes.sync();
        else
            drop();
    }
    /// Pages of files, and every second time names and inodes.
    void drop() {
        m.processes.drop_caches();
        if (m.state.events.drop_pagecache % 2 == 0) drop_slab(m.context);
    }
    void clean_up() {
        m_failing = false;
        while (!m.state.tasks->empty())
            ASSERT_TRUE(m.processes.exit(m.state.tasks->begin()->first));
        m.processes.sync();
        m.processes.drop_caches();
        EXPECT_EQ(0u, m.state.hugetlb.resv);
        Hugetlb(m.context).set_nr_hugepages(m.state.hugetlb.nr());  // nothing is surplus
        EXPECT_EQ(0u, Hugetlb(m.context).set_nr_hugepages(0));
    }
    std::vector<VirtAddr> hugetlb_at;
    std::uint64_t refused = 0;  ///< SIGBUS: the pool had none
    /// All poisoned frames may be used again: as many as are nobody's.
    void unpoison_all() {
        for (Pfn p = 0; p < m.memory.pages.end_pfn(); ++p)
            if (m.memory.pages.flags(p) & pg_hwpoison) {
                ASSERT_TRUE(unpoison_memory(m.context, p));
            }
    }
    std::uint64_t failed = 0, poisoned = 0, moved = 0;

private:
    static constexpr VmaFlags rw = vma::read | vma::write;

    Pid any_task() {
        return std::next(m.state.tasks->begin(), static_cast<long>(m_rng.below(m.state.tasks->size())))->first;
    }
    const Vma* any_area(Pid pid) {
        const Mm* mm = m.state.mm_of(pid);
        if (!mm || mm->areas.empty()) return nullptr;
        return &std::next(mm->areas.begin(), static_cast<long>(m_rng.below(mm->areas.size())))->second;
    }
    VirtRange some_range(Pid pid) {
        const Vma* area = any_area(pid);
        if (!area) return {0x10000, 0x20000};
        const NrPages pages = area->range.size() >> page_shift, first = m_rng.below(pages);
        const VirtAddr start = area->range.start + (first << page_shift);
        return {start, start + ((1 + m_rng.below(2 * pages)) << page_shift)};
    }
    template<class Answer>
    void note(const Outcome<Answer>& answer) {
        ASSERT_TRUE(answer) << answer.error().text();
        if (!*answer) ++failed;
    }
    void touch(Pid pid) {
        VirtRange r = some_range(pid);
        r.end = std::min(r.end, r.start + 24 * page_size);
        const auto touched = m.processes.touch(pid, r, m_rng.chance(600));
        ASSERT_TRUE(touched);
        if (touched->failure == FaultKind::oom) ++failed;
    }
    void map(Pid pid) {
        MmapRequest r;
        r.size = (1 + m_rng.below(150)) << page_shift;
        r.access = m_rng.chance(800) ? rw : vma::read | vma::exec;
        if (m_rng.chance(400)) {
            r.file = open_file();
            if (r.file == no_id) return;
            r.shared = m_rng.chance(500);
            r.offset = m_rng.below(20) << page_shift;
        }
        if (m_rng.chance(200)) r.fixed = std::min(some_range(pid).start, m.state.layout.task_size - r.size);
        const auto at = m.processes.mmap(pid, r);
        if (!at && r.fixed) return;  // it would cut a huge page
        note(at);
        if (!at || !*at || (r.access & vma::exec)) return;
        const auto touched = m.processes.touch(pid, {**at, **at + r.size}, m_rng.chance(700));
        if (touched && touched->failure == FaultKind::oom) ++failed;
    }
    void heap(Pid pid) {
        const Mm* mm = m.state.mm_of(pid);
        if (!mm) return;
        const VirtAddr end = mm->start_brk + m_rng.below(60 * page_size);
        const auto at = m.processes.brk(pid, end);
        ASSERT_TRUE(at);
    }
    void exec(Pid pid) {
        note(m.processes.exec(pid, make_program(path(), {m_rng.below(40000), m_rng.below(20000), m_rng.below(30000)}),
                              nullptr));
    }
    /// The pool grows and shrinks; areas of it are mapped, touched, forked and cut.
    void by_name(Pid pid) {
        const Bytes unit = m.state.hpage_nr() << page_shift;
        const std::uint64_t dice = m_rng.below(100);
        if (dice < 25) return (void)Hugetlb(m.context).set_nr_hugepages(m_rng.below(7));
        if (dice < 60) {
            MmapRequest r{(1 + m_rng.below(3)) * unit, m_rng.chance(800) ? rw : vma::read, false, no_id, 0, 0, true};
            const auto at = m.processes.mmap(pid, r);
            note(at);
            if (at && *at) hugetlb_at.push_back(**at);
            return;
        }
        if (hugetlb_at.empty()) return;
        const VirtAddr at = hugetlb_at[m_rng.below(hugetlb_at.size())] + m_rng.below(3) * unit;
        if (dice < 85) {
            const auto touched = m.processes.touch(pid, {at, at + 2 * page_size}, m_rng.chance(700));
            ASSERT_TRUE(touched);
            refused += touched->failure == FaultKind::bus;
        } else if (dice < 93) {
            (void)m.processes.munmap(pid, {at, at + (m_rng.chance(800) ? unit : page_size)});
        } else if (dice < 96) {
            (void)m.processes.madvise(pid, {at, at + unit}, Advice::dontneed);
        } else if (m.state.tasks->size() < 12) {
            note(m.processes.fork(pid));
        }
    }
    void huge(Pid pid) {
        if (m_rng.chance(350)) return by_name(pid);
        const std::uint64_t dice = m_rng.below(100);
        if (dice < 30) {
            MmapRequest r;
            r.size = (1 + m_rng.below(3 * m.state.hpage_nr())) << page_shift;
            r.access = m_rng.chance(900) ? rw : vma::read;
            const auto at = m.processes.mmap(pid, r);
            note(at);
            if (!at || !*at) return;
            const bool writes = (r.access & vma::write) && m_rng.chance(700);
            const Bytes step = m.state.hpage_nr() << page_shift;
            for (VirtAddr a = align_up(**at, step) + m_rng.below(step); a < **at + r.size; a += step)
                (void)m.processes.touch(pid, {a, a + 3 * page_size}, writes);
        } else if (dice < 60) {
            constexpr std::array advices{Advice::dontneed, Advice::hugepage, Advice::nohugepage};
            (void)m.processes.madvise(pid, some_range(pid), advices[m_rng.below(advices.size())]);
        } else if (dice < 75) {
            (void)m.processes.munmap(pid, some_range(pid));
        } else if (dice < 85) {
            m.processes.sync();
            m.processes.drop_caches();
            if (m.state.tasks->size() > 1) (void)m.processes.exit(pid);
        } else if (dice < 90) {
            (void)m.processes.fork(pid);
        } else {
            ThpSettings& s = m.state.thp.settings;
            s.enabled = static_cast<ThpEnabled>(m_rng.below(2));
            s.defrag = static_cast<ThpDefrag>(m_rng.below(5));
            s.use_zero_page = m_rng.chance(800);
        }
    }
    /// Frames fail, or are left before they do; some come back. Most of the memory has to stay.
    void frame() {
        const PfnRange all = m.frames();
        const Pfn p = all.start + m_rng.below(all.size());
        const std::uint64_t dice = m_rng.below(100);
        if (dice < 35 && m.memory.stats.poisoned < all.size() / 50) {
            ASSERT_TRUE(memory_failure(m.context, p));
            ++poisoned;
        } else if (dice < 60 && m.memory.stats.poisoned < all.size() / 50) {
            const auto done = soft_offline_page(m.context, p);
            ASSERT_TRUE(done);
            moved += *done;
        } else if (dice < 80) {
            unpoison_all();
        } else if (dice < 90) {
            mark_idle(m.context, all);
        } else {
            (void)count_idle(m.context, all);
        }
    }
    void file() {
        const FileId id = open_file();
        if (id == no_id) return;
        const Bytes offset = m_rng.below(60 * page_size), size = 1 + m_rng.below(20 * page_size);
        note(m_rng.chance(600) ? m.processes.read(id, offset, size) : m.processes.write(id, offset, size));
    }
    std::string path() { return fmt::format("/file{}", m_rng.below(6)); }
    /// One in three is a server's.
    FileId open_file() {
        const std::string name = path();
        return m.processes.open(name, 50 * page_size, name < "/file2");
    }

    MmMachine& m;
    Rng m_rng;
    bool m_failing = true, m_huge = false;
};

void run_commands(Player& player, MmMachine& m, const RandomRun& run) {
    for (std::uint64_t i = 0; i < run.commands && !testing::Test::HasFatalFailure(); ++i) {
        player.step();
        m.settle();
        const Broken broken = m.check();
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i;
        if (i % 1024 == 0) {
            ASSERT_EQ(std::nullopt, m.memory.allocator.check());
        }
    }
}

/// On 3 MiB in two nodes with 3 MiB of swap: memory runs short all the time, and out now and then.
void play(const RandomRun& run) {
    SCOPED_TRACE(run.seed_text);
    MmMachine m({{0, ZoneType::normal, {1024, 1408}}, {1, ZoneType::normal, {1408, 1792}}});
    m.set_watermarks(20, 40, 60);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 800));
    Player player(m, run.seed);
    run_commands(player, m, run);
    EXPECT_GT(player.failed, run.commands / 1000) << "nothing ran out";
    player.clean_up();
    EXPECT_EQ(std::nullopt, m.check());
    player.unpoison_all();
    EXPECT_EQ(0u, m.memory.stats.poisoned);
    EXPECT_EQ(m.managed, m.free_pages());
    EXPECT_GT(player.poisoned, 0u);
    EXPECT_GT(player.moved, 0u);
    EXPECT_TRUE(m.state.anon_vmas->empty());
    EXPECT_GT(m.state.events.pswpout, 0u) << "nothing was swapped";
    EXPECT_GT(m.state.events.pgsteal_file, 0u) << "no file page was reclaimed";
    std::cout << fmt::format(
        "{}, {} commands, {} failed, {} pages to swap and {} back, {} file pages reclaimed, {} killed\n", run.seed_text,
        run.commands, player.failed, m.state.events.pswpout, m.state.events.pswpin, m.state.events.pgsteal_file,
        m.memory.stats.vm.oom_kill);
}

/// On 20 or 40 MiB in two nodes, where some huge pages fit and most do not. refused: how often the pool had none.
void play_huge(const RandomRun& run, PagingMode paging, std::uint64_t& refused) {
    SCOPED_TRACE(run.seed_text);
    const NrPages half = paging == PagingMode::i386 ? 5120 : 2560;
    MmMachine m({{0, ZoneType::normal, {1024, 1024 + half}}, {1, ZoneType::normal, {1024 + half, 1024 + 2 * half}}}, 1,
                paging, ThpEnabled::always);
    m.set_watermarks(20, 40, 60);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 2 * half));
    Player player(m, run.seed);
    player.use_huge_pages();
    run_commands(player, m, run);
    player.clean_up();
    player.unpoison_all();
    EXPECT_EQ(std::nullopt, m.check());
    const NrPages zero = m.state.thp.zero_page == no_pfn ? 0 : m.state.hpage_nr();
    EXPECT_EQ(m.managed, m.free_pages() + zero) << "the page of zeros waits for reclaim";
    const MmEvents& e = m.state.events;
    EXPECT_GT(e.thp_fault_alloc, 0u);
    EXPECT_GT(e.thp_fault_fallback, 0u);
    EXPECT_GT(e.thp_split_pmd, 0u);
    EXPECT_GT(e.thp_split_page, 0u);
    EXPECT_GT(e.pswpout, 0u) << "nothing was swapped";
    refused += player.refused;
    std::cout << fmt::format(
        "{}, {}, {} commands, {} failed, {} huge pages, {} fallbacks, {} PMDs and {} pages split, {} not, {} "
        "deferred, {} zero pages, {} pages to swap, {} killed, {} for the pool, {} refused by it\n",
        run.seed_text, name_of(paging), run.commands, player.failed, e.thp_fault_alloc, e.thp_fault_fallback,
        e.thp_split_pmd, e.thp_split_page, e.thp_split_page_failed, e.thp_deferred_split_page, e.thp_zero_page_alloc,
        e.pswpout, m.memory.stats.vm.oom_kill, m.state.hugetlb.buddy_success, player.refused);
}

TEST(ProcessRandom, HugePagesAddUpAfterEachCommand) {
    const RandomRun run = test::random_run("PROCESS", 1500);
    std::uint64_t refused = 0;
    for (const PagingMode paging : {PagingMode::x86_64, PagingMode::i386_pae, PagingMode::i386, PagingMode::arm64})
        play_huge(run, paging, refused);
    EXPECT_GT(refused, 0u);
}

TEST(ProcessRandom, EverythingAddsUpAfterEachCommand) {
    const RandomRun run = test::random_run("PROCESS", 1500);
    for (std::uint64_t i = 0; i < 3; ++i)
        play(test::with_seed(run, run.seed + i));
}

}  // namespace
}  // namespace mm
