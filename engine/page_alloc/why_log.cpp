// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/why_log.h"

namespace mm {

void StealWatch::remember(const Zones& zones) {
    m_before.pageblock_type = zones.pageblock_type;
    m_boosts.clear();
    for (const Node& node : zones.nodes)
        for (const Zone& z : node.zones)
            m_boosts.push_back(z.watermark_boost);
}

why::Steal StealWatch::look(const Zones& zones, const PageColumns& pages, ZoneRef zone, Order order, MigrateType to,
                            const BuddyNotes& did, std::optional<NrPages> movable) {
    std::size_t at = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& z : node.zones) {
            if (ZoneRef{z.nid, z.type} == zone) m_before.boost = m_boosts[at];
            ++at;
        }
    return look_at_steal(zones, pages, zone, order, to, did, m_before, movable);
}

why::BlocksTaken blocks_taken(const Zones& zones, ZoneRef zone, Order order, MigrateType type,
                              const LockedBlock& block) {
    why::BlocksTaken taken{zone, block.pfn, order, order, type, 1};
    if (block.pfn == no_pfn) return taken;
    if (block.notes.expanded) taken.from = block.notes.expanded_order;
    if (!block.notes.stolen && zones.pageblock(block.pfn) == MigrateType::highatomic)
        taken.list = MigrateType::highatomic;
    return taken;
}

bool absorb(WhyFact& fact, const why::BlocksTaken& taken) {
    auto* last = std::get_if<why::BlocksTaken>(&fact);
    if (!last || taken.pfn == no_pfn || taken.from != taken.order) return false;
    if (last->pfn == no_pfn || last->order != taken.order || last->list != taken.list) return false;
    ++last->blocks;
    return true;
}

void WhyLog::request(const AllocContext& context) {
    m_attempts = 0;
    add(why::Request{context.gfp, context.order, context.migratetype, context.highest, context.preferred});
}

void WhyLog::attempt(const AllocContext& context, AllocFlags flags, ZoneWalk& walk) {
    m_context = context;
    m_flags = flags;
    m_visits.clear();
    m_told = 0;
    walk.tell(&m_visits);
    add(why::Attempt{++m_attempts, flags});
}

void WhyLog::zones_met() {
    look_at_visits(m_state.zones, m_context, m_flags, m_state.profile, m_visits, m_told, m_facts);
    m_told = m_visits.size();
    m_zone_fact = m_facts.size() - 1;
}

void WhyLog::served() {
    if (m_zone_fact >= m_facts.size()) return;
    if (auto* tried = std::get_if<why::ZoneTried>(&m_facts[m_zone_fact])) tried->served = true;
}

void WhyLog::refill(const Zone& zone, const PcpLists& pcp, Order order, MigrateType type, NrPages asked) {
    add(why::Refill{
        {zone.nid, zone.type}, order_to_pindex(order, type, m_state.profile), order, type, asked, pcp.batch()});
}

void WhyLog::block(const Zone& zone, Order order, MigrateType type, const LockedBlock& block) {
    const ZoneRef ref{zone.nid, zone.type};
    if (block.notes.stolen) add(m_steals.look(m_state.zones, m_state.pages, ref, order, type, block.notes));
    const why::BlocksTaken taken = blocks_taken(m_state.zones, ref, order, type, block);
    if (!absorb(m_facts.back(), taken)) add(taken);
}

void WhyLog::buddy_take(const Zone& zone, Order order, MigrateType type, const LockedBlock& taken) {
    block(zone, order, type, taken);
    if (taken.pfn != no_pfn) add(why::BuddyTake{{zone.nid, zone.type}, order, taken.pfn, false});
}

void WhyLog::per_cpu_take(const Zone& zone, unsigned cpu, Order order, MigrateType type) {
    const PerCpuPages& pcp = zone.pcp[cpu];
    const unsigned pindex = order_to_pindex(order, type, m_state.profile);
    const FreeList& list = pcp.lists[pindex];
    add(why::PerCpuTake{{zone.nid, zone.type}, pindex, order, type, list.first, list.blocks, pcp.count, pcp.high});
}

}  // namespace mm
