// SPDX-License-Identifier: GPL-3.0-or-later
// The load of the benchmarks: blocks of geometric orders 0 to 9, allocated and freed at random around half occupancy,
// the same for the textbook's allocator and for the engine; and the engine as it runs in a machine, with everything on.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <optional>
#include <vector>

#include "engine/page_alloc/undo_journal.h"
#include "engine/types/rng.h"
#include "tests/support/small_memory.h"

namespace mm::bench {

using Clock = std::chrono::steady_clock;

/// Half order 0, a quarter order 1 ... up to 9.
inline unsigned geometric_order(Rng& rng) {
    return std::min(9u, static_cast<unsigned>(std::countr_zero(rng.next() | (1u << 9))));
}

/// Allocator: alloc(order) gives a frame or none, free(frame, order). A copy goes on from where the original stands.
template<class Allocator>
class Churn {
public:
    Churn(Allocator& allocator, std::uint64_t frames) : m_allocator(&allocator), m_frames(frames) {}
    Churn(const Churn&) = default;
    Churn& operator=(const Churn&) = default;

    /// Until the memory looks used.
    void warm_up() {
        while (m_used < m_frames / 2)
            allocate();
        for (std::uint64_t i = 0; i < std::min(m_frames, std::uint64_t{1} << 23); ++i)
            step();
    }
    void step() {
        if (m_used < m_frames / 2 || m_live.empty())
            allocate();
        else
            release();
    }

private:
    struct Block {
        std::uint32_t pfn;
        unsigned order;
    };
    void allocate() {
        const unsigned order = geometric_order(m_rng);
        const std::uint32_t p = m_allocator->alloc(order);
        if (p == Allocator::none) return release();
        m_live.push_back({p, order});
        m_used += std::uint64_t{1} << order;
    }
    void release() {
        const std::size_t at = m_rng.below(m_live.size());
        const Block b = m_live[at];
        m_live[at] = m_live.back();
        m_live.pop_back();
        m_allocator->free(b.pfn, b.order);
        m_used -= std::uint64_t{1} << b.order;
    }

    Allocator* m_allocator;
    std::uint64_t m_frames, m_used = 0;
    Rng m_rng{5};
    std::vector<Block> m_live;
};

/// Counts what is told.
struct EventCount final : EventSink {
    std::uint64_t events = 0;
    void event(const Event&, std::string_view) override { ++events; }
    void printk(std::string) override {}
};

/// A zone with watermarks, per-CPU lists, requests of three migratetypes, and an undo journal.
class FullEngine {
public:
    static constexpr std::uint32_t none = no_link;

    /// As a kernel sets up a machine of 1 GiB with so many CPUs: a list is refilled by 63 pages, and the CPUs share
    /// what the low watermark is.
    explicit FullEngine(std::uint32_t frames, unsigned cpus = 1)
        : m({{0, ZoneType::normal, {0, frames}}}), m_frames(frames), m_cpus(cpus) {
        Zone& zone = m.zone(ZoneType::normal);
        zone.watermark = {frames / 256, frames / 256 * 5 / 4, frames / 256 * 3 / 2};
        zone.stat_threshold = 48;
        PerCpuPages lists;
        lists.batch = 63;
        lists.high = 1280 / cpus;
        zone.pcp.assign(cpus, lists);
        journal.start();
    }
    std::uint32_t frames() const { return m_frames; }

    std::uint32_t alloc(unsigned order) {
        static constexpr std::array<Gfp, 8> families{gfp::GFP_HIGHUSER_MOVABLE, gfp::GFP_HIGHUSER_MOVABLE,
                                                     gfp::GFP_HIGHUSER_MOVABLE, gfp::GFP_HIGHUSER_MOVABLE,
                                                     gfp::GFP_HIGHUSER_MOVABLE, gfp::GFP_KERNEL,
                                                     gfp::GFP_KERNEL,           gfp::GFP_KERNEL | gfp::reclaimable};
        const unsigned turn = m_turn++;
        AllocRequest request;
        request.gfp = families[turn % families.size()];
        request.order = order;
        request.cpu = turn / 64 % m_cpus;
        const std::optional<Pfn> pfn = m.allocator.alloc_pages(request, trace);
        journal.end_command();
        return pfn ? static_cast<std::uint32_t>(*pfn) : none;
    }
    void free(std::uint32_t p, unsigned order) {
        (void)m.allocator.free_pages(p, order, trace, m_turn / 64 % m_cpus);
        journal.end_command();
    }

private:
    test::SmallMemory m;
    std::uint32_t m_frames;
    unsigned m_cpus, m_turn = 0;

public:
    UndoJournal journal{{m.zones, m.pages, m.stats, m.profile}};
    Tracer trace;
};

}  // namespace mm::bench
