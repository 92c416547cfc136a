// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/page_taker.h"

#include "engine/page_alloc/highatomic.h"
#include "engine/page_alloc/why_log.h"

namespace mm {

/// Block by block where each has to be looked at.
void PageTaker::refill(Zone& zone, PcpLists& pcp, Order order, MigrateType mt, AllocFlags flags,
                       std::vector<LockedBlock>* log) {
    BuddyLists buddy(m_state, zone, m_cpu);
    const NrPages count = pcp.refill_count(order);
    if (!m_why) {
        pcp.refill(buddy, order, count, mt, flags, log);
        return;
    }
    m_why->refill(zone, pcp, order, mt, count);
    NrPages got = 0;
    for (; got < count; ++got) {
        m_why->before_block();
        const Pfn pfn = pcp.refill_one(buddy, order, mt, flags);
        const LockedBlock block{pfn, buddy.take_notes()};
        m_why->block(zone, order, mt, block);
        if (pfn == no_pfn) break;
        if (log) log->push_back(block);
    }
    pcp.count_refill(order, got);
}

Pfn PageTaker::take_pcp(Zone& zone, Order order, MigrateType mt, AllocFlags flags, std::vector<LockedBlock>* log) {
    PcpLists pcp(m_state, zone, m_cpu);
    if (pcp.empty(order, mt)) refill(zone, pcp, order, mt, flags, log);
    if (m_why && !pcp.empty(order, mt)) m_why->per_cpu_take(zone, m_cpu, order, mt);
    return pcp.take(order, mt);
}

Served PageTaker::take(Zone& zone, const AllocContext& context, AllocFlags flags) {
    const Order order = context.order;
    const MigrateType mt = context.migratetype;
    Served served{&zone, no_pfn, {}, {}};
    std::vector<LockedBlock>* log = m_tells ? &served.locked : nullptr;
    const bool skips_cma = m_state.profile.cma && !(flags & alloc::cma) && mt == MigrateType::movable;
    if (m_cpu < zone.pcp.size() && pcp_allowed_order(order, m_state.profile) && !skips_cma) {
        PcpLists(m_state, zone, m_cpu).note_allocation();
        served.pfn = take_pcp(zone, order, mt, flags, log);
    }
    if (served.pfn == no_pfn) {
        BuddyLists buddy(m_state, zone, m_cpu);
        if (m_why) m_why->before_block();
        served.pfn = rmqueue_buddy(buddy, order, mt, flags);
        if (m_why) m_why->buddy_take(zone, order, mt, {served.pfn, buddy.notes()});
        if (log && served.pfn != no_pfn) log->push_back({served.pfn, buddy.take_notes()});
    }
    if (zone.boosted) {
        touch_counters(m_state.pages, zone, m_cpu);
        zone.boosted = false;
        m_boosted.push_back({zone.nid, zone.type});
    }
    if (served.pfn != no_pfn) count(zone, context, 1);
    return served;
}

Served PageTaker::attempt(const AllocContext& context, AllocFlags flags) {
    ZoneWalk walk(m_state.zones, context, flags, m_state.profile);
    if (m_why) m_why->attempt(context, flags, walk);
    for (Zone* zone = walk.next(); zone; zone = walk.next()) {
        if (m_why) m_why->zones_met();
        Served served = take(*zone, context, walk.flags());
        if (served.pfn == no_pfn) continue;
        if (m_why) m_why->served();
        if (!(flags & alloc::highatomic)) return served;
        const MigrateType was = m_state.zones.pageblock(served.pfn);
        if (reserve_highatomic_pageblock(m_state, *zone, served.pfn)) served.reserved = was;
        return served;
    }
    if (m_why) m_why->zones_met();
    return {};
}

void PageTaker::count(Zone& zone, const AllocContext& context, NrPages requests) {
    m_state.stats.vm.pgalloc[static_cast<std::size_t>(zone.type)] += requests << context.order;
    const auto add = [&](Zone& z, NumaStat stat) {
        touch_lists(m_state.pages, z, m_cpu);
        z.numa_stat[static_cast<std::size_t>(stat)] += requests;
    };
    if (zone.nid == context.preferred.nid) {
        add(zone, NumaStat::hit);
    } else {
        add(zone, NumaStat::miss);
        add(*m_state.zones.zone(context.preferred.nid, context.preferred.type), NumaStat::foreign);
    }
    add(zone, zone.nid == m_state.zones.node_of_cpu(m_cpu) ? NumaStat::local : NumaStat::other);
}

}  // namespace mm
