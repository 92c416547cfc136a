// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/replayer.h"

#include <algorithm>

#include "engine/page_alloc/highatomic.h"

namespace mm {
namespace {

/// Events that come one after the other with the zone's lock held: a steal and the block it is for.
bool under_zone_lock(TraceKind kind) {
    switch (kind) {
        case TraceKind::mm_page_alloc_zone_locked:
        case TraceKind::mm_page_alloc_extfrag:
        case TraceKind::setmt:
        case TraceKind::moveblk:
        case TraceKind::steal_count:
            return true;
        default:
            return false;
    }
}

}  // namespace

Replayer::Request* Replayer::top(std::uint32_t pid) {
    auto& requests = m_tasks[pid].requests;
    const auto it = std::find_if(requests.rbegin(), requests.rend(), [](const Request& r) { return !r.is_bulk; });
    return it == requests.rend() ? nullptr : &*it;
}

Replayer::Request* Replayer::top_bulk(std::uint32_t pid) {
    auto& requests = m_tasks[pid].requests;
    const auto it = std::find_if(requests.rbegin(), requests.rend(), [](const Request& r) { return r.is_bulk; });
    return it == requests.rend() ? nullptr : &*it;
}

Pfn Replayer::step(const TraceEvent& event, std::span<const TraceEvent> rest) {
    if (m_notes) m_notes->clear();
    finish_running(event);
    apply_pending(event);
    return handle(event, rest);
}

bool Replayer::between_operations() const {
    if (!m_pending.empty() || m_waiting != 0) return false;
    if (std::any_of(m_refills.begin(), m_refills.end(), [](const Refill& r) { return r.started; })) return false;
    return std::all_of(m_tasks.begin(), m_tasks.end(), [](const auto& entry) {
        const Task& task = entry.second;
        return !(task.capture && task.capture->page != no_pfn) &&
               std::all_of(task.requests.begin(), task.requests.end(),
                           [](const Request& r) { return r.locked == no_pfn; });
    });
}

/// A refill ends with the lock, also where memory ran out before it was complete.
void Replayer::finish_running(const TraceEvent& event) {
    if (event.kind != TraceKind::mm_page_pcpu_drain) m_draining = false;
    if (under_zone_lock(event.kind) || m_refills.empty() || !m_refills.back().started) return;
    const Refill& r = m_refills.back();
    pcp(r.asked.zone).count_refill(r.asked.order, static_cast<NrPages>(r.got));
    m_refills.pop_back();
}

/// Changes of pageblocks that no steal made: the highatomic reserve's, or an isolation's.
void Replayer::apply_pending(const TraceEvent& event) {
    if (under_zone_lock(event.kind)) return;
    for (const TraceEvent& e : m_pending) {
        if (!m_frames.known(e.pfn)) continue;
        Zone& z = m_frames.zone_of(e.pfn);
        if (e.kind == TraceKind::moveblk) {
            BuddyLists(m_state, z).move_freepages_block(e.pfn, e.type);
            continue;
        }
        const NrPages block = m_state.zones.pageblock_nr_pages();
        const MigrateType old = m_state.zones.pageblock(e.pfn);
        if (e.type == MigrateType::highatomic && old != e.type) z.nr_reserved_highatomic += block;
        if (old == MigrateType::highatomic && old != e.type)
            z.nr_reserved_highatomic -= std::min(block, z.nr_reserved_highatomic);
        set_pageblock(m_state, e.pfn, e.type);
        if (m_notes && old != e.type) m_notes->retyped.push_back({e.pfn, old, e.type});
    }
    m_pending.clear();
    m_movable.reset();
}

Pfn Replayer::handle(const TraceEvent& event, std::span<const TraceEvent> rest) {
    Task& task = m_tasks[event.pid];
    switch (event.kind) {
        case TraceKind::req:
        case TraceKind::bulk_req:
            on_req(event);
            return no_pfn;
        case TraceKind::refill:
            on_refill(event);
            return no_pfn;
        case TraceKind::mm_page_alloc_zone_locked:
            on_zone_locked(event, rest);
            return no_pfn;
        case TraceKind::pcp_take:
            return on_pcp_take(event);
        case TraceKind::buddy_take:
            return on_buddy_take(event);
        case TraceKind::bulk_take:
            return on_bulk_take(event);
        case TraceKind::mm_page_alloc:
            return on_alloc(event);
        case TraceKind::mm_page_free:
            on_free(event);
            return no_pfn;
        case TraceKind::free_ok:
            task.free_ok = event;
            return no_pfn;
        case TraceKind::pcp_free:
            on_pcp_free(event);
            return no_pfn;
        case TraceKind::free_one:
            on_free_one(event);
            return no_pfn;
        case TraceKind::drain:
            on_drain(event);
            return no_pfn;
        case TraceKind::mm_page_pcpu_drain:
            on_pcpu_drain(event);
            return no_pfn;
        case TraceKind::setmt:
        case TraceKind::moveblk:
            m_pending.push_back(event);
            return no_pfn;
        case TraceKind::steal_count:
            m_movable = static_cast<NrPages>(event.other);
            return no_pfn;
        case TraceKind::isolate:
            task.isolating = event;
            return no_pfn;
        case TraceKind::isolate_ret:
            on_isolate_ret(event);
            return no_pfn;
        case TraceKind::list_head_move:
            if (event.pfn < m_state.pages.end_pfn() && m_state.pages.free_head(event.pfn))
                buddy(event.zone)
                    .move_freelist_head(event.pfn, event.order, list_of_head(m_state.pages.head(event.pfn)));
            return no_pfn;
        case TraceKind::list_tail_move:
            if (event.pfn < m_state.pages.end_pfn() && m_state.pages.free_head(event.pfn))
                buddy(event.zone)
                    .move_freelist_tail(event.pfn, event.order, list_of_head(m_state.pages.head(event.pfn)));
            return no_pfn;
        case TraceKind::compact:
            task.capture = Capture{event.zone.nid, event.zone.type, event.order};
            return no_pfn;
        case TraceKind::compact_end:
            on_compact_end(event);
            return no_pfn;
        case TraceKind::kswapd:
            on_kswapd(event);
            return no_pfn;
        case TraceKind::kswapd_end:
            on_kswapd_end(event);
            return no_pfn;
        case TraceKind::vmstat_fold:
            for (Node& node : m_state.zones.nodes)
                for (Zone& z : node.zones)
                    if (!z.pcp.empty()) z.pcp[0].free_diff = 0;
            return no_pfn;
        default:
            return no_pfn;
    }
}

/// The drain of a free is foreseen: the lists' lock is held until it has come.
void Replayer::on_drain(const TraceEvent& event) {
    const std::pair<NrPages, unsigned> asked{event.count, event.other};
    if (const auto it = m_surplus.find({event.zone.nid, event.zone.type}); it != m_surplus.end()) {
        m_conflicts.drains += it->second != asked;
        m_surplus.erase(it);
    }
    if (event.count > 0) m_drains.push_back(event);
}

/// A further attempt of the same request replaces it; anything else comes from an interrupt.
void Replayer::on_req(const TraceEvent& event) {
    auto& requests = m_tasks[event.pid].requests;
    const bool bulk = event.kind == TraceKind::bulk_req;
    if (!requests.empty()) {
        Request& last = requests.back();
        const bool open = last.taken == no_pfn && last.locked == no_pfn && last.is_bulk == bulk;
        if (open && last.asked.order == event.order && last.asked.type == event.type) {
            last.asked = event;
            last.has_refilled = false;
            return;
        }
    }
    requests.emplace_back();
    requests.back().asked = event;
    requests.back().is_bulk = bulk;
    if (bulk) requests.back().asked.type = gfp_migratetype(event.gfp);
}

void Replayer::on_refill(const TraceEvent& event) {
    auto& requests = m_tasks[event.pid].requests;
    // One that found nothing has left no trace.
    std::erase_if(m_refills, [&](const Refill& r) {
        return !r.started && r.asked.pid == event.pid && r.depth >= requests.size();
    });
    m_refills.push_back({event, 0, false, requests.size()});
    if (requests.empty() || requests.back().is_bulk) return;
    pcp(event.zone).note_allocation();
    requests.back().has_refilled = true;
}

void Replayer::on_zone_locked(const TraceEvent& event, std::span<const TraceEvent> rest) {
    const bool is_running = !m_refills.empty() && m_refills.back().started;
    const bool buddy_next = !rest.empty() && rest[0].kind == TraceKind::buddy_take && rest[0].pid == event.pid &&
                            rest[0].order == event.order;
    if (!is_running) {
        const auto it = std::find_if(m_refills.rbegin(), m_refills.rend(), [&](const Refill& r) {
            return r.asked.order == event.order && r.asked.type == event.type && r.asked.pid == event.pid;
        });
        if (it == m_refills.rend() || buddy_next) return take_for_buddy(event, rest);
        std::rotate(it.base() - 1, it.base(), m_refills.end());
        m_refills.back().started = true;
    }
    Refill& r = m_refills.back();
    BuddyLists lists = buddy(r.asked.zone);
    lists.set_movable_count(std::exchange(m_movable, std::nullopt));
    m_pending.clear();
    const Pfn pfn = pcp(r.asked.zone).refill_one(lists, r.asked.order, r.asked.type, r.asked.flags);
    if (pfn == no_pfn)
        ++m_conflicts.no_block;
    else
        ++r.got;
    if (m_notes) m_notes->locked = {r.asked.zone, pfn, r.asked.order, r.asked.type, true, lists.notes()};
    if (++r.steps < r.asked.count) return;
    pcp(r.asked.zone).count_refill(r.asked.order, static_cast<NrPages>(r.got));
    m_refills.pop_back();
}

void Replayer::take_for_buddy(const TraceEvent& event, std::span<const TraceEvent> rest) {
    Request* request = top(event.pid);
    const auto take = std::find_if(rest.begin(), rest.end(), [&](const TraceEvent& e) {
        return e.kind == TraceKind::buddy_take && e.pid == event.pid && e.order == event.order;
    });
    if (!request || take == rest.end()) {
        ++m_conflicts.contexts;
        return;
    }
    BuddyLists lists = buddy(take->zone);
    lists.set_movable_count(std::exchange(m_movable, std::nullopt));
    m_pending.clear();
    request->locked = rmqueue_buddy(lists, event.order, request->asked.type, flags_in_zone(*request, take->zone));
    if (request->locked == no_pfn) ++m_conflicts.no_block;
    if (m_notes)
        m_notes->locked = {take->zone, request->locked, event.order, request->asked.type, false, lists.notes()};
}

/// ALLOC_NOFRAGMENT goes when all zones have been tried: walk to the zone to see.
AllocFlags Replayer::flags_in_zone(const Request& request, ZoneRef ref) const {
    const TraceEvent& asked = request.asked;
    if (!(asked.flags & alloc::nofragment)) return asked.flags;
    AllocContext context;
    context.gfp = asked.gfp;
    context.order = asked.order;
    context.migratetype = asked.type;
    context.highest = zone_type_of_index(static_cast<unsigned>(asked.other), m_state.profile);
    context.preferred = asked.zone;
    const Node* node = m_state.zones.node(asked.zone.nid);
    context.zonelist = node ? &(asked.gfp & gfp::thisnode ? node->thisnode : node->fallback) : nullptr;
    ZoneWalk walk(m_state.zones, context, asked.flags, m_state.profile);
    for (const Zone* z = walk.next(); z; z = walk.next())
        if (z->nid == ref.nid && z->type == ref.type) return walk.flags();
    return asked.flags & ~alloc::nofragment;
}

/// The request's answer.
Pfn Replayer::give(Request& request, Pfn pfn, Order order) {
    request.taken = request.predicted = pfn;
    if (pfn != no_pfn) m_frames.hand_out(pfn, order, request.asked.type);
    return pfn;
}

Pfn Replayer::on_pcp_take(const TraceEvent& event) {
    Request* request = top(event.pid);
    if (!request) {
        ++m_conflicts.contexts;
        return no_pfn;
    }
    PcpLists lists = pcp(event.zone);
    if (!std::exchange(request->has_refilled, false)) lists.note_allocation();
    const Pfn pfn = lists.take(event.order, request->asked.type);
    m_conflicts.no_block += pfn == no_pfn;
    return give(*request, pfn, event.order);
}

Pfn Replayer::on_buddy_take(const TraceEvent& event) {
    Request* request = top(event.pid);
    if (!request) {
        ++m_conflicts.contexts;
        return no_pfn;
    }
    return give(*request, std::exchange(request->locked, no_pfn), event.order);
}

Pfn Replayer::on_bulk_take(const TraceEvent& event) {
    const Request* request = top_bulk(event.pid);
    if (!request) {
        ++m_conflicts.contexts;
        return no_pfn;
    }
    const Pfn pfn = pcp(event.zone).take(0, request->asked.type);
    if (pfn == no_pfn)
        ++m_conflicts.no_block;
    else
        m_frames.hand_out(pfn, 0, request->asked.type);
    return pfn;
}

Pfn Replayer::on_alloc(const TraceEvent& event) {
    auto& requests = m_tasks[event.pid].requests;
    const Request* request = top(event.pid);
    if (!request) {
        ++m_conflicts.contexts;
        return no_pfn;
    }
    const Pfn pfn = request->predicted;
    requests.erase(requests.begin() + (request - requests.data()), requests.end());
    std::erase_if(m_refills,
                  [&](const Refill& r) { return !r.started && r.asked.pid == event.pid && r.depth > requests.size(); });
    return pfn;
}

void Replayer::on_compact_end(const TraceEvent& event) {
    const auto capture = std::exchange(m_tasks[event.pid].capture, std::nullopt);
    if (!capture || capture->page == no_pfn) return;
    Request* request = top(event.pid);
    if (!request) {
        ++m_conflicts.contexts;
        return;
    }
    give(*request, capture->page, capture->order);
}

void Replayer::on_kswapd(const TraceEvent& event) {
    auto& boosts = m_tasks[event.pid].boosts;
    boosts.clear();
    const ZoneType highest = zone_type_of_index(static_cast<unsigned>(event.other), m_state.profile);
    for (Node& node : m_state.zones.nodes)
        for (const Zone& z : node.zones)
            if (node.nid == event.zone.nid && z.type <= highest && z.populated())
                boosts.push_back({{z.nid, z.type}, z.watermark_boost});
}

void Replayer::on_kswapd_end(const TraceEvent& event) {
    for (const auto& [ref, boost] : std::exchange(m_tasks[event.pid].boosts, {}))
        zone(ref).watermark_boost -= std::min(zone(ref).watermark_boost, boost);
}

}  // namespace mm
