// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/kernel_counters.h"

#include "engine/snapshot/mm_counters.h"

namespace mm {
namespace {

bool is_on(const MachineState& state, Nid nid, Pfn pfn) {
    if (nid == no_node) return true;
    const Zone* zone = state.zones.zone_of(pfn);
    return zone && zone->nid == nid;
}

/// Pages of slabs; kmalloc() beyond the largest class counts as unreclaimable.
NrPages slab_pages(const MachineState& state, Nid nid, bool reclaimable) {
    NrPages pages = 0;
    for (const CacheId id : state.slab.list) {
        const KmemCache& cache = state.slab.cache(id);
        if (((cache.layout.flags & slab::reclaim_account) != 0) != reclaimable) continue;
        for (const Slab& one : cache.slabs)
            if (one.place != SlabPlace::unused && is_on(state, nid, one.pfn)) pages += NrPages{1} << one.order;
    }
    if (reclaimable) return pages;
    for (const LargeKmalloc& one : state.slab.large)
        if (is_on(state, nid, one.pfn)) pages += NrPages{1} << one.order;
    return pages;
}

NrPages page_tables(const MachineState& state, Nid nid) {
    NrPages pages = 0;
    for (const auto& [pfn, level] : *state.vmalloc.tables)
        pages += VmallocState::is_counted(level) && is_on(state, nid, pfn);
    return pages;
}

}  // namespace

std::uint64_t kernel_stat(const MachineState& state, Nid nid, std::string_view name) {
    if (name == "nr_slab_reclaimable") return slab_pages(state, nid, true);
    if (name == "nr_slab_unreclaimable") return slab_pages(state, nid, false);
    if (name == "nr_page_table_pages") return page_tables(state, nid);
    if (name != "nr_kernel_stack") return 0;
    std::uint64_t kib = 0;
    for (const Node& node : state.zones.nodes)
        if (nid == no_node || node.nid == nid) kib += state.kstack.stack_kib(node.nid, state.vmalloc, state.zones);
    return kib;
}

std::uint64_t node_counter(const MachineState& state, Nid nid, std::string_view name) {
    const std::uint64_t kernel = kernel_stat(state, nid, name);
    if (nid == no_node) return kernel + node_stat(state.processes, name);
    const LruVecs& lru = state.processes.lru;  // none before the first process or file
    const auto n = static_cast<std::size_t>(nid);
    return kernel + (n < lru.size() ? node_stat(lru[n], name) : 0);
}

std::uint64_t MachineCounters::zone(const Zone& zone, std::string_view name) const {
    const LruVecs& lru = m_state.processes.lru;
    const auto n = static_cast<std::size_t>(zone.nid);
    return n < lru.size() ? zone_stat(lru[n], zone.type, name) : 0;
}

}  // namespace mm
