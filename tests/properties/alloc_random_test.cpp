// SPDX-License-Identifier: GPL-3.0-or-later
// A million random commands of the whole alloc_pages family on a tiny machine of two nodes and three CPUs, with
// per-CPU lists, references, splits, compaction, a reclaimer and an OOM killer that work or fail as they like. After
// each command check() re-derives everything, and a plainly right model is asked: which frames belong to a live block.
//
//      node 0   [Normal 0 .. 1023]   node 1   [Normal 1024 .. 2047]     CPU 0 1 on node 0, CPU 2 on node 1
//
// MMSCOPE_COMMANDS and MMSCOPE_SEED in the environment change count and seed, MMSCOPE_CHECK_EVERY after how many
// commands one looks (1).
#include <gtest/gtest.h>

#include <map>

#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/mempolicy.h"
#include "engine/page_alloc/undo_journal.h"
#include "engine/types/rng.h"
#include "tests/support/from_environment.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

using test::from_environment;

struct Block {
    Order order = 0;
    int refs = 1;
    bool compound = false;
    Gfp gfp = 0;
};

class AllocRandom : public testing::Test {
protected:
    static constexpr Pfn end = 2048;
    test::SmallMemory m{{{0, ZoneType::normal, {0, 1024}}, {1, ZoneType::normal, {1024, end}}}};
    std::map<Pfn, Block> live;  ///< by first frame
    MemoryPressure pressure;
    std::size_t moves_followed = 0;
    Rng rng{1};
    Nid il_prev = no_node;
    std::uint64_t moved = 0, reclaimed = 0, killed = 0;

    void SetUp() override {
        m.zones.cpu_node = {0, 0, 1};
        for (const Nid nid : {0, 1}) {
            Zone& zone = m.zone(ZoneType::normal, nid);
            zone.watermark = {12, 15, 18};
            zone.stat_threshold = 8;
            PerCpuPages lists;
            lists.batch = 7;
            lists.high = 31;
            zone.pcp.assign(3, lists);
        }
        pressure.reclaim = [this](const AllocRequest&) { return reclaim(); };
        pressure.reclaimable = [](const Zone& zone) { return zone.managed / 100; };
        pressure.oom = [this](const AllocRequest&) { return kill(); };
        m.allocator.set_pressure(&pressure);
    }

    /// What compaction has moved since the last look.
    void follow_moves() {
        const auto& moves = m.allocator.moved();
        for (; moves_followed < moves.size(); ++moves_followed) {
            const auto [from, to] = moves[moves_followed];
            const auto it = live.find(from);
            ASSERT_TRUE(it != live.end() && it->second.order == 0 && it->second.refs == 1)
                << "page " << from << " moved";
            ASSERT_TRUE(it->second.gfp & gfp::movable);
            ASSERT_EQ(live.count(to), 0u);
            live.emplace(to, it->second);
            live.erase(it);
            ++moved;
        }
    }
    std::map<Pfn, Block>::iterator any_live() {
        const auto it = live.lower_bound(rng.below(end));
        return it == live.end() ? live.begin() : it;
    }
    unsigned any_cpu() { return static_cast<unsigned>(rng.below(3)); }

    NrPages reclaim() {
        follow_moves();
        NrPages n = 0;
        for (std::uint64_t tries = rng.below(6); tries > 0 && !live.empty(); --tries) {
            const auto it = any_live();
            if (!(it->second.gfp & gfp::movable) || it->second.order != 0 || it->second.refs != 1) continue;
            EXPECT_TRUE(m.allocator.free_pages(it->first, 0, {}, any_cpu()));
            live.erase(it);
            ++n;
        }
        reclaimed += n;
        return n;
    }
    OomVerdict kill() {
        follow_moves();
        ++killed;
        if (rng.chance(300)) return OomVerdict::none;
        if (rng.chance(500)) return OomVerdict::self;
        for (int i = 0; i < 40 && !live.empty(); ++i)
            drop_all(any_live());
        return OomVerdict::other;
    }

    AllocRequest random_request() {
        const std::array<Gfp, 7> kinds{gfp::GFP_KERNEL,
                                       gfp::GFP_HIGHUSER_MOVABLE,
                                       gfp::GFP_HIGHUSER_MOVABLE,
                                       gfp::GFP_KERNEL | gfp::reclaimable,
                                       gfp::GFP_ATOMIC,
                                       gfp::GFP_TRANSHUGE,
                                       gfp::GFP_NOWAIT};
        AllocRequest r;
        while (r.order + 1 < m.profile.max_order && rng.chance(400))
            ++r.order;
        r.gfp = kinds[rng.below(kinds.size())] | gfp::nowarn;
        if (rng.chance(200)) r.gfp |= gfp::comp;
        if (rng.chance(30)) r.gfp |= gfp::memalloc;
        if (rng.chance(50)) r.gfp |= gfp::noretry;
        if (rng.chance(50)) r.gfp |= gfp::retry_mayfail;
        if (rng.chance(100)) r.gfp |= gfp::thisnode;
        r.nid = static_cast<Nid>(rng.below(2));
        r.cpu = any_cpu();
        return r;
    }

    void owned(Pfn pfn, Block block) {
        const auto next = live.lower_bound(pfn);
        ASSERT_TRUE(next == live.end() || next->first >= pfn + (Pfn{1} << block.order)) << "frame handed out twice";
        if (next != live.begin()) {
            const auto before = std::prev(next);
            ASSERT_LE(before->first + (Pfn{1} << before->second.order), pfn) << "frame handed out twice";
        }
        live.emplace(pfn, block);
    }

    void alloc() {
        AllocRequest r = random_request();
        moves_followed = 0;
        if (rng.chance(50)) return bulk(r);
        if (rng.chance(50)) return exact(r);
        const MemPolicy policy{static_cast<PolicyMode>(rng.below(4)), rng.below(4)};
        const std::uint64_t mask = policy.mode == PolicyMode::bind ? policy.nodes : 0;
        r = with_policy(r, policy, m.zones, il_prev);
        const std::optional<Pfn> pfn = m.allocator.alloc_pages(r);
        follow_moves();
        if (!pfn) return;
        const Nid nid = m.zones.frames_of(*pfn)->zone.nid;
        const bool must_obey = !(r.gfp & gfp::memalloc) && (r.gfp & gfp::direct_reclaim) && killed == 0;
        if ((r.gfp & gfp::thisnode) || (mask && must_obey)) {
            ASSERT_TRUE((r.gfp & gfp::thisnode) ? nid == r.nid : (mask >> nid & 1) != 0);
        }
        owned(*pfn, {r.order, 1, (r.gfp & gfp::comp) && r.order > 0, r.gfp});
    }
    void bulk(const AllocRequest& r) {
        const auto got = m.allocator.alloc_pages_bulk(r, 1 + rng.below(20));
        follow_moves();
        for (const Pfn p : got)
            owned(p, {0, 1, false, r.gfp});
    }
    void exact(const AllocRequest& r) {
        const NrPages n = 1 + rng.below(40);
        const auto got = m.allocator.alloc_pages_exact(r, n * page_size);
        follow_moves();
        ASSERT_TRUE(got);
        for (Pfn p = 0; *got && p < n; ++p)
            owned(**got + p, {0, 1, false, r.gfp});
    }

    void drop_all(std::map<Pfn, Block>::iterator it) {
        const auto [pfn, block] = *it;
        live.erase(it);
        for (int i = 0; i < block.refs; ++i) {
            const bool last = i + 1 == block.refs;
            EXPECT_TRUE(last ? m.allocator.free_pages(pfn, block.order, {}, any_cpu())
                             : m.allocator.put_page(pfn, {}, any_cpu()));
        }
    }
    void free() {
        const auto it = any_live();
        const auto [pfn, block] = *it;
        ASSERT_FALSE(m.allocator.free_pages(pfn, block.order + 1)) << "a wrong order is refused";
        if (block.refs == 1 || block.compound || block.order == 0) {
            ASSERT_TRUE(m.allocator.free_pages(pfn, block.order, {}, any_cpu()));
            if (--it->second.refs == 0) live.erase(it);
            return;
        }
        ASSERT_TRUE(m.allocator.free_pages(pfn, block.order, {}, any_cpu()));
        it->second.order = 0;  // only the first page is left
        --it->second.refs;
    }
    void touch() {
        const auto it = any_live();
        auto& [pfn, block] = *it;
        if (rng.chance(500)) {
            const Pfn tail = block.compound ? rng.below(Pfn{1} << block.order) : 0;
            ASSERT_TRUE(m.allocator.get_page(pfn + tail));
            ++block.refs;
        } else if (!block.compound && block.refs == 1) {
            const Block single{0, 1, false, block.gfp};
            const Pfn first = pfn, n = Pfn{1} << block.order;
            ASSERT_TRUE(m.allocator.split_page(first));
            for (Pfn p = first; p < first + n; ++p)
                live[p] = single;
        }
    }
    void housekeeping() {
        if (rng.chance(400)) return m.allocator.drain_pages(any_cpu());
        if (rng.chance(200)) return m.allocator.drain_all_pages();
        m.allocator.fold_vmstat(any_cpu());
    }
    void run_kswapds() {
        moves_followed = m.allocator.moved().size();
        for (Node& node : m.zones.nodes)
            if (node.kswapd_woken) run_kswapd({m.zones, m.pages, m.stats, m.profile}, node, &pressure, {});
    }

    /// Whatever may happen. bias: of 1000 commands so many allocate.
    void command(std::uint64_t bias) {
        if (rng.chance(20))
            housekeeping();
        else if (live.empty() || rng.chance(static_cast<unsigned>(bias)))
            alloc();
        else if (rng.chance(80))
            touch();
        else
            free();
        run_kswapds();
    }

    /// All that commands change.
    struct Moment {
        std::size_t commands;
        Zones zones;
        AllocStats stats;
        FrozenPages pages;
        std::map<Pfn, Block> live;
        Nid il_prev;
    };
    Moment now(std::size_t commands) { return {commands, m.zones, m.stats, m.pages.freeze(), live, il_prev}; }
    void expect_like(const Moment& then) {
        ASSERT_EQ(m.allocator.check(), std::nullopt);
        ASSERT_TRUE(m.stats == then.stats);
        ASSERT_TRUE(m.zones == then.zones) << "lists, counters and pageblocks";
        ASSERT_EQ(m.pages.freeze().hash(), then.pages.hash()) << "frames, and so the order of the lists";
    }

    void compare() {
        const Broken broken = m.allocator.check();
        ASSERT_EQ(broken, std::nullopt);
        NrPages used = 0, elsewhere = 0;
        for (const auto& [pfn, block] : live) {
            ASSERT_EQ(m.pages.order(pfn), block.order) << "block " << pfn;
            ASSERT_EQ(m.pages.refcount(pfn), block.refs) << "block " << pfn;
            ASSERT_EQ(state_of(m.pages.state(pfn)), PageState::allocated) << "block " << pfn;
            used += NrPages{1} << block.order;
        }
        for (const Nid nid : {0, 1}) {
            const Zone& zone = m.zone(ZoneType::normal, nid);
            elsewhere += zone.free_pages;
            for (const PerCpuPages& pcp : zone.pcp) {
                elsewhere += pcp.count;
                ASSERT_LE(std::abs(pcp.free_diff), 8);
            }
        }
        ASSERT_EQ(used + elsewhere, end) << "every frame is in use, free or waits for a CPU";
    }
};

TEST_F(AllocRandom, EveryFrameHasOneOwnerAfterEachCommand) {
    const std::uint64_t commands = from_environment("MMSCOPE_COMMANDS", 1000000);
    const std::uint64_t seed = from_environment("MMSCOPE_SEED", 20261124);
    std::printf("%llu commands, seed %llu\n", static_cast<unsigned long long>(commands),
                static_cast<unsigned long long>(seed));
    rng = Rng(seed);
    const std::uint64_t every = from_environment("MMSCOPE_CHECK_EVERY", 1);
    std::uint64_t bias = 500;
    for (std::uint64_t i = 0; i < commands; ++i) {
        if (i % 2048 == 0) bias = 350 + rng.below(400);  // now nearly full, now nearly empty
        command(bias);
        if ((i + 1) % every == 0) compare();
        if (HasFailure()) FAIL() << "at command " << i << ", seed " << seed;
    }
    while (!live.empty())
        drop_all(live.begin());
    m.allocator.drain_all_pages();
    compare();
    EXPECT_EQ(m.zone(ZoneType::normal, 0).free_pages, 1024u);
    EXPECT_GT(moved, commands / 1000) << "compaction was at work";
    EXPECT_GT(reclaimed, commands / 1000);
    EXPECT_GT(killed, 0u);
    EXPECT_GT(m.stats.failures, 0u);
}

/// Forward with a look every 500 commands; from each of these a few commands forward and back; then back through all.
TEST_F(AllocRandom, GoesBackToEachMoment) {
    const std::uint64_t commands = from_environment("MMSCOPE_COMMANDS", 200000);
    rng = Rng(from_environment("MMSCOPE_SEED", 20261125));
    UndoJournal journal({m.zones, m.pages, m.stats, m.profile});
    std::vector<Moment> moments;
    std::uint64_t bias = 500;
    const auto do_one = [&] {
        command(bias);
        journal.end_command();
    };
    while (journal.commands() < commands) {
        if (journal.commands() % 2000 == 0) bias = 350 + rng.below(400);
        if (journal.commands() % 500 == 0) {
            moments.push_back(now(journal.commands()));
            for (std::uint64_t n = rng.below(40); n > 0; --n)
                do_one();
            while (journal.commands() > moments.back().commands)
                journal.undo_command();
            expect_like(moments.back());
            live = moments.back().live;
            il_prev = moments.back().il_prev;
            if (HasFailure()) FAIL() << "at command " << journal.commands();
        }
        do_one();
    }
    std::printf("%zu bytes of history, %.1f a command\n", journal.bytes(),
                static_cast<double>(journal.bytes()) / static_cast<double>(commands));
    for (; !moments.empty(); moments.pop_back()) {
        while (journal.commands() > moments.back().commands)
            journal.undo_command();
        expect_like(moments.back());
        if (HasFailure()) FAIL() << "back at command " << journal.commands();
    }
    EXPECT_EQ(journal.bytes(), 0u);
    EXPECT_GT(moved, commands / 1000) << "compaction was at work";
}

}  // namespace
}  // namespace mm
