// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/page_allocator.h"

#include <fmt/format.h>

#include "engine/page_alloc/highatomic.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {
namespace {

Event event_of(EventKind kind, const Zone& zone, Pfn pfn, Order order, MigrateType mt) {
    Event e;
    e.kind = kind;
    e.nid = static_cast<std::int16_t>(zone.nid);
    e.zone = static_cast<std::uint8_t>(zone.type);
    e.order = static_cast<std::uint8_t>(order);
    e.migratetype = static_cast<std::uint8_t>(mt);
    e.touched = phys_of(PfnRange{pfn, pfn + (Pfn{1} << order)});
    return e;
}

/// The events of an allocation in the kernel's order, all told after the fact.
void report_alloc(const Tracer& trace, const Zone& zone, const BuddyNotes& notes, bool from_buddy, Pfn pfn, Order order,
                  MigrateType mt, Gfp flags) {
    for (std::size_t i = 0; i < notes.nr_claims; ++i) {
        Event e = event_of(EventKind::set_pageblock_migratetype, zone, notes.claims[i], 0, mt);
        e.order = 0xff;
        e.touched = phys_of(PfnRange{notes.claims[i], notes.claims[i] + pageblock_pages});
        trace.event(e);
    }
    if (notes.stolen) {
        Event e = event_of(EventKind::mm_page_alloc_extfrag, zone, notes.stolen_pfn, notes.stolen_order, mt);
        e.order = static_cast<std::uint8_t>(order);
        e.a = notes.stolen_order;
        e.b = static_cast<std::uint64_t>(notes.stolen_from) << 8 | static_cast<std::uint64_t>(mt);
        trace.event(e);
    }
    if (notes.expanded) {
        Event e = event_of(EventKind::expand, zone, notes.expanded_pfn, notes.expanded_order, mt);
        e.order = static_cast<std::uint8_t>(order);
        e.a = notes.expanded_order;
        e.b = order;
        trace.event(e);
    }
    if (from_buddy) trace.event(event_of(EventKind::mm_page_alloc_zone_locked, zone, pfn, order, mt));
    Event e = event_of(EventKind::mm_page_alloc, zone, pfn, order, mt);
    e.a = flags;
    trace.event(e);
}

void report_free(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, MigrateType mt,
                 BuddyLists::Block became) {
    trace.event(event_of(EventKind::mm_page_free, zone, pfn, order, mt));
    if (became.order == order) return;
    Event e = event_of(EventKind::merge, zone, became.pfn, became.order, mt);
    e.order = static_cast<std::uint8_t>(order);
    e.a = became.order;
    trace.event(e);
}

void report_failure(const Tracer& trace, const AllocRequest& request, MigrateType mt) {
    Event e;
    e.kind = EventKind::mm_page_alloc_failed;
    e.nid = static_cast<std::int16_t>(request.nid);
    e.order = static_cast<std::uint8_t>(request.order);
    e.migratetype = static_cast<std::uint8_t>(mt);
    e.a = request.gfp;
    trace.event(e);
}

Error not_such_a_block(Pfn pfn, Order order, const PageColumns& pages) {
    const std::string what = fmt::format("frame {:#x} is not the head of an allocated block of order {}", pfn, order);
    if (pfn >= pages.end_pfn()) return {fmt::format("{}: memory ends at {:#x}", what, pages.end_pfn()), "", 0};
    switch (state_of(pages.state(pfn))) {
        case PageState::free:
        case PageState::pcp:
            return {what + ": it is free already", "", 0};
        case PageState::allocated:
            break;
        default:
            return {what + ": the page allocator never handed it out", "", 0};
    }
    if (pages.order(pfn) == not_a_head) return {what + ": it lies inside another block", "", 0};
    return {fmt::format("{}: that block has order {}", what, pages.order(pfn)), "", 0};
}

bool is_block(Pfn pfn, Order order, const PageColumns& pages) {
    return pfn < pages.end_pfn() && state_of(pages.state(pfn)) == PageState::allocated && pages.order(pfn) == order;
}

/// prep_compound_page(): the head carries PG_head, each tail points to it.
void prep_compound(PageColumns& pages, Pfn head, Order order) {
    pages.set_flags(head, bit(PageFlag::head));
    for (Pfn p = head + 1; p < head + (Pfn{1} << order); ++p)
        pages.set_next(p, static_cast<std::uint32_t>(head));
}

}  // namespace

PageAllocator::PageAllocator(Zones& zones, PageColumns& pages, AllocStats& stats, const KernelProfile& profile)
    : m_state{zones, pages, stats, profile} {}

PageAllocator::Served PageAllocator::rmqueue(Zone& zone, const AllocContext& context, AllocFlags flags, unsigned cpu) {
    const Order order = context.order;
    const MigrateType mt = context.migratetype;
    BuddyLists buddy(m_state, zone, cpu);
    Served served{&zone, no_pfn, {}, false};
    const bool skips_cma = m_state.profile.cma && !(flags & alloc::cma) && mt == MigrateType::movable;
    if (cpu < zone.pcp.size() && pcp_allowed_order(order, m_state.profile) && !skips_cma) {
        PcpLists pcp(m_state, zone, cpu);
        pcp.note_allocation();
        if (pcp.empty(order, mt)) served.from_buddy = pcp.refill(buddy, order, pcp.refill_count(order), mt, flags) > 0;
        served.pfn = pcp.take(order, mt);
    }
    if (served.pfn == no_pfn) {
        served.pfn = rmqueue_buddy(buddy, order, mt, flags);
        served.from_buddy = true;
    }
    served.notes = buddy.notes();
    return served;
}

PageAllocator::Served PageAllocator::attempt(const AllocContext& context, AllocFlags flags, unsigned cpu) {
    ZoneWalk walk(m_state.zones, context, flags, m_state.profile);
    for (Zone* zone = walk.next(); zone; zone = walk.next())
        if (const Served served = rmqueue(*zone, context, walk.flags(), cpu); served.pfn != no_pfn) {
            if (flags & alloc::highatomic) reserve_highatomic_pageblock(m_state, *zone, served.pfn);
            return served;
        }
    return {};
}

std::optional<Pfn> PageAllocator::alloc_pages(const AllocRequest& request, const Tracer& trace) {
    const AllocContext context = prepare_alloc(m_state.zones, request, m_state.profile);
    const Order order = request.order;
    const MigrateType mt = context.migratetype;
    Served served;
    if (context.zonelist) {
        served = attempt(context, first_alloc_flags(m_state.zones, context, m_state.profile), request.cpu);
        if (served.pfn == no_pfn)
            served = attempt(context, slow_alloc_flags(request.gfp, order, m_state.profile.cma), request.cpu);
        if (served.pfn == no_pfn && (request.gfp & gfp::memalloc) && !(request.gfp & gfp::nomemalloc))
            served = attempt(context, alloc::no_watermarks | (request.gfp & gfp::kswapd_reclaim), request.cpu);
    }
    if (served.pfn == no_pfn) {
        ++m_state.stats.failures;
        if (trace) report_failure(trace, request, mt);
        return std::nullopt;
    }
    m_state.pages.set_allocated(served.pfn, order, state_byte(PageState::allocated, mt));
    if ((request.gfp & gfp::comp) && order > 0) prep_compound(m_state.pages, served.pfn, order);
    ++m_state.stats.allocs;
    if (trace) report_alloc(trace, *served.zone, served.notes, served.from_buddy, served.pfn, order, mt, request.gfp);
    return served.pfn;
}

Outcome<Done> PageAllocator::free_pages(Pfn pfn, Order order, const Tracer& trace, unsigned cpu) {
    PageColumns& pages = m_state.pages;
    if (!is_block(pfn, order, pages)) return not_such_a_block(pfn, order, pages);
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    const NrPages n = NrPages{1} << order;
    if (pages.may_have_flags(pfn)) {  // tails carry none
        if (pages.flags(pfn) & bit(PageFlag::head)) pages.clear_links(pfn, n);
        pages.clear_flags(pfn, ~std::uint32_t{0});
    }
    pages.set_freed(pfn, order);
    ++m_state.stats.frees;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    if (cpu < zone.pcp.size() && pcp_allowed_order(order, m_state.profile) && mt != MigrateType::isolate) {
        PcpLists pcp(m_state, zone, cpu);
        pcp.put(pfn, order, static_cast<unsigned>(mt) < nr_pcptypes ? mt : MigrateType::movable, mt);
        const unsigned pindex = order_to_pindex(
            order, static_cast<unsigned>(mt) < nr_pcptypes ? mt : MigrateType::movable, m_state.profile);
        NrPages drained = 0;
        if (const NrPages surplus = pcp.surplus(order, false))
            pcp.drain(surplus, pindex, nullptr, [&](Pfn, Order o, MigrateType) { drained += NrPages{1} << o; });
        if (trace) report_free(trace, zone, pfn, order, mt, {pfn, order});
        return Done{};
    }
    const BuddyLists::Block became = BuddyLists(m_state, zone, cpu).free_one(pfn, order, mt, frames->frames, false);
    if (trace) report_free(trace, zone, pfn, order, mt, became);
    return Done{};
}

void PageAllocator::free_pages_core(Pfn pfn, Order order, const Tracer& trace) {
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    assert(frames && "only memory is given to the buddy");
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    const NrPages n = NrPages{1} << order;
    m_state.pages.clear_flags(pfn, n, bit(PageFlag::reserved));
    m_state.pages.set_refcount(pfn, n, 0);
    m_state.pages.set_state(pfn, n, state_byte(PageState::free));
    zone.managed += n;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    const BuddyLists::Block became = BuddyLists(m_state, zone).free_one(pfn, order, mt, frames->frames, true);
    if (trace) report_free(trace, zone, pfn, order, mt, became);
}

void PageAllocator::free_reserved_page(Pfn pfn, Order order) {
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    assert(frames && "only memory is given to the buddy");
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    const NrPages n = NrPages{1} << order;
    m_state.pages.clear_flags(pfn, n, bit(PageFlag::reserved));
    m_state.pages.set_refcount(pfn, n, 0);
    m_state.pages.set_state(pfn, n, state_byte(PageState::free));
    BuddyLists(m_state, zone).free_one(pfn, order, m_state.zones.pageblock(pfn), frames->frames, false);
    zone.managed += n;
    m_state.stats.frees += n;
    m_state.stats.merges += n - 1;
}

Outcome<Done> PageAllocator::split_page(Pfn pfn) {
    const Order order = pfn < m_state.pages.end_pfn() ? m_state.pages.order(pfn) : not_a_head;
    if (order == not_a_head || !is_block(pfn, order, m_state.pages)) return not_such_a_block(pfn, 0, m_state.pages);
    if (m_state.pages.flags(pfn) & bit(PageFlag::head))
        return Error{fmt::format("frame {:#x} heads a compound page, which split_page() may not split", pfn), "", 0};
    const std::uint8_t state = m_state.pages.state(pfn);
    for (Pfn p = pfn; p < pfn + (Pfn{1} << order); ++p)
        m_state.pages.set_allocated(p, 0, state);
    return Done{};
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
