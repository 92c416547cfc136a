// SPDX-License-Identifier: GPL-3.0-or-later
// Random system calls with injected failures: after each one everything must add up, and at the end all comes back.
#include <gtest/gtest.h>

#include <iostream>

#include "engine/types/rng.h"
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

    void step() {
        if (m.state.tasks->empty()) {
            m_failing = false;
            m.start();
            m_failing = true;
            return;
        }
        const Pid pid = any_task();
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
        if (m_rng.chance(500))
            m.processes.sync();
        else
            m.processes.drop_caches();
    }
    void clean_up() {
        m_failing = false;
        while (!m.state.tasks->empty())
            ASSERT_TRUE(m.processes.exit(m.state.tasks->begin()->first));
        m.processes.sync();
        m.processes.drop_caches();
    }
    std::uint64_t failed = 0;

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
            r.file = m.processes.open(path(), 50 * page_size);
            if (r.file == no_id) return;
            r.shared = m_rng.chance(500);
            r.offset = m_rng.below(20) << page_shift;
        }
        if (m_rng.chance(200)) r.fixed = std::min(some_range(pid).start, m.state.layout.task_size - r.size);
        const auto at = m.processes.mmap(pid, r);
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
    void file() {
        const FileId id = m.processes.open(path(), 50 * page_size);
        if (id == no_id) return;
        const Bytes offset = m_rng.below(60 * page_size), size = 1 + m_rng.below(20 * page_size);
        note(m_rng.chance(600) ? m.processes.read(id, offset, size) : m.processes.write(id, offset, size));
    }
    std::string path() { return fmt::format("/file{}", m_rng.below(6)); }

    MmMachine& m;
    Rng m_rng;
    bool m_failing = true;
};

/// On 3 MiB in two nodes with 3 MiB of swap: memory runs short all the time, and out now and then.
void play(const RandomRun& run) {
    SCOPED_TRACE(run.seed_text);
    MmMachine m({{0, ZoneType::normal, {1024, 1408}}, {1, ZoneType::normal, {1408, 1792}}});
    m.set_watermarks(20, 40, 60);
    ASSERT_TRUE(swapon(m.context, "/dev/sda2", 800));
    Player player(m, run.seed);
    for (std::uint64_t i = 0; i < run.commands && !testing::Test::HasFatalFailure(); ++i) {
        player.step();
        m.settle();
        const Broken broken = m.check();
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i;
        if (i % 1024 == 0) {
            ASSERT_EQ(std::nullopt, m.memory.allocator.check());
        }
    }
    EXPECT_GT(player.failed, run.commands / 1000) << "nothing ran out";
    player.clean_up();
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(m.managed, m.free_pages());
    EXPECT_TRUE(m.state.anon_vmas->empty());
    EXPECT_GT(m.state.events.pswpout, 0u) << "nothing was swapped";
    EXPECT_GT(m.state.events.pgsteal_file, 0u) << "no file page was reclaimed";
    std::cout << fmt::format(
        "{}, {} commands, {} failed, {} pages to swap and {} back, {} file pages reclaimed, {} killed\n", run.seed_text,
        run.commands, player.failed, m.state.events.pswpout, m.state.events.pswpin, m.state.events.pgsteal_file,
        m.memory.stats.vm.oom_kill);
}

TEST(ProcessRandom, EverythingAddsUpAfterEachCommand) {
    const RandomRun run = test::random_run("PROCESS", 1500);
    for (std::uint64_t i = 0; i < 3; ++i)
        play(test::with_seed(run, run.seed + i));
}

}  // namespace
}  // namespace mm
