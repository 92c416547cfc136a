// SPDX-License-Identifier: GPL-3.0-or-later
// numa_distance[]: the table of distances between nodes, in memory of its own from the first distance on. Private to
// numa. Follows numa_set_distance(), numa_alloc_distance() and numa_reset_distance() of arch/x86/mm/numa.c, Linux 6.1.
#pragma once

#include <set>

#include "engine/memblock/boot_memblock.h"
#include "engine/numa/numa.h"

namespace mm {

inline constexpr unsigned local_distance = 10, remote_distance = 20;

class Distances {
public:
    /// The table itself is Numa::distance. parsed: the nodes known when the table is made give it its size. REQUIRES:
    /// all outlive this.
    Distances(Numa& numa, const std::set<Nid>& parsed, const BootMemblock& boot)
        : m_numa(numa), m_parsed(parsed), m_boot(boot) {}

    void set(Nid from, Nid to, std::int64_t distance);
    /// Nodes the table has; 0: there is none.
    Nid count() const { return static_cast<Nid>(m_numa.distance.size()); }
    /// The table is forgotten and its memory given back.
    void reset();
    /// Memory for a copy of the table, as the kernel takes while it changes it; empty where there is none.
    PhysRange take_copy();

    const BootMemblock& boot() const { return m_boot; }
    const Tracer& trace() const { return m_boot.trace(); }

private:
    bool alloc();
    PhysAddr alloc_table(Bytes size, std::string_view owner, std::string_view caller);
    void warn_once(bool& warned, std::string_view what, Nid from, Nid to, std::int64_t distance);

    Numa& m_numa;
    const std::set<Nid>& m_parsed;
    const BootMemblock& m_boot;
    bool m_failed = false, m_warned_bounds = false, m_warned_value = false;
};

}  // namespace mm
