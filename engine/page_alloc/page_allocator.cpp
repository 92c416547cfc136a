// SPDX-License-Identifier: GPL-3.0-or-later
// The allocating half of PageAllocator.
#include "engine/page_alloc/page_allocator.h"

#include <fmt/format.h>

#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/mem_info.h"
#include "engine/page_alloc/why_log.h"

namespace mm {
namespace {

/// prep_compound_page(): the head carries PG_head, each tail points to it.
void prep_compound(PageColumns& pages, Pfn head, Order order) {
    pages.set_flags(head, bit(PageFlag::head));
    pages.set_tails(head, NrPages{1} << order);
}

}  // namespace

PageAllocator::PageAllocator(Zones& zones, PageColumns& pages, AllocStats& stats, const KernelProfile& profile)
    : m_state{zones, pages, stats, profile} {}

/// prep_new_page(), and the words about it.
void PageAllocator::deliver(const Served& served, const AllocRequest& request, MigrateType mt, const Tracer& trace) {
    const Order order = request.order;
    m_state.pages.set_allocated(served.pfn, order, state_byte(PageState::allocated, mt));
    if ((request.gfp & gfp::comp) && order > 0) prep_compound(m_state.pages, served.pfn, order);
    ++m_state.stats.allocs;
    if (!trace) return;
    for (const LockedBlock& block : served.locked)
        tell_locked(trace, *served.zone, block, order, mt, m_state.profile);
    tell_alloc(trace, *served.zone, served.pfn, order, mt, request.gfp);
    if (const std::uint32_t flags = m_state.pages.flags(served.pfn))  // prep_compound_page()
        tell_page_change(trace, EventKind::page_flags, served.pfn, 0, flags);
    if (served.reserved)
        trace.event(retyped_event(*served.zone, served.pfn, m_state.zones, *served.reserved, MigrateType::highatomic));
}

void PageAllocator::wake_boosted(PageTaker& taker, const Tracer& trace) {
    if (!taker.has_boosted()) return;
    for (const ZoneRef ref : taker.take_boosted())
        wakeup_kswapd(m_state, *m_state.zones.zone(ref.nid, ref.type), 0, 0, ref.type, trace);
}

[[gnu::flatten]] std::optional<Pfn> PageAllocator::alloc_pages(const AllocRequest& request, const Tracer& trace) {
    m_moved.clear();
    AllocContext context = prepare_alloc(m_state.zones, request, m_state.profile);
    const MigrateType mt = context.migratetype;
    PageTaker taker(m_state, request.cpu, bool(trace), m_why);
    if (m_why) m_why->request(context);
    Served served;
    if (context.zonelist) {
        served = taker.attempt(context, first_alloc_flags(m_state.zones, context, m_state.profile));
        if (served.pfn == no_pfn) served = slow_path(taker, context, request, trace);
    }
    if (served.pfn == no_pfn) {
        ++m_state.stats.failures;
        wake_boosted(taker, trace);
        if (trace) tell_failure(trace, request, mt);
        if (m_why) m_why->add(why::Answer{});
        warn_alloc(m_state, request, trace);
        return std::nullopt;
    }
    deliver(served, request, mt, trace);
    if (m_why) m_why->add(why::Answer{served.pfn, false, no_pfn});
    wake_boosted(taker, trace);
    return served.pfn;
}

Outcome<std::optional<Pfn>> PageAllocator::alloc_pages_exact(AllocRequest request, Bytes size, const Tracer& trace) {
    const NrPages n = pfn_up(size);
    if (size == 0 || get_order(size) >= m_state.profile.max_order)
        return Error{fmt::format("{} bytes were asked for; expected 1 to {}", size,
                                 page_size << (m_state.profile.max_order - 1)),
                     "", 0};
    const Order order = request.order = get_order(size);
    request.gfp &= ~(gfp::comp | gfp::highmem);
    const std::optional<Pfn> pfn = alloc_pages(request, trace);
    if (!pfn || order == 0) return pfn;
    (void)split_page(*pfn, trace);
    const ZoneFrames* frames = m_state.zones.frames_of(*pfn);
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    for (Pfn p = *pfn + n; p < *pfn + (Pfn{1} << order); ++p)
        free_ok(zone, frames->frames, p, 0, m_state.zones.pageblock(p), true, trace, request.cpu);
    return pfn;
}

std::vector<Pfn> PageAllocator::alloc_pages_bulk(const AllocRequest& request, NrPages count, const Tracer& trace) {
    m_moved.clear();
    std::vector<Pfn> out;
    AllocRequest single = request;
    single.order = 0;
    const AllocContext context = prepare_alloc(m_state.zones, single, m_state.profile);
    const MigrateType mt = context.migratetype;
    if (count == 0 || !context.zonelist) return out;
    const AllocFlags flags = first_alloc_flags(m_state.zones, context, m_state.profile);
    Zone* zone = count == 1 || (request.gfp & gfp::account) ? nullptr : bulk_zone(context, flags, count);
    Served served{zone, no_pfn, {}, {}};
    PageTaker taker(m_state, request.cpu, bool(trace), m_why);
    if (m_why && zone) m_why->request(context);
    if (zone && request.cpu < zone->pcp.size()) {
        while (out.size() < count) {
            const Pfn pfn = taker.take_pcp(*zone, 0, mt, flags, trace ? &served.locked : nullptr);
            if (pfn == no_pfn) break;
            m_state.pages.set_allocated(pfn, 0, state_byte(PageState::allocated, mt));
            ++m_state.stats.allocs;
            out.push_back(pfn);
        }
        taker.count(*zone, context, out.size());
    }
    if (out.empty()) {
        if (const auto pfn = alloc_pages(single, trace)) out.push_back(*pfn);
        return out;
    }
    if (m_why) m_why->add(why::Answer{out.front(), false, no_pfn});
    for (const LockedBlock& block : served.locked)
        tell_locked(trace, *zone, block, 0, mt, m_state.profile);
    // The kernel has no tracepoint for these; the machine's history needs to know who has what.
    for (const Pfn pfn : out)
        tell_alloc(trace, *zone, pfn, 0, mt, request.gfp);
    return out;
}

/// The first zone of the preferred node with room for all of them.
Zone* PageAllocator::bulk_zone(const AllocContext& context, AllocFlags flags, NrPages count) {
    for (const ZoneRef ref : *context.zonelist) {
        if (!context.admits(ref)) continue;
        if (ref.nid != context.preferred.nid) return nullptr;
        Zone& zone = *m_state.zones.zone(ref.nid, ref.type);
        if (zone_watermark_fast(zone, 0, wmark_pages(zone, flags) + count, context.preferred.type, flags, context.gfp,
                                m_state.profile.max_order))
            return &zone;
    }
    return nullptr;
}

std::vector<Pfn> list_blocks(const FreeList& list, const PageColumns& pages, std::size_t limit) {
    std::vector<Pfn> out;
    for (std::uint32_t p = list.first; p != no_link && out.size() < limit; p = pages.link(p).next)
        out.push_back(p);
    return out;
}

std::vector<Pfn> list_blocks(const FreeList& list, const FrozenPages& pages, std::size_t limit) {
    std::vector<Pfn> out;
    for (std::uint32_t p = list.first; p != no_link && out.size() < limit; p = pages.at(p).link.next)
        out.push_back(p);
    return out;
}

}  // namespace mm
