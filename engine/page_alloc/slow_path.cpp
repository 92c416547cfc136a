// SPDX-License-Identifier: GPL-3.0-or-later
// __alloc_pages_slowpath(): what is tried when the low watermark does not allow a request.
//
//      wake kswapd ─► min watermark ─► compaction (costly or not movable)
//        ┌─► reserves ─► reclaim ─► compaction ─► again? ──┐
//        └──────────────────── yes ◄──────────────────────┘ no ─► OOM killer ─► again, or failure
//
// Follows mm/page_alloc.c, Linux 6.1: __alloc_pages_slowpath, should_reclaim_retry, should_compact_retry,
// __alloc_pages_direct_{compact,reclaim}, __alloc_pages_may_oom. __GFP_NOFAIL gives up after some rounds: nobody else
// runs here who could free memory.
#include <fmt/format.h>

#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/compaction.h"
#include "engine/page_alloc/highatomic.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/page_allocator.h"
#include "engine/page_alloc/why_log.h"

namespace mm {
namespace {

constexpr int max_reclaim_retries = 16, max_compact_retries = 16;
constexpr unsigned max_rounds = 1000;  ///< in the kernel others run meanwhile; here a loop would never end

}  // namespace

class SlowPath {
public:
    SlowPath(PageAllocator& allocator, PageTaker& taker, AllocContext& context, const AllocRequest& request,
             const Tracer& trace)
        : m_allocator(allocator),
          m_state(allocator.m_state),
          m_taker(taker),
          m_context(context),
          m_request(request),
          m_trace(trace),
          m_why(allocator.m_why),
          m_costly(request.order > costly_order) {}

    Served run() {
        const Gfp gfp = m_request.gfp;
        const Order order = m_request.order;
        if (UndoLog* undo = m_state.pages.undo()) undo->expect_anything();
        m_flags = slow_alloc_flags(gfp, order, m_state.profile.cma);
        wake_kswapds();
        if (m_why && (m_flags & alloc::kswapd)) m_why->add(why::KswapdWoken{});
        if (take(m_flags)) return m_served;
        const bool can_wait = gfp & gfp::direct_reclaim, can_compact = gfp & gfp::io;
        const bool early = m_costly || (order > 0 && m_context.migratetype != MigrateType::movable);
        if (can_wait && can_compact && early && !may_ignore_watermarks()) {
            if (compact(CompactPriority::async)) return m_served;
            if (m_costly && (gfp & gfp::noretry)) {
                const bool vain = m_compacted == CompactResult::skipped || m_compacted == CompactResult::deferred;
                if (vain || (gfp & gfp::thisnode))
                    return give_up(vain ? Reason::no_compaction : Reason::no_retry), Served{};
                m_priority = CompactPriority::async;
            }
        }
        for (unsigned round = 0; round < max_rounds; ++round) {
            if (try_all()) return m_served;
            if (!can_wait) give_up(Reason::may_not_wait);
            if (m_gave_up) break;
        }
        if ((gfp & gfp::nofail) && can_wait) take(alloc::min_reserve);
        return m_served;
    }

private:
    using Reason = why::GaveUp::Reason;
    void give_up(Reason reason) {
        m_gave_up = true;
        if (m_why) m_why->add(why::GaveUp{reason});
    }
    bool take(AllocFlags flags) {
        m_served = m_taker.attempt(m_context, flags);
        return m_served.pfn != no_pfn;
    }
    void wake_kswapds() {
        if (m_flags & alloc::kswapd) wake_all_kswapds(m_state, m_context, m_trace);
    }
    /// gfp_pfmemalloc_allowed().
    bool may_ignore_watermarks() const { return reserve_flags() != 0; }
    AllocFlags reserve_flags() const {
        if (m_request.gfp & gfp::nomemalloc) return 0;
        if (m_request.gfp & gfp::memalloc) return alloc::no_watermarks;
        return m_is_victim ? alloc::oom : 0;
    }

    /// One turn of the retry loop.
    bool try_all() {
        wake_kswapds();
        if (const AllocFlags reserve = reserve_flags()) {
            m_flags = reserve | (m_flags & (alloc::kswapd | alloc::cma));
            lift_nodemask(m_context);
        } else if ((m_request.gfp & gfp::high) && !(m_request.gfp & gfp::direct_reclaim)) {
            lift_nodemask(m_context);  // atomic requests are not bound to their nodes
        }
        if (take(m_flags)) return true;
        if (!(m_request.gfp & gfp::direct_reclaim)) return false;
        if (reclaim() || compact(m_priority)) return true;
        m_gave_up = !again();
        if (!m_gave_up) return false;
        return kill();
    }

    /// __alloc_pages_direct_reclaim().
    bool reclaim() {
        ++m_state.stats.vm.allocstall[static_cast<std::size_t>(m_context.preferred.type)];
        const MemoryPressure* pressure = m_allocator.m_pressure;
        m_progress = pressure && pressure->reclaim ? pressure->reclaim(m_request) : 0;
        m_state.stats.vm.pgsteal_direct += m_progress;
        if (m_trace)
            m_trace.event({.kind = EventKind::mm_vmscan_direct_reclaim_end,
                           .nid = static_cast<std::int16_t>(m_request.nid),
                           .order = static_cast<std::uint8_t>(m_request.order),
                           .a = m_progress},
                          fmt::format("{} pages reclaimed", m_progress));
        if (m_why) m_why->add(why::Reclaim{m_progress});
        if (m_progress == 0) return false;
        if (take(m_flags)) return true;
        unreserve(false);
        m_allocator.drain_all_pages(m_trace);
        return take(m_flags);
    }

    /// unreserve_highatomic_pageblock() over the zonelist.
    bool unreserve(bool force) {
        for (const ZoneRef ref : *m_context.zonelist) {
            if (!m_context.admits(ref)) continue;
            Zone& zone = *m_state.zones.zone(ref.nid, ref.type);
            if (!unreserve_highatomic_pageblock(m_state, zone, m_context.migratetype, force, [&](Pfn pfn) {
                    m_trace.event(
                        retyped_event(zone, pfn, m_state.zones, MigrateType::highatomic, m_context.migratetype));
                }))
                continue;
            if (m_why) m_why->add(why::UnreserveHighatomic{force});
            return true;
        }
        return false;
    }

    /// __alloc_pages_direct_compact().
    bool compact(CompactPriority priority) {
        if (m_request.order == 0) return false;
        Capture capture;
        const unsigned cpu = m_request.cpu;
        m_allocator.m_capture = &capture;
        Compaction compaction(m_state, m_context, m_flags, cpu,
                              {[&](Pfn pfn) { m_allocator.free_block(pfn, 0, {}, cpu); },
                               [&](Zone& zone) {
                                   if (cpu < zone.pcp.size())
                                       m_allocator.drain_zone(zone, cpu, zone.pcp[cpu].count, 0, {});
                               },
                               m_allocator.m_pressure});
        compaction.tell(m_why);
        m_compacted = compaction.run(priority, capture);
        m_allocator.m_capture = nullptr;
        for (auto* moved : {&m_allocator.m_moved, &m_allocator.m_all_moved})
            moved->insert(moved->end(), compaction.moves().begin(), compaction.moves().end());
        if (m_compacted != CompactResult::skipped) ++m_state.stats.vm.compact_stall;
        if (capture.page != no_pfn) {
            m_served = {m_state.zones.zone(capture.nid, capture.zone), capture.page, {}, {}};
            m_state.pages.set_allocated(capture.page, m_request.order,
                                        state_byte(PageState::allocated, m_context.migratetype));
        }
        if (m_trace)
            for (const auto& [event, text] : compaction.told())
                m_trace.event(event, text);
        if (m_compacted == CompactResult::skipped) return false;
        if (capture.page == no_pfn && !take(m_flags)) {
            ++m_state.stats.vm.compact_fail;
            return false;
        }
        compaction_defer_reset(*m_served.zone, m_request.order, true);
        ++m_state.stats.vm.compact_success;
        return true;
    }

    bool again() {
        if (m_request.gfp & gfp::noretry) return m_reason = Reason::no_retry, false;
        if (m_costly && (!(m_request.gfp & gfp::io) || !(m_request.gfp & gfp::retry_mayfail)))
            return m_reason = Reason::costly, m_skips_oom = true, false;
        if (should_reclaim_retry()) return true;
        return m_progress > 0 && (m_request.gfp & gfp::io) && should_compact_retry();
    }

    template<class Test>
    bool any_zone(Test test) {
        for (const ZoneRef ref : *m_context.zonelist)
            if (m_context.admits(ref) && test(*m_state.zones.zone(ref.nid, ref.type))) return true;
        return false;
    }
    NrPages reclaimable(const Zone& zone) const {
        const MemoryPressure* pressure = m_allocator.m_pressure;
        return pressure && pressure->reclaimable ? pressure->reclaimable(zone) : 0;
    }

    /// Would the request succeed if all that can be reclaimed were free?
    bool should_reclaim_retry() {
        if (m_progress > 0 && !m_costly)
            m_no_progress = 0;
        else
            ++m_no_progress;
        const bool hope = m_no_progress <= max_reclaim_retries && any_zone([&](const Zone& zone) {
                              const auto available = static_cast<std::int64_t>(zone.free_pages + reclaimable(zone));
                              return check_watermark(zone, m_request.order, wmark_pages(zone, alloc::wmark_min),
                                                     m_context.highest, m_flags, available, m_state.profile.max_order)
                                  .ok;
                          });
        return hope || unreserve(true);
    }

    bool should_compact_retry() {
        const Order order = m_request.order;
        if (order == 0) return false;
        if (m_compacted == CompactResult::success) ++m_compact_retries;
        if (m_compacted == CompactResult::skipped || m_compacted == CompactResult::not_suitable_zone)
            return any_zone([&](const Zone& zone) {  // compaction_zonelist_suitable()
                const auto available = static_cast<std::int64_t>(zone.free_pages + reclaimable(zone) / order);
                return compaction_suitable(zone, order, m_flags, m_context.highest, available,
                                           m_state.profile.max_order) == CompactResult::going_on;
            });
        const bool withdrawn = m_compacted == CompactResult::deferred || m_compacted == CompactResult::contended ||
                               m_compacted == CompactResult::partial_skipped;
        const bool failed = m_compacted == CompactResult::complete;
        if (!withdrawn && !failed && m_compact_retries <= (m_costly ? max_compact_retries / 4 : max_compact_retries))
            return true;
        if (m_priority <= (m_costly ? CompactPriority::sync_light : CompactPriority::sync_full)) return false;
        m_priority = static_cast<CompactPriority>(static_cast<unsigned>(m_priority) - 1);
        m_compact_retries = 0;
        return true;
    }

    /// out_of_memory(): without __GFP_FS it only pretends.
    bool may_kill() const {
        if (m_costly || (m_request.gfp & (gfp::retry_mayfail | gfp::thisnode)) || m_context.highest < ZoneType::normal)
            return false;
        const MemoryPressure* pressure = m_allocator.m_pressure;
        return (m_request.gfp & gfp::fs) && pressure && pressure->oom;
    }

    /// __alloc_pages_may_oom() and what follows: true if there is a block; else m_gave_up tells whether to go on.
    bool kill() {
        if ((m_request.gfp & gfp::noretry) || m_skips_oom) return give_up(m_reason), false;
        if (take(alloc::wmark_high)) return true;
        // A second time the task that asked is dying already.
        if (m_is_victim) return give_up(Reason::dying), false;
        const OomVerdict verdict = may_kill() ? m_allocator.m_pressure->oom(m_request) : OomVerdict::none;
        if (verdict == OomVerdict::none) return give_up(Reason::oom_would_not_help), false;
        m_is_victim = verdict == OomVerdict::self || verdict == OomVerdict::dying;
        m_no_progress = 0;
        m_gave_up = false;
        if (verdict == OomVerdict::dying) return false;
        if (m_why) m_why->add(why::OomKill{});
        ++m_state.stats.vm.oom_kill;
        if (m_trace)
            m_trace.event({.kind = EventKind::mark_victim,
                           .nid = static_cast<std::int16_t>(m_request.nid),
                           .order = static_cast<std::uint8_t>(m_request.order),
                           .a = verdict == OomVerdict::self},
                          verdict == OomVerdict::self ? "the task that asked" : "another task");
        return false;
    }

    PageAllocator& m_allocator;
    const AllocState m_state;
    PageTaker& m_taker;
    AllocContext& m_context;
    const AllocRequest& m_request;
    const Tracer& m_trace;
    WhyLog* m_why;
    bool m_costly;
    AllocFlags m_flags = 0;
    Served m_served;
    NrPages m_progress = 0;
    CompactPriority m_priority = CompactPriority::sync_light;
    CompactResult m_compacted = CompactResult::skipped;
    int m_no_progress = 0, m_compact_retries = 0;
    Reason m_reason = Reason::oom_would_not_help;
    bool m_is_victim = false, m_gave_up = false, m_skips_oom = false;
};

Served PageAllocator::slow_path(PageTaker& taker, AllocContext& context, const AllocRequest& request,
                                const Tracer& trace) {
    return SlowPath(*this, taker, context, request, trace).run();
}

}  // namespace mm
