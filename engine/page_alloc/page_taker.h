// SPDX-License-Identifier: GPL-3.0-or-later
// get_page_from_freelist(): one attempt to take a block, zone by zone, from per-CPU lists or free lists. Private to
// page_alloc.
//
//      ZoneWalk ──► zone ──► rmqueue_pcplist   (small orders)   head of the CPU's list, refilled first if empty
//                     └────► rmqueue_buddy     (all others)     __rmqueue
//
// Follows mm/page_alloc.c, Linux 6.1.
#pragma once

#include <vector>

#include "engine/page_alloc/pcp_lists.h"
#include "engine/page_alloc/zone_walk.h"

namespace mm {

class WhyLog;

/// A block off its list, belonging to nobody until it is delivered.
struct Served {
    Zone* zone = nullptr;
    Pfn pfn = no_pfn;
    std::optional<MigrateType> reserved;  ///< what its pageblock was before it joined the highatomic reserve
    std::vector<LockedBlock> locked;      ///< what left the free lists for it; empty unless someone wants to know
};

class PageTaker {
public:
    /// tells: notes are kept of what was done.
    PageTaker(const AllocState& state, unsigned cpu, bool tells, WhyLog* why = nullptr)
        : m_state(state), m_cpu(cpu), m_tells(tells), m_why(why) {}

    Served attempt(const AllocContext& context, AllocFlags flags);
    /// rmqueue().
    Served take(Zone& zone, const AllocContext& context, AllocFlags flags);
    /// __rmqueue_pcplist(): REQUIRES: the zone has lists for the CPU.
    Pfn take_pcp(Zone& zone, Order order, MigrateType mt, AllocFlags flags, std::vector<LockedBlock>* log);
    /// PGALLOC and zone_statistics() of so many requests.
    void count(Zone& zone, const AllocContext& context, NrPages requests);
    bool has_boosted() const { return !m_boosted.empty(); }
    /// Zones whose boost kswapd has to be told of, forgotten by asking.
    std::vector<ZoneRef> take_boosted() { return std::exchange(m_boosted, {}); }

private:
    void refill(Zone& zone, PcpLists& pcp, Order order, MigrateType mt, AllocFlags flags,
                std::vector<LockedBlock>* log);

    const AllocState m_state;
    unsigned m_cpu;
    bool m_tells;
    WhyLog* m_why;
    std::vector<ZoneRef> m_boosted;
};

}  // namespace mm
