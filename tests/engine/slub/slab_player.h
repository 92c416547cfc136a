// SPDX-License-Identifier: GPL-3.0-or-later
// Random commands with injected failures for either design of the slab allocator: after each one everything must add
// up, and at the end all memory comes back.
#pragma once

#include <gtest/gtest.h>

#include <array>

#include "tests/engine/slub/slab_machine.h"
#include "tests/support/random_run.h"

namespace mm::test {

class SlabPlayer {
public:
    SlabPlayer(SlabMachine& machine, std::uint64_t seed, unsigned cpus) : m(machine), m_rng(seed), m_cpus(cpus) {
        m.faults.object = [this] { return m_failing && m_rng.chance(20); };
        m.faults.pages = [this] { return m_failing && m_rng.chance(100); };
        m_failing = true;
    }

    void step() {
        if (m.state.design == SlabDesign::slab && m_rng.chance(20)) return m_rng.chance(700) ? reap() : tune();
        const std::uint64_t dice = m_rng.below(1000);
        if (dice < 4)
            create();
        else if (dice < 8)
            destroy();
        else if (dice < 12)
            shrink();
        else if (dice < 30)
            pages();
        else if (dice < 60)
            reallocate();
        else if (m_rng.chance(m_growing ? 700 : 300))
            allocate();
        else
            release();
        if (m_rng.chance(1)) m_growing = !m_growing;
    }

    /// Every object, page and cache goes back.
    void clean_up() {
        m_failing = false;
        while (!m_objects.empty())
            release();
        for (const Pfn p : m_pages)
            ASSERT_TRUE(m.memory.allocator.free_pages(p, 0));
        m_pages.clear();
        while (!m_caches.empty())
            destroy();
        shrink_all();
    }
    /// Twice: a slab of SLAB that goes back leaves an object of kmalloc() in some array.
    void shrink_all() {
        for (int i = 0; i < 2; ++i)
            for (const CacheId id : m.state.list)
                ASSERT_TRUE(m.slabs.kmem_cache_shrink(id));
    }
    NrPages others() const { return m_pages.size(); }
    std::size_t live() const { return m_objects.size(); }

private:
    struct Object {
        PhysAddr at;
        CacheId cache;  ///< no_cache: of kmalloc()
    };
    struct Cache {
        CacheId id;
        std::string name;
    };

    SlabRequest request() {
        static constexpr std::array flags{gfp::GFP_KERNEL, gfp::GFP_NOWAIT, gfp::GFP_KERNEL_ACCOUNT,
                                          gfp::GFP_KERNEL | gfp::reclaimable};
        SlabRequest r{flags[m_rng.below(flags.size())], no_node, static_cast<unsigned>(m_rng.below(m_cpus))};
        if (m_rng.chance(100)) r.nid = static_cast<Nid>(m_rng.below(2));
        return r;
    }
    Bytes size() {
        if (m_rng.chance(5)) return 8193 + m_rng.below(60000);
        return m_rng.below(Bytes{1} << (3 + m_rng.below(11)));
    }
    void keep(const Outcome<std::optional<PhysAddr>>& object, CacheId cache) {
        ASSERT_TRUE(object) << object.error().text();
        if (*object && **object != zero_size_ptr) m_objects.push_back({**object, cache});
    }
    void allocate() {
        if (m_caches.empty() || m_rng.chance(600)) return keep(m.slabs.kmalloc(size(), request()), no_cache);
        const CacheId id = m_caches[m_rng.below(m_caches.size())].id;
        keep(m.slabs.kmem_cache_alloc(id, request()), id);
    }
    void release() {
        if (m_objects.empty()) return;
        const std::size_t i = m_rng.below(m_objects.size());
        const Object o = m_objects[i];
        m_objects[i] = m_objects.back();
        m_objects.pop_back();
        const auto cpu = static_cast<unsigned>(m_rng.below(m_cpus));
        const auto freed = o.cache == no_cache || m_rng.chance(500) ? m.slabs.kfree(o.at, cpu)
                                                                    : m.slabs.kmem_cache_free(o.cache, o.at, cpu);
        ASSERT_TRUE(freed) << freed.error().text();
        EXPECT_FALSE(m.slabs.find(o.at).used);
    }
    void reallocate() {
        if (m_objects.empty()) return;
        Object& o = m_objects[m_rng.below(m_objects.size())];
        if (o.cache != no_cache) return;
        const auto moved = m.slabs.krealloc(o.at, 1 + size(), request());
        ASSERT_TRUE(moved) << moved.error().text();
        if (*moved) o.at = **moved;
    }
    void pages() {
        if (m_pages.empty() || m_rng.chance(500)) {
            if (const auto p = m.memory.allocator.alloc_pages({})) m_pages.push_back(*p);
            return;
        }
        ASSERT_TRUE(m.memory.allocator.free_pages(m_pages.back(), 0));
        m_pages.pop_back();
    }
    void create() {
        if (m_caches.size() > 12) return;
        CacheRequest r;
        r.name = fmt::format("cache-{}", ++m_named);
        r.object_size = 1 + m_rng.below(3000);
        r.align = m_rng.chance(300) ? Bytes{1} << m_rng.below(9) : 0;
        if (m_rng.chance(300)) r.flags |= slab::reclaim_account;
        if (m_rng.chance(300)) r.flags |= slab::hwcache_align;
        if (m_rng.chance(200)) r.flags |= slab::red_zone | slab::store_user;
        r.constructor = m_rng.chance(200);
        const auto id = m.slabs.kmem_cache_create(r);
        ASSERT_TRUE(id) << id.error().text();
        if (*id) m_caches.push_back({**id, r.name});
    }
    void destroy() {
        if (m_caches.empty()) return;
        const std::size_t i = m_rng.below(m_caches.size());
        const Cache c = m_caches[i];
        const bool last = m.state.cache(c.id).refcount == 1;
        const bool busy = m.state.cache(c.id).live != 0;
        const auto done = m.slabs.kmem_cache_destroy(c.id, c.name);
        EXPECT_EQ(!last || !busy, bool(done));
        if (!done) return;
        m_caches[i] = m_caches.back();
        m_caches.pop_back();
    }
    void shrink() {
        const auto& list = m.state.list;
        ASSERT_TRUE(m.slabs.kmem_cache_shrink(list[m_rng.below(list.size())]));
    }

    void reap() { ASSERT_TRUE(m.slabs.cache_reap(static_cast<unsigned>(m_rng.below(m_cpus)))); }
    /// Of its own caches: they are gone at the end, and their arrays with them.
    void tune() {
        if (m_caches.empty()) return;
        const auto limit = static_cast<unsigned>(1 + m_rng.below(60));
        const auto batchcount = static_cast<unsigned>(1 + m_rng.below(limit)),
                   shared = static_cast<unsigned>(m_rng.below(9));
        (void)m.slabs.tune_cpucache(m_caches[m_rng.below(m_caches.size())].id, limit, batchcount, shared);
    }

    SlabMachine& m;
    Rng m_rng;
    const unsigned m_cpus;
    bool m_failing = false, m_growing = true;
    unsigned m_named = 0;
    std::vector<Object> m_objects;
    std::vector<Pfn> m_pages;
    std::vector<Cache> m_caches;
};

/// So many commands on 2 nodes of 2 MiB and 3 CPUs, so that memory runs out by itself now and then.
inline void play(const RandomRun& run, SlabFlags debug, const KernelProfile& rules) {
    SCOPED_TRACE(run.seed_text);
    SlabParams params;
    params.debug = debug;
    SlabMachine m({{0, ZoneType::normal, {1024, 1536}}, {1, ZoneType::normal, {1536, 2048}}}, 3, params, rules,
                  {0, 1, 1});
    ASSERT_EQ("", m.problem);
    for (Zone* zone : {&m.memory.zone(ZoneType::normal, 0), &m.memory.zone(ZoneType::normal, 1)})
        zone->watermark = {4, 5, 6};
    SlabPlayer player(m, run.seed, 3);
    player.shrink_all();
    const NrPages at_first = m.state.slab_pages();
    std::size_t most = 0;
    for (std::uint64_t i = 0; i < run.commands && !testing::Test::HasFatalFailure(); ++i) {
        player.step();
        most = std::max(most, player.live());
        const Broken broken = m.check(player.others());
        ASSERT_EQ(std::nullopt, broken) << *broken << " after command " << i;
        if (i % 64 == 0) {
            ASSERT_EQ(std::nullopt, m.memory.allocator.check());
        }
    }
    EXPECT_GT(most, std::min<std::uint64_t>(run.commands / 100, 300) / 4);
    player.clean_up();
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(std::nullopt, m.memory.allocator.check());
    EXPECT_EQ(at_first, m.state.slab_pages()) << "all that was taken has come back";
    EXPECT_EQ(m.managed, m.free_pages() + m.state.slab_pages());
}

}  // namespace mm::test
