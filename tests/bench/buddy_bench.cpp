// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's page allocator costs next to the textbook's, and what pictures of a moment and a boot cost.
#include <benchmark/benchmark.h>

#include "tests/bench/churn.h"
#include "tests/bench/plain_buddy.h"

namespace mm::bench {
namespace {

void plain(benchmark::State& state) {
    const auto frames = static_cast<std::uint32_t>(state.range(0));
    PlainBuddy buddy(frames);
    Churn<PlainBuddy> churn(buddy, frames);
    churn.warm_up();
    for (auto _ : state)
        churn.step();
}
BENCHMARK(plain)->Arg(1 << 14)->Iterations(1 << 18);
BENCHMARK(plain)->Arg(1 << 18)->Arg(1 << 22)->Iterations(1 << 22);

/// Everything on: a zone with watermarks, three migratetypes, per-CPU lists, statistics and the undo
/// journal.
void engine(benchmark::State& state) {
    FullEngine engine(static_cast<std::uint32_t>(state.range(0)));
    Churn<FullEngine> churn(engine, engine.frames());
    churn.warm_up();
    engine.journal.start();
    for (auto _ : state)
        churn.step();
    engine.journal.start();
}
BENCHMARK(engine)->Arg(1 << 18)->Arg(1 << 22)->Iterations(1 << 22);
BENCHMARK(engine)->Arg(1 << 14)->Iterations(1 << 18);  // all of it in the nearest cache
BENCHMARK(engine)->Arg(1 << 28)->Iterations(1 << 21);

/// Four CPUs of so small a machine: their lists are refilled beyond their limits and drained again all the time.
void engine_4_cpus(benchmark::State& state) {
    FullEngine engine(1 << 18, 4);
    Churn<FullEngine> churn(engine, engine.frames());
    churn.warm_up();
    engine.journal.start();
    for (auto _ : state)
        churn.step();
}
BENCHMARK(engine_4_cpus)->Iterations(1 << 20);

/// Forward and back through the same commands; what is timed is one of the two.
void travel(benchmark::State& state, bool back) {
    constexpr std::size_t commands = 100000;
    FullEngine engine(1 << 18);
    Churn<FullEngine> churn(engine, engine.frames());
    churn.warm_up();
    std::uint64_t events = 0, bytes = 0;
    for (auto _ : state) {
        engine.journal.start();
        const Churn<FullEngine> before = churn;
        const auto start = Clock::now();
        for (std::size_t i = 0; i < commands; ++i)
            churn.step();
        const auto middle = Clock::now();
        bytes = engine.journal.bytes();
        while (engine.journal.commands() > 0)
            engine.journal.undo_command();
        const auto end = Clock::now();
        churn = before;
        state.SetIterationTime(std::chrono::duration<double>(back ? end - middle : middle - start).count() / commands);
    }
    // Once more, with someone who counts what is told.
    EventCount count;
    engine.trace = Tracer(&count);
    for (std::size_t i = 0; i < commands; ++i)
        churn.step();
    events = count.events;
    state.counters["bytes_per_event"] = static_cast<double>(bytes) / static_cast<double>(events);
    state.counters["events_per_command"] = static_cast<double>(events) / commands;
}
void step_forward(benchmark::State& state) {
    travel(state, false);
}
void step_back(benchmark::State& state) {
    travel(state, true);
}
BENCHMARK(step_forward)->UseManualTime()->Iterations(20);
BENCHMARK(step_back)->UseManualTime()->Iterations(20);

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
