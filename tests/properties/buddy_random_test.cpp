// SPDX-License-Identifier: GPL-3.0-or-later
// A million random allocations and frees on a tiny machine, after each of which check() re-derives everything and a
// slow, plainly right model says what must be: a set of free blocks a zone, cut and joined by definition.
//
//      node 0   [DMA 0 .. 511][Normal 512 .. 2047]
//
// MMSCOPE_COMMANDS and MMSCOPE_SEED in the environment change count and seed.
#include <gtest/gtest.h>

#include <set>

#include "engine/types/rng.h"
#include "tests/support/from_environment.h"
#include "tests/support/small_memory.h"

namespace mm {
namespace {

constexpr unsigned max_order = 11;

using test::from_environment;

/// A zone's free memory as a set of blocks. Two free buddies are one block; that is all there is to it.
class ZoneModel {
public:
    explicit ZoneModel(PfnRange zone) : m_zone(zone) {
        for (Pfn p = zone.start; p < zone.end; ++p)
            give(p, 0);
    }
    PfnRange zone() const { return m_zone; }
    NrPages free_pages() const { return m_pages; }
    NrPages blocks(Order order) const { return m_count[order]; }
    const std::set<std::pair<Pfn, Order>>& free_blocks() const { return m_free; }
    bool has(Order order) const {
        for (Order o = order; o < max_order; ++o)
            if (m_count[o]) return true;
        return false;
    }

    void give(Pfn p, Order order) {
        m_pages += NrPages{1} << order;
        for (; order + 1 < max_order; ++order) {
            const Pfn buddy = p ^ (Pfn{1} << order);
            if (!m_free.count({buddy, order})) break;
            erase(buddy, order);
            p = std::min(p, buddy);
        }
        insert(p, order);
    }
    /// Takes a block out of wherever it lies in free memory; false if part of it is not free.
    bool carve(Pfn p, Order order) {
        auto it = m_free.upper_bound({p, max_order});
        if (it == m_free.begin()) return false;
        auto [start, o] = *--it;
        if (o < order || p + (Pfn{1} << order) > start + (Pfn{1} << o)) return false;
        erase(start, o);
        while (o > order) {
            --o;
            const Pfn middle = start + (Pfn{1} << o);
            insert(p < middle ? middle : start, o);
            if (p >= middle) start = middle;
        }
        m_pages -= NrPages{1} << order;
        return true;
    }
    /// False if p does not start a free block that is large enough.
    bool take(Pfn p, Order order) {
        const auto it = m_free.lower_bound({p, 0});
        if (it == m_free.end() || it->first != p || it->second < order) return false;
        Order o = it->second;
        erase(p, o);
        while (o > order) {
            --o;
            insert(p + (Pfn{1} << o), o);
        }
        m_pages -= NrPages{1} << order;
        return true;
    }

private:
    void insert(Pfn p, Order o) {
        m_free.insert({p, o});
        ++m_count[o];
    }
    void erase(Pfn p, Order o) {
        m_free.erase({p, o});
        --m_count[o];
    }
    PfnRange m_zone;
    std::set<std::pair<Pfn, Order>> m_free;
    std::array<NrPages, max_order> m_count{};
    NrPages m_pages = 0;
};

struct Live {
    Pfn pfn;
    Order order;
};

class BuddyRandom : public testing::Test {
protected:
    static constexpr PfnRange dma{0, 512}, normal{512, 2048};
    test::SmallMemory m{{{0, ZoneType::dma, dma}, {0, ZoneType::normal, normal}}};
    std::array<ZoneModel, 2> model{ZoneModel(dma), ZoneModel(normal)};
    std::vector<Live> live;
    NrPages target = 1000;
    std::uint64_t stalls = 0;
    Rng rng{1};

    void SetUp() override {
        m.zone(ZoneType::dma).watermark = {4, 5, 6};
        m.zone(ZoneType::dma).lowmem_reserve[static_cast<std::size_t>(ZoneType::normal)] = 16;
        m.zone(ZoneType::dma).lowmem_reserve[static_cast<std::size_t>(ZoneType::highmem)] = 16;
        m.zone(ZoneType::dma).lowmem_reserve[static_cast<std::size_t>(ZoneType::movable)] = 16;
        m.zone(ZoneType::normal).watermark = {12, 15, 18};
    }
    Zone& zone(std::size_t i) { return m.zone(i == 0 ? ZoneType::dma : ZoneType::normal); }
    ZoneModel& model_of(Pfn p) { return model[normal.contains(p)]; }
    NrPages free_pages() const { return model[0].free_pages() + model[1].free_pages(); }

    /// May the zone serve, with only its min watermark kept? held: pages of the highatomic reserve, which others than
    /// atomic requests must leave alone even where they are in use.
    bool serves(std::size_t i, const AllocRequest& r, NrPages held = 0) {
        if (i == 1 && (r.gfp & gfp::dma)) return false;
        const bool low = i == 0 && !(r.gfp & gfp::dma);  // could have gone higher
        std::int64_t keep = i == 0 ? 4 : 12;
        if (r.gfp & gfp::high) keep -= keep / 2;
        if ((r.gfp & gfp::high) && !(r.gfp & gfp::direct_reclaim)) keep -= keep / 4;
        if (r.gfp & gfp::high) held = 0;
        const auto spare = static_cast<std::int64_t>(model[i].free_pages()) - static_cast<std::int64_t>(held) -
                           ((std::int64_t{1} << r.order) - 1) - keep;
        return spare > (low ? 16 : 0) && model[i].has(r.order);
    }

    AllocRequest random_request() {
        AllocRequest r;
        r.order = 0;
        while (r.order + 1 < max_order && rng.chance(450))
            ++r.order;
        const std::array<Gfp, 5> kinds{gfp::GFP_KERNEL, gfp::GFP_HIGHUSER_MOVABLE, gfp::GFP_KERNEL | gfp::reclaimable,
                                       gfp::GFP_ATOMIC, gfp::GFP_KERNEL | gfp::dma};
        r.gfp = kinds[rng.below(kinds.size())];
        if (rng.chance(200)) r.gfp |= gfp::comp;
        return r;
    }

    void alloc() {
        const AllocRequest r = random_request();
        const bool expected = serves(0, r) || serves(1, r);
        const bool certain =
            serves(0, r, zone(0).nr_reserved_highatomic) || serves(1, r, zone(1).nr_reserved_highatomic);
        const std::optional<Pfn> p = m.allocator.alloc_pages(r);
        const auto& moves = m.allocator.moved();
        for (const PageMove& move : moves)
            follow(move);
        const bool compacted = m.stats.vm.compact_stall != std::exchange(stalls, m.stats.vm.compact_stall);
        if (compacted && !expected) {  // compaction may make what was not there
            if (!p) return;
            ASSERT_TRUE(model_of(*p).carve(*p, r.order)) << "pfn " << *p << " order " << r.order << " was not free";
            live.push_back({*p, r.order});
            return;
        }
        if (!p && !certain) return;  // the reserve's pageblock has no free page on its own list: it stays reserved
        ASSERT_EQ(p.has_value(), expected) << gfp_text(r.gfp) << " order " << r.order;
        if (!p) return;
        ASSERT_TRUE(serves(normal.contains(*p), r)) << "from a zone that may not serve it";
        ASSERT_TRUE(model_of(*p).take(*p, r.order)) << "pfn " << *p << " order " << r.order << " was not free";
        live.push_back({*p, r.order});
    }

    void follow(const PageMove& move) {
        const auto it = std::find_if(live.begin(), live.end(), [&](const Live& b) { return b.pfn == move.from; });
        ASSERT_TRUE(it != live.end() && it->order == 0) << "only single pages move";
        ASSERT_TRUE(model_of(move.to).carve(move.to, 0)) << "to a free page";
        model_of(move.from).give(move.from, 0);
        it->pfn = move.to;
    }

    void free() {
        const std::size_t at = rng.below(live.size());
        const Live b = live[at];
        live[at] = live.back();
        live.pop_back();
        ASSERT_FALSE(m.allocator.free_pages(b.pfn, b.order + 1)) << "a wrong order is refused";
        if (b.order > 0 && rng.chance(50) && m.allocator.split_page(b.pfn)) {
            for (Pfn p = b.pfn; p < b.pfn + (Pfn{1} << b.order); ++p)
                live.push_back({p, 0});
            return;
        }
        ASSERT_TRUE(m.allocator.free_pages(b.pfn, b.order));
        model_of(b.pfn).give(b.pfn, b.order);
    }

    void compare(bool all_blocks) {
        ASSERT_EQ(m.allocator.check(), std::nullopt);
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_EQ(zone(i).free_pages, model[i].free_pages());
            for (Order o = 0; o < max_order; ++o)
                ASSERT_EQ(zone(i).free_area[o].nr_free, model[i].blocks(o));
            if (!all_blocks) continue;
            for (const auto& [p, order] : model[i].free_blocks())
                ASSERT_TRUE(m.pages.free_head(p) && m.pages.order(p) == order) << "free block " << p;
        }
    }
};

TEST_F(BuddyRandom, AgreesWithASetOfBlocksAfterEachCommand) {
    const std::uint64_t commands = from_environment("MMSCOPE_COMMANDS", 1000000);
    const std::uint64_t seed = from_environment("MMSCOPE_SEED", 20240719);
    std::printf("%llu commands, seed %llu\n", static_cast<unsigned long long>(commands),
                static_cast<unsigned long long>(seed));
    rng = Rng(seed);
    for (std::uint64_t i = 0; i < commands; ++i) {
        // Now nearly full, now nearly empty.
        if (i % 4096 == 0) target = rng.below(dma.size() + normal.size());
        const bool grow = live.empty() || rng.chance(free_pages() > target ? 700 : 300);
        grow ? alloc() : free();
        compare(i % 16 == 0);
        if (HasFatalFailure()) FAIL() << "at command " << i << ", seed " << seed;
    }
    while (!live.empty())
        free();
    compare(true);
    EXPECT_EQ(zone(0).free_area[9].nr_free, 1u) << "all memory is whole again";
    EXPECT_EQ(zone(1).free_area[10].nr_free, 1u);
    EXPECT_EQ(zone(1).free_area[9].nr_free, 1u);
    EXPECT_GT(m.stats.fallbacks, commands / 10000);
}

}  // namespace
}  // namespace mm
