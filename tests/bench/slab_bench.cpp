// SPDX-License-Identifier: GPL-3.0-or-later
// What an object costs next to a page: pairs of kmalloc() and kfree() from the CPU's slab, pairs of one page of the
// page allocator's per-CPU list, and a million objects in use.
#include <benchmark/benchmark.h>

#include "engine/slub/slab_allocator.h"
#include "tests/bench/churn.h"

namespace mm::bench {
namespace {

/// Neither is undone: what a journal costs is not measured here.
class SlabEngine {
public:
    explicit SlabEngine(Pfn frames)
        : m({{0, ZoneType::normal, {0, frames}}}), slabs({state, m.allocator, m.pages, m.zones, m.profile}) {
        PerCpuPages lists;
        lists.batch = 63;
        lists.high = 1280;
        m.zone(ZoneType::normal).pcp.assign(1, lists);
        m.zone(ZoneType::normal).stat_threshold = 48;
        (void)slabs.kmem_cache_init({}, 1, 1);
    }
    test::SmallMemory m;
    SlabState state;
    SlabAllocator slabs;
};

void page_pair(benchmark::State& state) {
    SlabEngine engine(1 << 18);
    for (auto _ : state) {
        const auto pfn = engine.m.allocator.alloc_pages({});
        (void)engine.m.allocator.free_pages(*pfn, 0);
    }
}
BENCHMARK(page_pair)->Iterations(1 << 22);

void kmalloc_pair(benchmark::State& state) {
    SlabEngine engine(1 << 18);
    for (auto _ : state) {
        const auto object = engine.slabs.kmalloc(100, {});
        (void)engine.slabs.kfree(**object);
    }
}
BENCHMARK(kmalloc_pair)->Iterations(1 << 22);

/// Sizes and lifetimes at random, with a million objects in use.
void kmalloc_churn(benchmark::State& state) {
    SlabEngine engine(1 << 20);
    Rng rng(3);
    const auto fresh = [&] { return **engine.slabs.kmalloc(8 + rng.below(500), {}); };
    std::vector<PhysAddr> objects;
    while (objects.size() < 1'000'000)
        objects.push_back(fresh());
    for (auto _ : state) {
        PhysAddr& object = objects[rng.below(objects.size())];
        (void)engine.slabs.kfree(object);
        object = fresh();
    }
}
BENCHMARK(kmalloc_churn)->Iterations(1 << 21);

}  // namespace
}  // namespace mm::bench
