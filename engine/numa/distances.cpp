// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/distances.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mm {

void Distances::set(Nid from, Nid to, std::int64_t distance) {
    if (m_failed || (count() == 0 && !alloc())) return;
    if (from < 0 || to < 0 || from >= count() || to >= count())
        return warn_once(m_warned_bounds, "Warning: node ids are out of bound", from, to, distance);
    if (distance < 0 || distance > 0xff || (from == to && distance != local_distance))
        return warn_once(m_warned_value, "Warning: invalid distance parameter", from, to, distance);
    m_numa.distance[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)] = static_cast<unsigned>(distance);
}

void Distances::warn_once(bool& warned, std::string_view what, Nid from, Nid to, std::int64_t distance) {
    if (!std::exchange(warned, true))
        trace().printk(fmt::format("{}, from={} to={} distance={}", what, from, to, distance));
}

/// One byte an entry.
PhysAddr Distances::alloc_table(Bytes size, std::string_view owner, std::string_view caller) {
    MemblockRequest request;
    request.size = size;
    request.align = page_size;
    request.owner = owner;
    request.caller = caller;
    request.api = MemblockApi::phys_range;
    return m_boot.alloc(request);
}

bool Distances::alloc() {
    Nid last = m_parsed.empty() ? 0 : *m_parsed.rbegin();
    for (const NumaMemblk& b : m_numa.memblks)
        last = std::max(last, b.nid);
    const auto n = static_cast<std::size_t>(last) + 1;
    const PhysAddr at = alloc_table(n * n, "NUMA distances", "numa_alloc_distance");
    m_failed = at == 0;
    if (m_failed) {
        trace().printk("Warning: can't allocate distance table!");
        return false;
    }
    m_numa.distance_table = {at, at + n * n};
    m_numa.distance.assign(n, std::vector<unsigned>(n, remote_distance));
    for (std::size_t i = 0; i < n; ++i)
        m_numa.distance[i][i] = local_distance;
    trace().printk(fmt::format("NUMA: Initialized distance table, cnt={}", n));
    return true;
}

void Distances::reset() {
    const PhysRange table = std::exchange(m_numa.distance_table, {});
    if (!table.empty()) m_boot.phys_free(table, "numa_reset_distance|numa_init|memblock_free");
    m_numa.distance.clear();
    m_failed = false;
}

PhysRange Distances::take_copy() {
    const Bytes size = static_cast<Bytes>(count()) * static_cast<Bytes>(count());
    const PhysAddr at = alloc_table(size, "copy of NUMA distances", "numa_emulation");
    return at ? PhysRange{at, at + size} : PhysRange{};
}

}  // namespace mm
