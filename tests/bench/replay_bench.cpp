// SPDX-License-Identifier: GPL-3.0-or-later
// What a recording of a real kernel costs from its text to its last prediction. Needs the top folder as working
// directory.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "engine/replay/replay.h"
#include "engine/replay/trace_reader.h"

namespace mm::bench {
namespace {

constexpr const char* recording = "tests/data/recordings/highorder-384m";

/// A folder read, each line parsed, each request answered.
void replay_text(benchmark::State& state) {
    const auto text = read_trace_text(recording);
    if (!text) return state.SkipWithError(text.error().text().c_str());
    const auto lines = static_cast<double>(std::count(text->begin(), text->end(), '\n'));
    const auto start = std::chrono::steady_clock::now();
    for (auto _ : state) {
        auto replay = Replay::open(recording, {.blind = true});
        if (!replay) return state.SkipWithError(replay.error().text().c_str());
        replay->run(replay->events().size());
        benchmark::DoNotOptimize(replay->report().predicted);
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    state.counters["ns_per_line"] = took.count() / lines / static_cast<double>(state.iterations());
    state.counters["lines_per_second"] =
        benchmark::Counter(lines * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(replay_text)->Unit(benchmark::kMillisecond)->Iterations(2);

}  // namespace
}  // namespace mm::bench
