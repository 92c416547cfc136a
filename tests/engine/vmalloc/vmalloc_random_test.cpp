// SPDX-License-Identifier: GPL-3.0-or-later
// Random commands with injected failures: after each one everything must add up, and at the end all comes back.
#include <gtest/gtest.h>

#include "engine/types/rng.h"
#include "tests/engine/vmalloc/vmalloc_machine.h"
#include "tests/support/random_run.h"

namespace mm {
namespace {

using test::RandomRun;
using test::VmallocMachine;

class Player {
public:
    Player(VmallocMachine& machine, std::uint64_t seed, unsigned cpus) : m(machine), m_rng(seed), m_cpus(cpus) {
        m.faults.pages = [this] { return m_failing && m_rng.chance(20); };
        m.faults.tables = m.faults.pages;
        m.descriptor_fails = [this] { return m_failing && m_rng.chance(20); };
    }

    void step() {
        const std::uint64_t dice = m_rng.below(1000);
        if (dice < 5)
            m.vmalloc.vm_unmap_aliases(cpu());
        else if (dice < 10)
            m_growing = !m_growing;
        else if (m_rng.chance(m_growing ? 650 : 350))
            allocate();
        else
            release();
    }
    void clean_up() {
        m_failing = false;
        while (!m_areas.empty())
            release();
        for (const Pfn p : m_pages)
            ASSERT_TRUE(m.memory.allocator.free_pages(p, 0));
        m_pages.clear();
        m.vmalloc.vm_unmap_aliases();
    }
    NrPages others() const { return m_pages.size(); }
    std::uint64_t failed = 0;

private:
    struct Area {
        VirtAddr at;
        VmFlags kind;
    };

    unsigned cpu() { return static_cast<unsigned>(m_rng.below(m_cpus)); }
    VmRequest request() {
        VmRequest r;
        r.gfp = m_rng.chance(500) ? gfp::GFP_KERNEL : gfp::GFP_KERNEL | gfp::noretry | gfp::zero;
        r.cpu = cpu();
        if (m_rng.chance(200)) r.nid = static_cast<Nid>(m_rng.below(2));
        return r;
    }
    void keep(const Outcome<std::optional<VirtAddr>>& answer, VmFlags kind) {
        ASSERT_TRUE(answer) << answer.error().text();
        if (*answer)
            m_areas.push_back({**answer, kind});
        else
            ++failed;
    }
    void allocate() {
        const std::uint64_t dice = m_rng.below(100);
        if (dice < 3) return keep(m.vmalloc.vmalloc(phys_of(513 + m_rng.below(200)), request()), vm::alloc);
        if (dice < 60) return keep(m.vmalloc.vmalloc(1 + m_rng.below(20 * page_size), request()), vm::alloc);
        if (dice < 85)
            return keep(m.vmalloc.ioremap(0xfd000000 + m_rng.below(MiB), 1 + m_rng.below(64 * page_size), request()),
                        vm::ioremap);
        if (m_pages.size() < 20)
            if (const auto p = m.memory.allocator.alloc_pages({})) m_pages.push_back(*p);
        if (!m_pages.empty()) keep(m.vmalloc.vmap({m_pages.front(), m_pages.back()}, request()), vm::map);
    }
    void release() {
        if (m_areas.empty()) return;
        const std::size_t i = m_rng.below(m_areas.size());
        const Area area = m_areas[i];
        m_areas[i] = m_areas.back();
        m_areas.pop_back();
        const auto gone = area.kind == vm::alloc ? m.vmalloc.vfree(area.at, cpu())
                          : area.kind == vm::map ? m.vmalloc.vunmap(area.at, cpu())
                                                 : m.vmalloc.iounmap(area.at, cpu());
        ASSERT_TRUE(gone) << gone.error().text();
        EXPECT_FALSE(m.vmalloc.vfree(align_down(area.at, page_size))) << "twice";
    }

    VmallocMachine& m;
    Rng m_rng;
    const unsigned m_cpus;
    bool m_failing = true, m_growing = true;
    std::vector<Area> m_areas;
    std::vector<Pfn> m_pages;
};

/// On 2 nodes of 6 MiB, 3 CPUs and a window of 16 MiB: memory, window and descriptors run out now and then.
void play(const RandomRun& run) {
    SCOPED_TRACE(run.seed_text);
    VmallocMachine m({{0, ZoneType::normal, {1024, 2560}}, {1, ZoneType::normal, {2560, 4096}}}, 4096, 3);
    m.memory.zones.cpu_node = {0, 1, 1};
    Player player(m, run.seed, 3);
    for (std::uint64_t i = 0; i < run.commands && !testing::Test::HasFatalFailure(); ++i) {
        player.step();
        const Broken broken = m.check(player.others());
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i;
        if (i % 1024 == 0) {
            ASSERT_EQ(std::nullopt, m.memory.allocator.check());
        }
    }
    EXPECT_GT(player.failed, run.commands / 1000) << "nothing ran out";
    player.clean_up();
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(m.state.free->size(), 1u) << "all addresses are one stretch again";
    EXPECT_EQ(m.state.pages, 0u);
    std::cout << run.seed_text << ", " << run.commands << " commands, " << player.failed << " failed\n";
}

TEST(VmallocRandom, EverythingAddsUpAfterEachCommand) {
    const RandomRun run = test::random_run("VMALLOC", 4000);
    for (std::uint64_t i = 0; i < 3; ++i)
        play(test::with_seed(run, run.seed + i));
}

/// A tree of stretches against a plain map: same areas, same lowest place for page alignment.
TEST(VmallocRandom, TheTreeIsAsGoodAsALookAtAllStretches) {
    const RandomRun run = test::random_run("VMALLOC", 20000);
    SCOPED_TRACE(run.seed_text);
    Rng rng(run.seed);
    FreeTree tree;
    tree.add({{page_size, phys_of(NrPages{4096})}, 0});
    std::vector<VirtRange> taken;
    for (std::uint64_t i = 0; i < run.commands; ++i) {
        if (rng.chance(500) || taken.empty()) {
            const Bytes size = phys_of(1 + rng.below(40));
            const auto id = tree.lowest_match(size, 1, page_size, false);
            VirtAddr lowest = 0;
            for (auto n = tree.first(); n != FreeTree::none && lowest == 0; n = tree.next(n))
                if (tree.area(n).range.size() >= size) lowest = tree.area(n).range.start;
            ASSERT_EQ(lowest, id == FreeTree::none ? 0 : tree.area(id).range.start);
            if (id == FreeTree::none) continue;
            const VirtRange whole = tree.area(id).range;
            const VirtAddr at =
                rng.chance(700) ? whole.start : whole.start + phys_of(rng.below(pfn_down(whole.size() - size) + 1));
            tree.cut(id, at, size, [] { return PhysAddr{0}; });
            taken.push_back({at, at + size});
        } else {
            const std::size_t k = rng.below(taken.size());
            tree.add({taken[k], 0});
            taken[k] = taken.back();
            taken.pop_back();
        }
        const Broken broken = tree.check();
        ASSERT_EQ(std::nullopt, broken) << *broken;
    }
    for (const VirtRange& r : taken)
        tree.add({r, 0});
    EXPECT_EQ(tree.size(), 1u);
}

}  // namespace
}  // namespace mm
