// SPDX-License-Identifier: GPL-3.0-or-later
// The replayer's half that gives blocks back: frees, drains, isolation; and putting a wrong answer right.
#include "engine/replay/replayer.h"

namespace mm {

/// free_unref_page_prepare(): what the block will be freed as is settled now.
void Replayer::on_free(const TraceEvent& event) {
    Task& task = m_tasks[event.pid];
    if (Request* request = top(event.pid); request && request->taken == event.pfn)
        request->taken = request->predicted =
            no_pfn;  // the memory control group refused the page: the allocation fails after all
    if (!m_frames.known(event.pfn)) {
        ++m_conflicts.frees;
        return;
    }
    const MigrateType type = m_state.zones.pageblock(event.pfn);
    if (!m_frames.make_block(event.pfn, event.order, type)) {  // allocated until it is on a list
        ++m_conflicts.frees;
        return;
    }
    if (task.free_ok && task.free_ok->pfn == event.pfn) {
        constexpr std::int32_t fpi_to_tail = 2;
        free_directly(event, event.pfn, event.order, type, task.free_ok->other & fpi_to_tail);
        task.free_ok.reset();
        return;
    }
    ++m_waiting;
}

MigrateType Replayer::stored_type(Pfn pfn) const {
    return alloc_type_of(m_state.pages.state(pfn));
}

void Replayer::free_directly(const TraceEvent& event, Pfn pfn, Order order, MigrateType type, bool to_tail) {
    Task& task = m_tasks[event.pid];
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    m_state.pages.set_freed(pfn, order);
    const auto became =
        BuddyLists(m_state, zone(frames->zone))
            .free_one(pfn, order, type, frames->frames, to_tail, task.capture ? &*task.capture : nullptr);
    if (m_notes) m_notes->freed.push_back({pfn, order, type, false, became.pfn, became.order});
}

void Replayer::on_pcp_free(const TraceEvent& event) {
    if (event.pfn >= m_state.pages.end_pfn() || is_free_state(m_state.pages.state(event.pfn))) return;
    m_waiting -= m_waiting != 0;
    constexpr std::int32_t reclaim_active = 2;  // ZONE_RECLAIM_ACTIVE
    const MigrateType stored = stored_type(event.pfn);
    PcpLists lists = pcp(event.zone);
    m_conflicts.drains += m_surplus.erase({event.zone.nid, event.zone.type});  // one was foreseen and has not come
    m_state.pages.set_freed(event.pfn, event.order);
    lists.put(event.pfn, event.order, stored);
    if (const NrPages n = lists.surplus(event.order, event.other & reclaim_active))
        m_surplus[{event.zone.nid, event.zone.type}] = {n, order_to_pindex(event.order, event.type, m_state.profile)};
}

void Replayer::on_free_one(const TraceEvent& event) {
    if (event.pfn >= m_state.pages.end_pfn() || is_free_state(m_state.pages.state(event.pfn))) return;
    m_waiting -= m_waiting != 0;
    free_directly(event, event.pfn, event.order, event.type, false);
}

void Replayer::on_pcpu_drain(const TraceEvent& event) {
    if (m_draining) return;
    m_draining = true;
    if (m_drains.empty()) {
        ++m_conflicts.contexts;
        return;
    }
    const TraceEvent asked = m_drains.back();
    m_drains.pop_back();
    Task& task = m_tasks[event.pid];
    pcp(asked.zone)
        .drain(static_cast<NrPages>(asked.count), static_cast<unsigned>(asked.other),
               task.capture ? &*task.capture : nullptr, [this](Pfn pfn, Order order, MigrateType type) {
                   if (m_notes) m_notes->freed.push_back(drained_block(pfn, order, type));
               });
}

/// What a drained block has merged into is seen in the lists.
ReplayNotes::Freed Replayer::drained_block(Pfn pfn, Order order, MigrateType type) const {
    for (Order o = order; o < m_state.profile.max_order; ++o) {
        const Pfn head = align_down(pfn, Pfn{1} << o);
        if (m_state.pages.free_head(head) && m_state.pages.order(head) == o) return {pfn, order, type, true, head, o};
    }
    return {pfn, order, type, true, no_pfn, order};
}

/// __isolate_free_page().
void Replayer::on_isolate_ret(const TraceEvent& event) {
    const auto isolating = std::exchange(m_tasks[event.pid].isolating, std::nullopt);
    if (!isolating) {
        ++m_conflicts.contexts;
        return;
    }
    const Pfn pfn = isolating->pfn;
    if (pfn >= m_state.pages.end_pfn() || !m_state.pages.free_head(pfn) ||
        m_state.pages.order(pfn) != isolating->order) {
        m_conflicts.isolations += event.other != 0;
        return;
    }
    Zone& z = m_frames.zone_of(pfn);
    const Order order = isolating->order;
    const bool is_isolated = m_state.zones.pageblock(pfn) == MigrateType::isolate;
    const NrPages mark = z.watermark[0] + (NrPages{1} << order);
    const bool allowed =
        is_isolated || zone_watermark_ok(z, 0, mark, ZoneType::dma, alloc::cma, m_state.profile.max_order);
    if (allowed != (event.other != 0)) ++m_conflicts.isolations;
    if (event.other == 0) return;
    if (!is_isolated) mod_free_pages(z, 0, -(std::int64_t{1} << order));
    BuddyLists(m_state, z).del(pfn, order);
    m_frames.hand_out(pfn, order, MigrateType::movable);
}

void Replayer::put_right(const TraceEvent& event, Pfn given, Pfn real) {
    Request* request = event.kind == TraceKind::bulk_take ? top_bulk(event.pid) : top(event.pid);
    const MigrateType type = request ? request->asked.type : MigrateType::unmovable;
    if (given != no_pfn) {
        m_state.pages.set_freed(given, event.order);
        if (event.kind == TraceKind::buddy_take)
            BuddyLists(m_state, m_frames.zone_of(given))
                .free_one(given, event.order, type, m_state.zones.frames_of(given)->frames, false);
        else
            pcp(event.zone).put(given, event.order, type);
    }
    m_frames.fetch(real, event.order);
    m_frames.hand_out(real, event.order, type);
    if (request && !request->is_bulk) request->taken = real;
}

}  // namespace mm
