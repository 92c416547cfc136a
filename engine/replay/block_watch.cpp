// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/block_watch.h"

#include "engine/page_alloc/pcp_lists.h"

namespace mm {

LifeIndex record_lives(Replay& replay, std::size_t until) {
    LifeIndex index;
    BlockWatch watch(replay);
    until = std::min(until, replay.events().size());
    while (replay.position() < until)
        for (const BlockEvent& e : watch.step())
            index.enter(e);
    return index;
}

BlockWatch::BlockWatch(Replay& replay) : m_replay(replay) {
    m_replay.tell(&m_notes);
}

const std::vector<BlockEvent>& BlockWatch::step() {
    const TraceEvent& e = m_replay.events()[m_replay.position()];
    m_out.clear();
    before(e);
    m_replay.step();
    if (e.kind == TraceKind::mm_page_free && e.pfn < m_replay.pages().end_pfn())
        add(BlockEventKind::freed, e.pfn, e.order, 0, m_replay.zones().pageblock(e.pfn));
    tell_notes();
    after(e);
    return m_out;
}

void BlockWatch::add(BlockEventKind kind, Pfn pfn, Order order, Order other, MigrateType type, MigrateType type2) {
    if (pfn < m_replay.pages().end_pfn())
        m_out.push_back({m_replay.position() - 1, kind, pfn, order, other, type, type2});
}

/// What a per-CPU list gives is its first block; afterwards it cannot be seen any more.
void BlockWatch::before(const TraceEvent& e) {
    if (e.kind == TraceKind::bulk_req) m_asked[e.pid] = gfp_migratetype(e.gfp);
    if (e.kind == TraceKind::isolate) m_isolating[e.pid] = e.pfn;
    if (e.kind != TraceKind::pcp_take && e.kind != TraceKind::bulk_take) return;
    m_head = e.pfn;
    if (m_head != no_pfn) return;
    const Zone* zone = m_replay.zones().zone(e.zone.nid, e.zone.type);
    const MigrateType type = m_asked[e.pid];
    const Order order = e.kind == TraceKind::bulk_take ? 0 : e.order;
    if (zone && !zone->pcp.empty() && pcp_allowed_order(order, m_replay.profile()))
        m_head = zone->pcp[0].lists[order_to_pindex(order, type, m_replay.profile())].first;
}

void BlockWatch::tell_notes() {
    for (const ReplayNotes::Retyped& r : m_notes.retyped)
        add(BlockEventKind::retyped, r.pfn, m_replay.zones().pageblock_order, 0, r.from, r.to);
    if (const auto& l = m_notes.locked) {
        const BuddyNotes& did = l->buddy;
        if (did.stolen) add(BlockEventKind::stolen, did.stolen_pfn, did.stolen_order, 0, did.stolen_from, l->type);
        for (std::size_t i = 0; i < did.nr_claims; ++i)
            add(BlockEventKind::retyped, did.claims[i], m_replay.zones().pageblock_order, 0, did.claimed_from[i],
                l->type);
        m_locked = l->pfn;
        if (l->pfn != no_pfn)
            add(l->refill ? BlockEventKind::refilled : BlockEventKind::left_lists, l->pfn, l->order,
                did.expanded ? did.expanded_order : l->order, l->type);
    }
    for (const ReplayNotes::Freed& f : m_notes.freed) {
        const auto kind = f.drained ? BlockEventKind::drained : BlockEventKind::to_free_lists;
        if (f.became_pfn == no_pfn)
            add(BlockEventKind::captured, f.pfn, f.order, f.order, f.type);
        else
            add(kind, f.pfn, f.order, f.became, f.type);
    }
}

/// As whatever the request asked for: the frames know.
void BlockWatch::hand_out(Pfn pfn, Order order) {
    if (pfn >= m_replay.pages().end_pfn()) return;
    add(BlockEventKind::handed_out, pfn, order, 0, alloc_type_of(m_replay.pages().state(pfn)));
}

void BlockWatch::after(const TraceEvent& e) {
    switch (e.kind) {
        case TraceKind::req:
            m_asked[e.pid] = e.type;
            return;
        case TraceKind::pcp_take:
        case TraceKind::bulk_take:
            if (e.kind == TraceKind::pcp_take) m_taken.insert(m_head);
            return hand_out(m_head, e.kind == TraceKind::bulk_take ? 0 : e.order);
        case TraceKind::buddy_take:
            if (e.pfn != no_pfn) m_locked = e.pfn;
            m_taken.insert(m_locked);
            return hand_out(m_locked, e.order);
        case TraceKind::mm_page_alloc: {
            // A block captured by compaction reaches its user without a take.
            const Pfn pfn = e.pfn != no_pfn ? e.pfn : m_replay.last_prediction();
            if (m_taken.erase(pfn) == 0 && pfn != 0) hand_out(pfn, e.order);
            return;
        }
        case TraceKind::pcp_free:
            return add(BlockEventKind::to_cpu_list, e.pfn, e.order, 0, e.type);
        case TraceKind::isolate_ret: {
            const auto it = m_isolating.find(e.pid);
            if (it != m_isolating.end() && e.other != 0 && it->second != no_pfn)
                add(BlockEventKind::isolated, it->second, m_replay.pages().order(it->second), 0, MigrateType::movable);
            return;
        }
        default:
            return;
    }
}

}  // namespace mm
