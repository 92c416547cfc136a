// SPDX-License-Identifier: GPL-3.0-or-later
// Room for regions: struct memblock_type's array is doubled when it is full, and the new one is memory like any other.
//
//      reserved  [#)[#)[#) ... 128 of them     + 1   ->   256 fit, one more is reserved: the array itself
//
// Follows memblock_double_array and its callers in mm/memblock.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/memblock/claims.h"
#include "engine/memblock/memblock.h"
#include "engine/memblock/region_list.h"
#include "engine/types/panic.h"

namespace mm {

bool Memblock::add_range(MemblockList which, PhysRange range, Nid nid, std::uint32_t flags, const Tracer& trace) {
    if (range.empty()) return true;
    auto& regions = list(which);
    if (regions.empty()) {
        if (which == MemblockList::memory) m_trimmed = 0;  // the first region sets the total
    } else if (!make_room(which, regions::count_gaps(regions, range), range, trace)) {
        return false;
    }
    regions::add(regions, range, nid, flags);
    return true;
}

std::optional<Memblock::Indices> Memblock::isolate_range(MemblockList which, PhysRange range, const Tracer& trace) {
    if (range.empty()) return Indices{0, 0};
    constexpr std::size_t two_cuts = 2;
    if (!make_room(which, two_cuts, range, trace)) return {};
    return regions::isolate(list(which), range);
}

bool Memblock::make_room(MemblockList which, std::size_t regions, PhysRange coming, const Tracer& trace) {
    if (regions == 0) return true;
    // An empty list keeps one region of no size. Doubling the array of reserved regions adds one to them.
    while (std::max<std::size_t>(list(which).size(), 1) + regions > array(which).max)
        if (!double_array(which, coming, trace)) return false;
    return true;
}

PhysAddr Memblock::find_for_array(const MemblockRequest& request, const Tracer& trace) {
    PhysAddr found = find_in_range(request, m_has_mirror);
    if (!found && m_has_mirror) {
        warn_no_mirror(request.size, trace);
        found = find_in_range(request);
    }
    return found;
}

/// memblock_dbg().
void Memblock::debug(const Tracer& trace, std::string_view before, PhysRange range, std::string_view after) const {
    if (m_debug_digits == 0) return;
    trace.printk(fmt::format("{} [{:#0{}x}-{:#0{}x}]{}", before, range.start, m_debug_digits + 2, range.end - 1,
                             m_debug_digits + 2, after));
}

bool Memblock::double_array(MemblockList which, PhysRange coming, const Tracer& trace) {
    if (!m_can_resize) return false;
    MemblockArray& array = m_array[index(which)];
    const std::string_view name = which == MemblockList::memory ? "memory" : "reserved";
    const Bytes old_size = align_up(array.max * m_region_size, page_size);
    const Bytes new_size = align_up(2 * array.max * m_region_size, page_size);
    // What is about to be reserved is not yet in the list and must not be taken: above it first, then below.
    if (which == MemblockList::memory) coming = {};
    PhysAddr at =
        find_for_array({.size = new_size, .align = page_size, .start = coming.end, .end = m_current_limit}, trace);
    if (!at && !coming.empty())
        at = find_for_array(
            {.size = new_size, .align = page_size, .start = 0, .end = std::min(coming.start, m_current_limit)}, trace);
    if (!at) {
        trace.printk(
            fmt::format("memblock: Failed to double {} array from {} to {} entries !", name, array.max, 2 * array.max));
        return false;
    }
    debug(trace, fmt::format("memblock: {} is doubled to {} at", name, 2 * array.max),
          {at, at + 2 * array.max * m_region_size});
    const PhysAddr old = array.at;
    array = {2 * array.max, at};
    if (old) {
        if (!m_frees_told) debug(trace, "memblock_phys_free:", {old, old + old_size}, " memblock_free");
        phys_free(old, old_size, trace);
    }
    debug(trace, "memblock_reserve:", {at, at + new_size}, " memblock_double_array");
    if (!reserve(at, new_size, fmt::format("memblock's array of {} regions", name), trace))
        throw KernelPanic{"kernel BUG at mm/memblock.c: no room to reserve memblock's own array"};
    return true;
}

}  // namespace mm
