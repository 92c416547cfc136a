// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/plain_replayer.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/page_alloc/highatomic.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {
namespace {

bool shows_block(TraceKind kind) {
    return kind == TraceKind::mm_page_alloc || kind == TraceKind::mm_page_free ||
           kind == TraceKind::mm_page_pcpu_drain || kind == TraceKind::mm_page_alloc_zone_locked;
}

}  // namespace

bool is_kernel_tracepoint(TraceKind kind) {
    switch (kind) {
        case TraceKind::mm_page_alloc:
        case TraceKind::mm_page_alloc_zone_locked:
        case TraceKind::mm_page_alloc_extfrag:
        case TraceKind::mm_page_free:
        case TraceKind::mm_page_free_batched:
        case TraceKind::mm_page_pcpu_drain:
            return true;
        default:
            return false;
    }
}

PlainReplayer::PlainReplayer(const AllocState& state, std::span<const TraceEvent> events)
    : m_state(state), m_frames(state), m_events(events), m_index(index_of(events)) {}

std::shared_ptr<const PlainReplayer::Index> PlainReplayer::index_of(std::span<const TraceEvent> events) {
    auto index = std::make_shared<Index>();
    index->waits_for_list.resize(events.size());
    std::unordered_map<Pfn, std::size_t> freed;  // and not yet on a list
    for (std::size_t at = 0; at < events.size(); ++at) {
        const TraceEvent& e = events[at];
        if (e.pfn == no_pfn) continue;
        index->has_answers |= e.kind == TraceKind::mm_page_alloc;
        if (e.kind == TraceKind::mm_page_free) freed[e.pfn] = at;
        if (e.kind == TraceKind::mm_page_free_batched)
            if (const auto it = freed.find(e.pfn); it != freed.end()) {
                index->waits_for_list[it->second] = true;
                freed.erase(it);
            }
        if (shows_block(e.kind))
            index->seen.push_back({static_cast<std::uint32_t>(e.pfn), static_cast<std::uint32_t>(at)});
    }
    std::sort(index->seen.begin(), index->seen.end());
    return index;
}

bool PlainReplayer::was_taken_unseen(Pfn pfn, std::size_t at) const {
    if (!m_index->has_answers) return false;
    const Seen now{static_cast<std::uint32_t>(pfn), static_cast<std::uint32_t>(at)};
    const auto next = std::lower_bound(m_index->seen.begin(), m_index->seen.end(), now);
    return next != m_index->seen.end() && next->pfn == now.pfn && m_events[next->at].kind == TraceKind::mm_page_free;
}

AllocContext PlainReplayer::context_of(Gfp gfp, Order order) const {
    AllocRequest request;
    request.gfp = gfp;
    request.order = order;
    return prepare_alloc(m_state.zones, request, m_state.profile);
}

Pfn PlainReplayer::step(std::size_t at) {
    const TraceEvent& event = m_events[at];
    if (!is_kernel_tracepoint(event.kind)) return no_pfn;
    const bool was_in_run = m_in_run;
    m_in_run = event.kind == TraceKind::mm_page_alloc_zone_locked ||
               (was_in_run && event.kind == TraceKind::mm_page_alloc_extfrag);
    const bool was_draining = m_draining;
    m_draining = event.kind == TraceKind::mm_page_pcpu_drain;
    if (!m_draining) m_last_put.reset();
    switch (event.kind) {
        case TraceKind::mm_page_alloc_zone_locked:
            if (event.other != 0 && (!was_in_run || m_run_left == 0))
                refill(event, at);  // one refill may follow another at once
            else if (m_run_left > 0)
                --m_run_left;
            return no_pfn;
        case TraceKind::mm_page_alloc:
            return allocate(event, at);
        case TraceKind::mm_page_free:
            free_block(event, at);
            return no_pfn;
        case TraceKind::mm_page_free_batched:
            put(event.pfn, 0);
            return no_pfn;
        case TraceKind::mm_page_pcpu_drain:
            if (!was_draining) drain(at);
            drain_block(event);
            return no_pfn;
        case TraceKind::mm_vmscan_kswapd_sleep:
            for (Node& node : m_state.zones.nodes)
                for (Zone& z : node.zones)
                    if (node.nid == event.zone.nid) z.watermark_boost = 0;
            return no_pfn;
        default:
            return no_pfn;
    }
}

/// The request that a refill is for is told only when it returns: the task's next one of that kind.
void PlainReplayer::refill(const TraceEvent& event, std::size_t at) {
    constexpr std::size_t horizon = 2000;
    const auto rest = m_events.subspan(at, std::min(horizon, m_events.size() - at));
    const auto asked = std::find_if(rest.begin(), rest.end(), [&](const TraceEvent& e) {
        return e.kind == TraceKind::mm_page_alloc && e.pid == event.pid && e.order == event.order &&
               e.type == event.type;
    });
    const AllocContext context = context_of(asked != rest.end() ? asked->gfp : gfp::GFP_KERNEL, event.order);
    if (!context.zonelist || !pcp_allowed_order(event.order, m_state.profile)) return;
    const NrPages length = run_length(at);
    const auto fits = [&](const Candidate& c) {
        return length % PcpLists(m_state, *c.zone, 0).refill_count(event.order) == 0;
    };
    const std::vector<Candidate> all = candidates(context);
    auto chosen = std::find_if(all.begin(), all.end(), fits);
    if (chosen == all.end()) chosen = all.begin();
    if (chosen == all.end()) return;
    PcpLists lists(m_state, *chosen->zone, 0);
    for (Pfn p = lists.take(event.order, event.type); p != no_pfn; p = lists.take(event.order, event.type)) {
        m_frames.hand_out(p, event.order, event.type);
        ++m_inferences.unseen_takes;
    }
    BuddyLists buddy(m_state, *chosen->zone, 0);
    const NrPages count = lists.refill_count(event.order);
    lists.refill(buddy, event.order, count, event.type, chosen->flags);
    m_run_left = count - 1;
    // The steal of a refill may raise the watermark: the request is past that, it has its zone.
    if (asked != rest.end())
        m_served[at + static_cast<std::size_t>(asked - rest.begin())] = {chosen->zone->nid, chosen->zone->type};
}

/// Zones in the order in which they may serve: those whose watermarks allow it, attempt by attempt, then the others:
/// counters are known but for what the CPU keeps to itself, and reclaim may have helped.
std::vector<PlainReplayer::Candidate> PlainReplayer::candidates(const AllocContext& context) const {
    std::vector<Candidate> out;
    const auto add = [&](Zone* zone, AllocFlags flags) {
        if (std::none_of(out.begin(), out.end(), [zone](const Candidate& c) { return c.zone == zone; }))
            out.push_back({zone, flags});
    };
    const AllocFlags second = slow_alloc_flags(context.gfp, context.order, m_state.profile.cma);
    for (const AllocFlags flags :
         {first_alloc_flags(m_state.zones, context, m_state.profile), second, second | alloc::no_watermarks}) {
        ZoneWalk walk(m_state.zones, context, flags, m_state.profile);
        for (Zone* zone = walk.next(); zone; zone = walk.next())
            add(zone, walk.flags());
    }
    return out;
}

/// How many blocks one or several refills in a row bring: zones differ in their batches.
NrPages PlainReplayer::run_length(std::size_t at) const {
    NrPages length = 0;
    for (std::size_t i = at; i < m_events.size(); ++i) {
        const TraceEvent& e = m_events[i];
        if (!is_kernel_tracepoint(e.kind) || e.kind == TraceKind::mm_page_alloc_extfrag) continue;
        if (e.kind != TraceKind::mm_page_alloc_zone_locked || e.other == 0) break;
        ++length;
    }
    return length;
}

Pfn PlainReplayer::take(Zone& zone, const AllocContext& context, AllocFlags flags, std::size_t at) {
    const Order order = context.order;
    const MigrateType type = context.migratetype;
    BuddyLists buddy(m_state, zone, 0);
    if (!pcp_allowed_order(order, m_state.profile)) return rmqueue_buddy(buddy, order, type, flags);
    PcpLists lists(m_state, zone, 0);
    lists.note_allocation();
    Pfn pfn = lists.take(order, type);
    for (; pfn != no_pfn && was_taken_unseen(pfn, at); pfn = lists.take(order, type)) {
        m_frames.hand_out(pfn, order, type);
        ++m_inferences.unseen_takes;
    }
    if (pfn == no_pfn && lists.refill(buddy, order, lists.refill_count(order), type, flags) != 0)
        pfn = lists.take(order, type);
    return pfn != no_pfn ? pfn : rmqueue_buddy(buddy, order, type, flags);
}

Pfn PlainReplayer::allocate(const TraceEvent& event, std::size_t at) {
    const AllocContext context = context_of(event.gfp, event.order);
    if (const auto it = m_served.find(at); it != m_served.end()) {
        Zone& zone = m_frames.zone(it->second);
        m_served.erase(it);
        if (const Pfn pfn = take(zone, context, alloc::nofragment, at); pfn != no_pfn) {
            m_frames.hand_out(pfn, event.order, context.migratetype);
            return pfn;
        }
    }
    const std::vector<Candidate> all = context.zonelist ? candidates(context) : std::vector<Candidate>{};
    const bool on_pcp = pcp_allowed_order(event.order, m_state.profile);
    // A refill would have been told before: first the zones whose list holds something.
    for (const bool refills : {false, true})
        for (const Candidate& c : all) {
            if (on_pcp && !refills && PcpLists(m_state, *c.zone, 0).empty(event.order, context.migratetype)) continue;
            const Pfn pfn = take(*c.zone, context, c.flags, at);
            if (pfn == no_pfn) continue;
            m_frames.hand_out(pfn, event.order, context.migratetype);
            if (c.flags & alloc::highatomic) reserve_highatomic_pageblock(m_state, *c.zone, pfn);
            return pfn;
        }
    ++m_inferences.no_block;
    return no_pfn;
}

void PlainReplayer::free_block(const TraceEvent& event, std::size_t at) {
    if (!m_frames.known(event.pfn)) return;
    const MigrateType type = m_state.zones.pageblock(event.pfn);
    if (!m_frames.make_block(event.pfn, event.order, type)) {
        ++m_inferences.unseen_frees;
        for (Pfn p = event.pfn; p < event.pfn + (Pfn{1} << event.order); ++p)
            if (is_free_state(m_state.pages.state(p))) m_frames.fetch(p, 0);
        if (!m_frames.make_block(event.pfn, event.order, type)) return;
    }
    if (pcp_allowed_order(event.order, m_state.profile)) {
        if (!m_index->waits_for_list[at]) put(event.pfn, event.order);
        return;
    }
    const ZoneFrames* frames = m_state.zones.frames_of(event.pfn);
    m_state.pages.set_freed(event.pfn, event.order);
    BuddyLists(m_state, m_frames.zone(frames->zone)).free_one(event.pfn, event.order, type, frames->frames, false);
}

void PlainReplayer::put(Pfn pfn, Order order) {
    if (!m_frames.known(pfn) || is_free_state(m_state.pages.state(pfn)) || m_state.pages.order(pfn) != order) return;
    const MigrateType stored = alloc_type_of(m_state.pages.state(pfn));
    Zone& zone = m_frames.zone_of(pfn);
    PcpLists lists(m_state, zone, 0);
    m_state.pages.set_freed(pfn, order);
    lists.put(pfn, order, stored);
    m_last_put = Put{{zone.nid, zone.type}, order, pcp_list_of(stored)};
}

/// How much is drained follows from the list's limits, but whether the zone's reclaim is active, which lowers them, has
/// no tracepoint: the length of the drain tells. Without a free before it, vmstat or drain_pages() drains, from list 0.
void PlainReplayer::drain(std::size_t at) {
    const TraceEvent& event = m_events[at];
    NrPages count = 0;
    for (std::size_t i = at; i < m_events.size(); ++i) {
        if (!is_kernel_tracepoint(m_events[i].kind)) continue;
        if (m_events[i].kind != TraceKind::mm_page_pcpu_drain) break;
        count += NrPages{1} << m_events[i].order;
    }
    const auto put = std::exchange(m_last_put, std::nullopt);
    if (!put && !m_frames.known(event.pfn)) return;
    Zone& zone = put ? m_frames.zone(put->zone) : m_frames.zone_of(event.pfn);
    PcpLists lists(m_state, zone, 0);
    unsigned pindex = 0;
    if (put) {
        pindex = order_to_pindex(put->order, put->type, m_state.profile);
        const unsigned factor = zone.pcp[0].free_factor;
        if (lists.surplus(put->order, false) != count) {
            zone.pcp[0].free_factor = factor;
            m_inferences.unseen_drains += lists.surplus(put->order, true) != count;
        }
    } else {
        ++m_inferences.unseen_drains;
    }
    lists.drain(count, pindex, nullptr, [](Pfn, Order, MigrateType) {});
}

/// A block of a drain that was not foreseen.
void PlainReplayer::drain_block(const TraceEvent& event) {
    if (!m_frames.known(event.pfn) || state_of(m_state.pages.state(event.pfn)) != PageState::pcp ||
        m_state.pages.order(event.pfn) != event.order)
        return;
    ++m_inferences.unseen_drains;
    m_frames.fetch(event.pfn, event.order);
    const ZoneFrames* frames = m_state.zones.frames_of(event.pfn);
    m_state.pages.set_freed(event.pfn, event.order);
    BuddyLists(m_state, m_frames.zone(frames->zone))
        .free_one(event.pfn, event.order, event.type, frames->frames, false);
}

/// Lists are taken from the head: what lies before the block that was really taken went before it, unseen.
bool PlainReplayer::take_up_to(const TraceEvent& event, Zone& zone, Pfn real) {
    if (!m_frames.known(real) || &m_frames.zone_of(real) != &zone || m_state.pages.order(real) != event.order ||
        state_of(m_state.pages.state(real)) != PageState::pcp)
        return false;
    PcpLists lists(m_state, zone, 0);
    if (lists.listed_in(real) != order_to_pindex(event.order, event.type, m_state.profile)) return false;
    ++m_inferences.unseen_takes;  // the one given
    for (Pfn p = lists.take(event.order, event.type);; p = lists.take(event.order, event.type)) {
        m_frames.hand_out(p, event.order, event.type);
        if (p == real) return true;
        ++m_inferences.unseen_takes;
    }
}

/// Another zone served than the rules said: what they did not know are the boost, which kswapd ends without a
/// tracepoint, and what the CPU keeps of the counter to itself. Both are set so that the walk comes out as it did.
void PlainReplayer::learn_watermarks(const TraceEvent& event, const Zone& given, Zone& real) {
    const AllocContext context = context_of(event.gfp, event.order);
    if (!context.zonelist) return;
    const auto place = [&](const Zone& z) {
        return std::find(context.zonelist->begin(), context.zonelist->end(), ZoneRef{z.nid, z.type});
    };
    const AllocFlags flags = first_alloc_flags(m_state.zones, context, m_state.profile);
    const auto spare = [&](const Zone& z) {  // pages above the mark
        const NrPages reserve = z.lowmem_reserve[static_cast<std::size_t>(context.highest)];
        return z.free_pages_seen() - static_cast<std::int64_t>(wmark_pages(z, flags) + reserve);
    };
    if (place(real) < place(given)) {
        if (spare(real) <= 0) real.watermark_boost = 0;
        if (spare(real) <= 0) real.pcp[0].free_diff += static_cast<std::int32_t>(spare(real)) - 1;
    } else if (Zone& passed = m_frames.zone({given.nid, given.type}); spare(passed) > 0) {
        passed.watermark_boost += static_cast<NrPages>(spare(passed));
    }
}

void PlainReplayer::put_right(const TraceEvent& event, Pfn given, Pfn real) {
    if (given != no_pfn && m_frames.known(real) && real != 0)
        if (Zone& zone = m_frames.zone_of(real); &zone != &m_frames.zone_of(given))
            learn_watermarks(event, m_frames.zone_of(given), zone);
    const bool on_pcp = pcp_allowed_order(event.order, m_state.profile);
    if (given != no_pfn) {
        Zone& zone = m_frames.zone_of(given);
        if (on_pcp && take_up_to(event, zone, real)) return;
        m_state.pages.set_freed(given, event.order);
        if (on_pcp)
            PcpLists(m_state, zone, 0).put(given, event.order, event.type);
        else
            BuddyLists(m_state, zone)
                .free_one(given, event.order, event.type, m_state.zones.frames_of(given)->frames, false);
    }
    if (real == 0 || !m_frames.known(real)) return;
    if (is_free_state(m_state.pages.state(real)) && m_state.pages.order(real) == event.order)
        m_frames.fetch(real, event.order);
    for (Pfn p = real; p < real + (Pfn{1} << event.order); ++p)
        if (is_free_state(m_state.pages.state(p))) m_frames.fetch(p, 0);
    m_frames.make_block(real, event.order, event.type);
}

}  // namespace mm
