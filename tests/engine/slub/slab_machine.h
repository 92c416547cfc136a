// SPDX-License-Identifier: GPL-3.0-or-later
// A small machine with a slab allocator on top, and what must hold in it at every moment.
#pragma once

#include <fmt/format.h>

#include "engine/slub/slab_allocator.h"
#include "tests/support/small_memory.h"

namespace mm::test {

class SlabMachine {
public:
    /// cpu_node: of each CPU; else node 0.
    explicit SlabMachine(const std::vector<ZoneSpec>& zones, unsigned cpus = 1, SlabParams params = {},
                         const KernelProfile& rules = profile_for(Arch::x86_64, {6, 1, 0}),
                         std::vector<Nid> cpu_node = {})
        : memory(zones, true, rules),
          slabs({state, memory.allocator, memory.pages, memory.zones, memory.profile, &faults}) {
        for (const ZoneSpec& z : zones)
            managed += z.frames.size();
        params.present_cpus = params.possible_cpus = cpus;
        cpu_node.resize(cpus);
        memory.zones.cpu_node = std::move(cpu_node);
        const auto up = slabs.kmem_cache_init(params, cpus, 1);
        if (!up) problem = up.error().text();
    }

    NrPages free_pages() const {
        NrPages free = 0;
        for (const Node& node : memory.zones.nodes)
            for (const Zone& zone : node.zones)
                free += zone.free_pages;
        return free;
    }
    /// Nothing, or what is wrong. others: pages that somebody else has.
    Broken check(NrPages others = 0) const {
        if (Broken b = slabs.check()) return b;
        const NrPages sum = free_pages() + state.slab_pages() + state.large_pages() + others;
        if (sum == managed) return std::nullopt;
        return fmt::format("{} pages of slabs, {} large, {} free and {} others are not {}", state.slab_pages(),
                           state.large_pages(), free_pages(), others, managed);
    }
    const KmemCache& cache(std::string_view name) const { return state.cache(state.find(name)); }

    SmallMemory memory;
    SlabState state;
    SlabFaults faults;
    SlabAllocator slabs;
    NrPages managed = 0;
    std::string problem;
};

}  // namespace mm::test
