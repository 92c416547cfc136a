// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's page allocator costs next to the textbook's, and what pictures of a moment and a boot cost.
#include <benchmark/benchmark.h>

#include <bit>

#include "engine/types/rng.h"
#include "tests/bench/plain_buddy.h"
#include "tests/support/small_memory.h"

namespace mm::bench {
namespace {

/// Geometric: half order 0, a quarter order 1 ... up to 9.
unsigned geometric_order(Rng& rng) {
    return std::min(9u, static_cast<unsigned>(std::countr_zero(rng.next() | (1u << 9))));
}

/// Allocates and frees at random around half occupancy. Alloc(order) gives a frame or the value none.
template<class Alloc, class Free>
class Churn {
public:
    Churn(std::uint64_t frames, std::uint32_t none, Alloc alloc, Free free)
        : m_frames(frames), m_none(none), m_alloc(alloc), m_free(free) {
        while (m_used < m_frames / 2)
            allocate();
        for (std::uint64_t i = 0; i < m_frames; ++i)
            step();  // until the memory looks used
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
        const std::uint32_t p = m_alloc(order);
        if (p == m_none) return release();
        m_live.push_back({p, order});
        m_used += std::uint64_t{1} << order;
    }
    void release() {
        const std::size_t at = m_rng.below(m_live.size());
        const Block b = m_live[at];
        m_live[at] = m_live.back();
        m_live.pop_back();
        m_free(b.pfn, b.order);
        m_used -= std::uint64_t{1} << b.order;
    }

    std::uint64_t m_frames, m_used = 0;
    std::uint32_t m_none;
    Alloc m_alloc;
    Free m_free;
    Rng m_rng{5};
    std::vector<Block> m_live;
};

void plain(benchmark::State& state) {
    const auto frames = static_cast<std::uint32_t>(state.range(0));
    PlainBuddy buddy(frames);
    Churn churn(
        frames, PlainBuddy::none, [&](unsigned order) { return buddy.alloc(order); },
        [&](std::uint32_t p, unsigned order) { buddy.free(p, order); });
    for (auto _ : state)
        churn.step();
}
BENCHMARK(plain)->Arg(1 << 18)->Arg(1 << 22);

void engine(benchmark::State& state) {
    const auto frames = static_cast<std::uint32_t>(state.range(0));
    test::SmallMemory m({{0, ZoneType::normal, {0, frames}}});
    AllocRequest request;
    request.gfp = gfp::GFP_HIGHUSER_MOVABLE;
    Churn churn(
        frames, no_link,
        [&](unsigned order) {
            request.order = order;
            const auto p = m.allocator.alloc_pages(request);
            return p ? static_cast<std::uint32_t>(*p) : no_link;
        },
        [&](std::uint32_t p, unsigned order) { (void)m.allocator.free_pages(p, order); });
    for (auto _ : state)
        churn.step();
}
BENCHMARK(engine)->Arg(1 << 18)->Arg(1 << 22);

/// 64 GiB, all free: what the first picture costs, with nothing shared yet.
void first_freeze(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        auto m =
            std::make_unique<test::SmallMemory>(std::vector<test::ZoneSpec>{{0, ZoneType::normal, {0, Pfn{1} << 24}}});
        state.ResumeTiming();
        benchmark::DoNotOptimize(m->pages.freeze());
        state.PauseTiming();
        m.reset();
        state.ResumeTiming();
    }
}
BENCHMARK(first_freeze)->Unit(benchmark::kMillisecond)->Iterations(5);

/// A picture after one command, and a copy of it kept, as the window does.
void freeze_after_one_command(benchmark::State& state) {
    test::SmallMemory m({{0, ZoneType::normal, {0, Pfn{1} << 24}}});
    FrozenPages kept = m.pages.freeze();
    AllocRequest request;
    request.gfp = gfp::GFP_HIGHUSER_MOVABLE;
    for (auto _ : state) {
        const Pfn p = *m.allocator.alloc_pages(request);
        kept = m.pages.freeze();
        (void)m.allocator.free_pages(p, 0);
        kept = m.pages.freeze();
    }
    state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(freeze_after_one_command)->Unit(benchmark::kMicrosecond);

/// Back and forth between two pictures of 64 GiB that differ by one command.
void restore_one_command(benchmark::State& state) {
    test::SmallMemory m({{0, ZoneType::normal, {0, Pfn{1} << 24}}});
    const FrozenPages before = m.pages.freeze();
    (void)m.allocator.alloc_pages({});
    const FrozenPages after = m.pages.freeze();
    for (auto _ : state) {
        m.pages.restore(before);
        m.pages.restore(after);
    }
    state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(restore_one_command)->Unit(benchmark::kMicrosecond);

/// The first free lists, given 2^(first argument) frames in blocks of an order (the second argument): 64 GiB and
/// 1 TiB, in blocks of the highest order, and pageblock by pageblock as deferred_init does.
void boot_free(benchmark::State& state) {
    const Pfn frames = Pfn{1} << state.range(0);
    const Order order = static_cast<Order>(state.range(1));
    for (auto _ : state) {
        state.PauseTiming();
        auto m =
            std::make_unique<test::SmallMemory>(std::vector<test::ZoneSpec>{{0, ZoneType::normal, {0, frames}}}, false);
        state.ResumeTiming();
        for (Pfn p = 0; p < frames; p += Pfn{1} << order)
            m->allocator.free_pages_core(p, order);
        state.PauseTiming();
        m.reset();
        state.ResumeTiming();
    }
}
BENCHMARK(boot_free)
    ->Args({24, 10})
    ->Args({24, 9})
    ->Args({28, 10})
    ->Args({28, 9})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

}  // namespace
}  // namespace mm::bench
