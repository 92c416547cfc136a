// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab/cpucache.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/slab_common/slab_pages.h"

namespace mm {
namespace {

constexpr unsigned alien_limit = 12;

class CpuCacheMaker {
public:
    CpuCacheMaker(const SlabContext& c, CacheId id, Gfp gfp, const Tracer& trace)
        : m_c(c), m_id(id), m_gfp(gfp), m_trace(trace) {}

    /// cache_random_seq_create().
    bool randomize() {
        const unsigned count = s().layout.oo.objects;
        if (!m_c.profile.slub.random_freelists || count < 2 || !s().random_seq.empty()) return true;
        const auto at = get(count * 4, no_node);
        if (!at) return false;
        s().random_seq_at = *at;
        s().random_seq.resize(count);
        std::iota(s().random_seq.begin(), s().random_seq.end(), ObjectId{0});
        shuffle(s().random_seq, m_c.state.rng);
        return true;
    }

    /// setup_kmem_cache_node(): all of a node's, or nothing.
    bool set_up_node(Nid nid) {
        NodeArrays made;
        if (uses_alien_caches(m_c, s()) && !make_alien(made, nid)) return give_up(made);
        if (s().arrays.shared != 0 && !make_shared(made, nid)) return give_up(made);
        if (node(nid).at == 0) {
            const auto at = get(m_c.profile.slab.node_struct, nid);
            if (!at) return give_up(made);
            node(nid).at = *at;
            node(nid).arrays.next_reap = reaptimeout_node;
        }
        node(nid).arrays.free_limit = (1 + cpus_of(nid)) * s().arrays.batchcount + s().layout.oo.objects;
        replace(made, nid);
        return true;
    }

private:
    KmemCache& s() { return m_c.state.caches[m_id].edit(); }
    NodeSlabs& node(Nid nid) { return s().nodes[static_cast<std::size_t>(nid)]; }
    std::optional<PhysAddr> get(Bytes size, Nid nid) { return array_kmalloc(m_c, size, {m_gfp, nid, 0}, m_trace); }
    void give(PhysAddr at) {
        if (at != 0) array_kfree(m_c, at, 0, m_trace);
    }

    /// nr_cpus_node().
    std::uint64_t cpus_of(Nid nid) {
        std::uint64_t cpus = 0;
        for (unsigned cpu = 0; cpu < m_c.state.cpus; ++cpu)
            cpus += mem_node_of(m_c, s(), cpu) == nid;
        return cpus;
    }

    bool make_shared(NodeArrays& made, Nid nid) {
        const unsigned limit = s().arrays.shared * s().arrays.batchcount;
        const auto at = get(m_c.profile.slab.array_struct + limit * m_c.profile.long_size, nid);
        if (!at) return false;
        made.shared = {.at = *at, .limit = limit, .batchcount = 0, .touched = false, .entry = {}};
        return true;
    }

    bool make_alien(NodeArrays& made, Nid nid) {
        const std::size_t nodes = s().nodes.size();
        const unsigned limit = s().arrays.limit > 1 ? alien_limit : s().arrays.limit;
        const auto table = get(nodes * m_c.profile.long_size, nid);
        if (!table) return false;
        made.alien_at = *table;
        made.alien.resize(nodes);
        for (std::size_t other = 0; other < nodes; ++other) {
            if (other == static_cast<std::size_t>(nid) || !s().nodes[other].present) continue;
            const auto at = get(m_c.profile.slab.alien_struct + limit * m_c.profile.long_size, nid);
            if (!at) return false;
            made.alien[other] = {.at = *at, .limit = limit, .batchcount = 0, .touched = false, .entry = {}};
        }
        return true;
    }

    bool give_up(const NodeArrays& made) {
        give(made.shared.at);
        give_alien(made);
        return false;
    }
    void give_alien(const NodeArrays& made) {
        for (const ArrayCache& ac : made.alien)
            give(ac.at);
        give(made.alien_at);
    }

    /// The new shared array replaces the old one; alien caches stay if there are some.
    void replace(NodeArrays& made, Nid nid) {
        ArrayObjects(m_c, m_id, m_trace).flush(std::exchange(node(nid).arrays.shared.entry, {}), nid, 0);
        std::swap(node(nid).arrays.shared, made.shared);
        if (node(nid).arrays.alien.empty()) {
            std::swap(node(nid).arrays.alien, made.alien);
            std::swap(node(nid).arrays.alien_at, made.alien_at);
        }
        give_up(made);
    }

    const SlabContext& m_c;
    const CacheId m_id;
    const Gfp m_gfp;
    const Tracer& m_trace;
};

}  // namespace

bool uses_alien_caches(const SlabContext& c, const KmemCache& s) {
    const auto nodes = std::count_if(s.nodes.begin(), s.nodes.end(), [](const NodeSlabs& n) { return n.present; });
    return c.profile.numa && nodes > 1 && !c.state.params.noaliencache;
}

void set_boot_arrays(KmemCache& s, unsigned cpus) {
    s.arrays.limit = s.arrays.batchcount = 1;
    s.arrays.cpu.assign(cpus, {.at = 0, .limit = 1, .batchcount = 1, .touched = false, .entry = {}});
}

bool enable_cpucache(const SlabContext& c, CacheId id, Gfp gfp, const Tracer& trace) {
    if (!CpuCacheMaker(c, id, gfp, trace).randomize()) return false;
    return do_tune_cpucache(c, id, array_limits(c.state.cache(id).layout.size, c.state.params.possible_cpus), gfp,
                            trace);
}

bool do_tune_cpucache(const SlabContext& c, CacheId id, ArrayLimits limits, Gfp gfp, const Tracer& trace) {
    KmemCache& s = c.state.caches[id].edit();
    ArrayObjects objects(c, id, trace);
    for (unsigned cpu = 0; cpu < s.arrays.cpu.size(); ++cpu)
        objects.flush(std::exchange(s.arrays.cpu[cpu].entry, {}), mem_node_of(c, s, cpu), cpu);
    s.arrays.limit = limits.limit;
    s.arrays.batchcount = limits.batchcount;
    s.arrays.shared = limits.shared;
    s.arrays.cpu.assign(
        c.state.cpus, {.at = 0, .limit = limits.limit, .batchcount = limits.batchcount, .touched = false, .entry = {}});
    CpuCacheMaker maker(c, id, gfp, trace);
    for (std::size_t nid = 0; nid < s.nodes.size(); ++nid)
        if (s.nodes[nid].present && !maker.set_up_node(static_cast<Nid>(nid))) return false;
    return true;
}

void release_arrays(const SlabContext& c, const KmemCache& s, const Tracer& trace) {
    const auto give = [&](PhysAddr at) {
        if (at != 0) array_kfree(c, at, 0, trace);
    };
    give(s.random_seq_at);
    for (const NodeSlabs& n : s.nodes) {
        give(n.arrays.shared.at);
        for (const ArrayCache& ac : n.arrays.alien)
            give(ac.at);
        give(n.arrays.alien_at);
        give(n.at);
    }
}

}  // namespace mm
