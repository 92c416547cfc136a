// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/page_alloc/why_log.h"

namespace mm {

std::optional<std::size_t> event_of_allocation(const std::vector<TraceEvent>& events, std::size_t n) {
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].kind == TraceKind::mm_page_alloc && n-- == 0) return i;
    return std::nullopt;
}

/// As the replayer does: a req of the same kind is a further attempt of a request still open, any other interrupts it.
std::optional<RequestSpan> request_around(const std::vector<TraceEvent>& events, std::size_t event) {
    struct Open {
        RequestSpan span;
        bool taken = false;
    };
    std::vector<Open> open;
    if (event >= events.size()) return std::nullopt;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const TraceEvent& e = events[i];
        if (e.pid != events[event].pid) continue;
        if (e.kind == TraceKind::req) {
            const auto again = [&](const Open& o) {
                const TraceEvent& asked = events[o.span.attempts.back()];
                return !o.taken && asked.order == e.order && asked.type == e.type;
            };
            if (open.empty() || !again(open.back())) open.push_back({{i, i, {}}, false});
            open.back().span.attempts.push_back(i);
        } else if (open.empty()) {
            continue;
        } else if (e.kind == TraceKind::pcp_take || e.kind == TraceKind::buddy_take) {
            open.back().taken = true;
        } else if (e.kind == TraceKind::mm_page_alloc) {
            RequestSpan span = open.back().span;
            span.last = i;
            if (span.first <= event && event <= i) return span;
            open.pop_back();
        }
        if (i >= event && open.empty()) return std::nullopt;
    }
    return std::nullopt;
}

namespace {

class Explainer {
public:
    Explainer(Replay& replay, const RequestSpan& span)
        : m_replay(replay), m_events(replay.events()), m_profile(replay.profile()), m_span(span) {
        const TraceEvent& asked = m_events[span.first];
        m_out.first = span.first;
        m_out.last = span.last;
        m_out.who = fmt::format("task {}", asked.pid);
        m_out.seconds = static_cast<double>(asked.nanoseconds) / 1e9;
        m_pid = asked.pid;
    }

    Explanation explain() {
        m_replay.run(m_span.first);
        m_replay.tell(&m_notes);
        tell_request();
        while (m_replay.position() <= m_span.last)
            step();
        m_replay.tell(nullptr);
        return std::move(m_out);
    }

private:
    const Zone& zone(ZoneRef ref) const { return *m_replay.zones().zone(ref.nid, ref.type); }

    void add(WhyFact fact) {
        if (m_meanwhile_any) m_out.steps.push_back({m_at, std::exchange(m_meanwhile, {})});
        m_meanwhile_any = false;
        m_out.steps.push_back({m_at, std::move(fact)});
    }

    void tell_request() {
        const TraceEvent& e = m_events[m_span.first];
        m_at = m_span.first;
        m_context.gfp = e.gfp;
        m_context.order = e.order;
        m_context.migratetype = e.type;
        m_context.highest = zone_type_of_index(static_cast<unsigned>(e.other), m_profile);
        add(why::Request{e.gfp, e.order, e.type, m_context.highest, e.zone});
    }

    bool is_attempt(std::size_t i) const {
        return std::binary_search(m_span.attempts.begin(), m_span.attempts.end(), i);
    }

    /// Of the task itself, and of no request that interrupts this one.
    bool own(std::size_t i) {
        const TraceEvent& e = m_events[i];
        if (e.pid != m_pid) return false;
        if (e.kind == TraceKind::req && !is_attempt(i)) ++m_nested;
        if (m_nested == 0) return true;
        if (e.kind == TraceKind::mm_page_alloc && i != m_span.last) {
            --m_nested;
            ++m_meanwhile.interrupts;
            m_meanwhile_any = true;
        }
        return false;
    }

    /// Looks before the event where what it changes would be gone after it.
    void step() {
        m_at = m_replay.position();
        const TraceEvent& e = m_events[m_at];
        const bool is_own = own(m_at);
        if (!is_own) count_other(e);
        if (is_own && e.kind == TraceKind::pcp_take) m_list = list_of(e);
        if (is_own && e.kind == TraceKind::refill) tell_refill(e);
        if (e.kind == TraceKind::steal_count) m_counted = static_cast<NrPages>(e.other);
        if (e.kind == TraceKind::mm_page_alloc_zone_locked) m_steals.remember(m_replay.zones());
        m_replay.step();
        if (is_own) after(e);
        if (e.kind == TraceKind::mm_page_alloc_zone_locked) m_counted.reset();
    }

    void count_other(const TraceEvent& e) {
        if (e.pid == m_pid) return;
        m_meanwhile.others_allocated += e.kind == TraceKind::mm_page_alloc;
        m_meanwhile.others_freed += e.kind == TraceKind::mm_page_free;
        m_meanwhile_any |= e.kind == TraceKind::mm_page_alloc || e.kind == TraceKind::mm_page_free;
    }

    void after(const TraceEvent& e) {
        switch (e.kind) {
            case TraceKind::req:
                return tell_attempt(e);
            case TraceKind::mm_page_alloc_zone_locked:
                return tell_locked();
            case TraceKind::pcp_take:
                return tell_pcp_take(e);
            case TraceKind::buddy_take:
                return add(why::BuddyTake{e.zone, e.order, e.pfn, pcp_allowed_order(e.order, m_profile)});
            case TraceKind::mm_vmscan_wakeup_kswapd:
                return add(why::KswapdWoken{});
            case TraceKind::compact:
                m_isolated = 0;
                return add(look_at_compaction(zone(e.zone), e.order, m_context.highest, m_profile.max_order));
            case TraceKind::isolate_ret:
                m_isolated += e.other != 0;
                return;
            case TraceKind::compact_end:
                return add(why::CompactionEnd{e.other, e.pfn, m_isolated});
            case TraceKind::mm_vmscan_direct_reclaim_end:
                return add(why::Reclaim{static_cast<NrPages>(e.count)});
            case TraceKind::unreserve:
                return add(why::UnreserveHighatomic{e.other != 0});
            case TraceKind::mark_victim:
                return add(why::OomKill{});
            case TraceKind::mm_page_alloc:
                return tell_answer(e);
            case TraceKind::mm_page_free:
                ++m_meanwhile.freed, m_meanwhile_any = true;
                return;
            case TraceKind::mm_page_pcpu_drain:
                ++m_meanwhile.drained, m_meanwhile_any = true;
                return;
            default:
                return;
        }
    }

    /// The zone the attempt was served from: that of its first take or refill; none if another attempt follows.
    std::optional<ZoneRef> served_from(std::size_t attempt) const {
        unsigned nested = 0;
        for (std::size_t i = attempt + 1; i < m_span.last; ++i) {
            const TraceEvent& e = m_events[i];
            if (e.pid != m_pid) continue;
            if (e.kind == TraceKind::req && is_attempt(i)) return std::nullopt;
            if (e.kind == TraceKind::req) ++nested;
            if (e.kind == TraceKind::mm_page_alloc) --nested;
            if (nested == 0 && (e.kind == TraceKind::pcp_take || e.kind == TraceKind::buddy_take)) return e.zone;
            if (nested == 0 && e.kind == TraceKind::compact) return std::nullopt;
        }
        return std::nullopt;
    }

    void tell_attempt(const TraceEvent& e) {
        m_context.preferred = e.zone;
        m_context.gfp = e.gfp;
        const Node* node = m_replay.zones().node(e.zone.nid);
        m_context.zonelist = node ? &(e.gfp & gfp::thisnode ? node->thisnode : node->fallback) : nullptr;
        add(why::Attempt{++m_attempts, e.flags});
        for (WhyFact& fact : look_at_attempt(m_replay.zones(), m_context, e.flags, m_profile, served_from(m_at)))
            add(std::move(fact));
    }

    const FreeList& list(const TraceEvent& e) const {
        return zone(e.zone).pcp[0].lists[order_to_pindex(e.order, m_context.migratetype, m_profile)];
    }

    why::PerCpuTake list_of(const TraceEvent& e) const {
        const PerCpuPages& pcp = zone(e.zone).pcp[0];
        return {e.zone,        order_to_pindex(e.order, m_context.migratetype, m_profile),
                e.order,       m_context.migratetype,
                list(e).first, list(e).blocks,
                pcp.count,     pcp.high};
    }

    void tell_pcp_take(const TraceEvent&) { add(m_list); }

    void tell_refill(const TraceEvent& e) {
        add(why::Refill{e.zone, order_to_pindex(e.order, e.type, m_profile), e.order, e.type,
                        static_cast<NrPages>(e.count), zone(e.zone).pcp[0].batch});
    }

    void tell_locked() {
        if (!m_notes.locked) return;
        const ReplayNotes::Locked& l = *m_notes.locked;
        if (l.buddy.stolen)
            add(m_steals.look(m_replay.zones(), m_replay.pages(), l.zone, l.order, l.type, l.buddy, m_counted));
        const why::BlocksTaken taken = blocks_taken(m_replay.zones(), l.zone, l.order, l.type, {l.pfn, l.buddy});
        if (m_meanwhile_any || !absorb(m_out.steps.back().fact, taken)) add(taken);
    }

    void tell_answer(const TraceEvent& e) {
        const Pfn said = m_replay.last_prediction();
        why::Answer answer{said == 0 ? no_pfn : said, e.pfn != no_pfn, e.pfn};
        if (e.pfn == 0) answer.real = no_pfn;
        add(answer);
    }

    Replay& m_replay;
    const std::vector<TraceEvent>& m_events;
    const KernelProfile& m_profile;
    const RequestSpan m_span;
    std::uint32_t m_pid = 0;
    Explanation m_out;
    ReplayNotes m_notes;
    AllocContext m_context;
    std::size_t m_at = 0;
    unsigned m_nested = 0, m_attempts = 0;
    why::PerCpuTake m_list;
    StealWatch m_steals;
    std::optional<NrPages> m_counted;
    NrPages m_isolated = 0;
    why::Meanwhile m_meanwhile;
    bool m_meanwhile_any = false;
};

}  // namespace

Explanation explain(Replay& replay, const RequestSpan& span) {
    return Explainer(replay, span).explain();
}

Outcome<RequestSpan> request_of(const std::vector<TraceEvent>& events, std::size_t event) {
    if (event >= events.size()) return Error{fmt::format("event {} was asked for; there are {}", event, events.size())};
    const auto span = request_around(events, event);
    if (!span) return Error{fmt::format("event {} ({}) belongs to no request", event, name_of(events[event].kind))};
    return *span;
}

}  // namespace mm
