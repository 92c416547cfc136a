// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

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

std::vector<MemblockRegion> Memblock::free_ranges(Nid nid, bool mirror) const {
    std::vector<MemblockRegion> free;
    auto next_reserved = m_reserved.begin();
    for (const auto& memory : m_memory) {
        if (nid != no_node && memory.nid != nid) continue;
        if (memory.flags & (memblock_nomap | memblock_driver_managed)) continue;
        if (m_movable_node && (memory.flags & memblock_hotplug)) continue;
        if (mirror && !(memory.flags & memblock_mirror)) continue;
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

PhysAddr Memblock::find_in_range(const MemblockRequest& request, bool mirror) const {
    const Bytes align = request.align ? request.align : smp_cache_bytes;
    assert((align & (align - 1)) == 0);
    // 0 and 1 are MEMBLOCK_ALLOC_ACCESSIBLE and MEMBLOCK_ALLOC_NOLEAKTRACE.
    PhysRange window{std::max(request.start, page_size), request.end > 1 ? request.end : m_current_limit};
    window.end = std::max(window.start, window.end);
    const auto fit = m_bottom_up ? lowest_fit : highest_fit;
    return fit(free_ranges(request.nid, mirror), window, request.size, align);
}

PhysAddr Memblock::find_and_reserve(const MemblockRequest& request, bool mirror, const Tracer& trace) {
    const PhysAddr found = find_in_range(request, mirror);
    if (!found) return 0;
    const PhysRange range = regions::capped(found, request.size);
    if (request.found) (*request.found)(range);
    if (!add_range(MemblockList::reserved, range, MemblockRegion::max_numnodes, memblock_none, trace)) return 0;
    claims::add(m_claims, range, request.owner);
    return found;
}

void Memblock::warn_no_mirror(Bytes size, const Tracer& trace) {
    constexpr unsigned burst = 10;  // DEFAULT_RATELIMIT_BURST; time stands still this early
    if (m_mirror_warnings++ < burst)
        trace.printk(fmt::format("Could not allocate {:#018x} bytes of mirrored memory", size));
}

PhysAddr Memblock::alloc_range_nid(const MemblockRequest& request, const Tracer& trace) {
    MemblockRequest anywhere = request;
    anywhere.nid = no_node;
    const bool may_fall_back = request.nid != no_node && !request.exact_nid;
    PhysAddr found = 0;
    for (bool mirror = m_has_mirror;; mirror = false) {
        found = find_and_reserve(request, mirror, trace);
        if (!found && may_fall_back) found = find_and_reserve(anywhere, mirror, trace);
        if (found || !mirror) break;
        warn_no_mirror(request.size, trace);
    }
    if (!found) return 0;
    Event e;
    e.kind = EventKind::memblock_alloc;
    e.nid = static_cast<std::int16_t>(request.nid);
    e.touched = regions::capped(found, request.size);
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
