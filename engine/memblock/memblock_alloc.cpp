// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cassert>

#include "engine/memblock/claims.h"
#include "engine/memblock/memblock.h"
#include "engine/memblock/region_list.h"

namespace mm {
namespace {

constexpr Bytes smp_cache_bytes = 64;

PhysAddr lowest_fit(const std::vector<MemblockRegion>& free, PhysRange window, Bytes size, Bytes align) {
    for (const auto& gap : free) {
        const PhysAddr start = std::clamp(gap.base, window.start, window.end);
        const PhysAddr end = std::clamp(gap.end(), window.start, window.end);
        const PhysAddr candidate = align_up(start, align);
        if (candidate < end && end - candidate >= size) return candidate;
    }
    return 0;
}

PhysAddr highest_fit(const std::vector<MemblockRegion>& free, PhysRange window, Bytes size, Bytes align) {
    for (auto gap = free.rbegin(); gap != free.rend(); ++gap) {
        const PhysAddr start = std::clamp(gap->base, window.start, window.end);
        const PhysAddr end = std::clamp(gap->end(), window.start, window.end);
        if (end < size) continue;
        const PhysAddr candidate = align_down(end - size, align);
        if (candidate >= start) return candidate;
    }
    return 0;
}

}  // namespace

std::vector<MemblockRegion> Memblock::free_ranges(Nid nid) const {
    std::vector<MemblockRegion> free;
    auto next_reserved = m_reserved.begin();
    for (const auto& memory : m_memory) {
        if (nid != no_node && memory.nid != nid) continue;
        if (memory.flags & (memblock_nomap | memblock_driver_managed)) continue;
        if (m_movable_node && (memory.flags & memblock_hotplug)) continue;
        while (next_reserved != m_reserved.end() && next_reserved->end() <= memory.base)
            ++next_reserved;
        PhysAddr at = memory.base;
        auto hole = next_reserved;
        for (; hole != m_reserved.end() && hole->base < memory.end(); ++hole) {
            if (at < hole->base) free.push_back({at, hole->base - at, memory.flags, memory.nid});
            at = hole->end();
        }
        if (at < memory.end()) free.push_back({at, memory.end() - at, memory.flags, memory.nid});
    }
    return free;
}

PhysAddr Memblock::find_in_range(const MemblockRequest& request) const {
    const Bytes align = request.align ? request.align : smp_cache_bytes;
    assert((align & (align - 1)) == 0);
    PhysRange window{std::max(request.start, page_size), request.end ? request.end : m_current_limit};
    window.end = std::max(window.start, window.end);
    const auto fit = m_bottom_up ? lowest_fit : highest_fit;
    return fit(free_ranges(request.nid), window, request.size, align);
}

PhysAddr Memblock::alloc_range_nid(const MemblockRequest& request, const Tracer& trace) {
    PhysAddr found = find_in_range(request);
    if (!found && request.nid != no_node && !request.exact_nid) {
        MemblockRequest anywhere = request;
        anywhere.nid = no_node;
        found = find_in_range(anywhere);
    }
    if (!found) return 0;
    const PhysRange range = regions::capped(found, request.size);
    regions::add(m_reserved, range, MemblockRegion::max_numnodes, memblock_none);
    claims::add(m_claims, range, request.owner);
    Event e;
    e.kind = EventKind::memblock_alloc;
    e.nid = static_cast<std::int16_t>(request.nid);
    e.touched = range;
    e.a = request.size;
    e.b = request.align ? request.align : smp_cache_bytes;
    trace.event(e, request.owner);
    return found;
}

PhysAddr Memblock::alloc(const MemblockRequest& request, const Tracer& trace, bool retry_low) {
    if (!retry_low) return alloc_range_nid(request, trace);
    // memblock_alloc_internal(): the limit also bounds an explicit end, and a lower bound is only a wish.
    MemblockRequest bounded = request;
    bounded.end = std::min(request.end, m_current_limit);
    PhysAddr found = alloc_range_nid(bounded, trace);
    if (!found && bounded.start) {
        bounded.start = 0;
        found = alloc_range_nid(bounded, trace);
    }
    return found;
}

}  // namespace mm
