// SPDX-License-Identifier: GPL-3.0-or-later
// The freeing half of PageAllocator: references, blocks back to per-CPU lists or free lists, drains.
#include <fmt/format.h>

#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/page_allocator.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {
namespace {

constexpr unsigned no_cpu = ~0u;  ///< boot: the zones' counters are told at once

Error not_such_a_block(Pfn pfn, Order order, const PageColumns& pages) {
    const std::string what = fmt::format("frame {:#x} is not the head of an allocated block of order {}", pfn, order);
    if (pfn >= pages.end_pfn()) return {fmt::format("{}: memory ends at {:#x}", what, pages.end_pfn()), "", 0};
    switch (state_of(pages.state(pfn))) {
        case PageState::free:
        case PageState::pcp:
            return {what + ": it is free already", "", 0};
        case PageState::allocated:
            if (pages.flags(pfn) & bit(PageFlag::hwpoison))
                return {what + ": it is poisoned and given back already", "", 0};
            break;
        default:
            return {what + ": the page allocator never handed it out", "", 0};
    }
    if (pages.order(pfn) == not_a_head) return {what + ": it lies inside another block", "", 0};
    return {fmt::format("{}: that block has order {}", what, pages.order(pfn)), "", 0};
}

bool is_block(Pfn pfn, Order order, const PageColumns& pages) {
    return pfn < pages.end_pfn() && order != not_a_head && pages.order(pfn) == order &&
           pages.head_state(pfn) == PageState::allocated && pages.refcount(pfn) > 0;
}

/// The allocated block whose reference count a page's users share; not_a_head: none.
Pfn counted_head(Pfn pfn, const PageColumns& pages) {
    if (pfn >= pages.end_pfn() || state_of(pages.state(pfn)) != PageState::allocated) return no_pfn;
    const CompoundPage compound = compound_page_of(pages, pfn);
    if (compound.head != no_pfn) return compound.head;
    return pages.order(pfn) == not_a_head ? no_pfn : pfn;
}

struct DrainedBlock {
    Pfn pfn;
    Order order;
    MigrateType mt;
    BuddyLists::Block became;
};

void tell_ref(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, std::int32_t change, std::int32_t count) {
    if (!trace) return;
    Event e = page_event(EventKind::page_ref_mod, zone, pfn, order, MigrateType::unmovable);
    e.migratetype = 0xff;
    e.a = static_cast<std::uint64_t>(count);
    trace.event(e, change > 0 ? "get_page" : "put_page");
}

}  // namespace

CompoundPage compound_page_of(const PageColumns& pages, Pfn pfn) {
    if (pfn >= pages.end_pfn() || state_of(pages.state(pfn)) != PageState::allocated) return {};
    const Pfn head = pages.order(pfn) == not_a_head ? pages.link(pfn).next : pfn;
    if (head > pfn || !(pages.flags(head) & bit(PageFlag::head))) return {};
    const Order order = pages.order(head);
    return pfn < head + (Pfn{1} << order) ? CompoundPage{head, order} : CompoundPage{};
}

[[gnu::flatten]] Outcome<Done> PageAllocator::free_pages(Pfn pfn, Order order, const Tracer& trace, unsigned cpu) {
    PageColumns& pages = m_state.pages;
    if (!is_block(pfn, order, pages)) return not_such_a_block(pfn, order, pages);
    const std::int32_t refs = pages.refcount(pfn) - 1;
    if (refs <= 0) {
        free_block(pfn, order, trace, cpu);
        return Done{};
    }
    const std::uint8_t state = pages.state(pfn);
    const bool compound = pages.flags(pfn) & bit(PageFlag::head);
    if (!compound && order > 0) {  // the one page that is still referenced stays
        pages.set_allocated(pfn, 0, state);
        for (Order o = 0; o < order; ++o)
            pages.set_allocated(pfn + (Pfn{1} << o), o, state);
    }
    pages.set_refcount(pfn, refs);
    tell_ref(trace, *m_state.zones.zone_of(pfn), pfn, compound ? order : 0, -1, refs);
    if (!compound)
        for (Order o = order; o-- > 0;)
            free_block(pfn + (Pfn{1} << o), o, trace, cpu);
    return Done{};
}

Outcome<Done> PageAllocator::free_pages_exact(Pfn pfn, Bytes size, const Tracer& trace, unsigned cpu) {
    const NrPages n = pfn_up(size);
    for (Pfn p = pfn; p < pfn + n; ++p)
        if (!is_block(p, 0, m_state.pages)) return not_such_a_block(p, 0, m_state.pages);
    for (Pfn p = pfn; p < pfn + n; ++p)
        (void)free_pages(p, 0, trace, cpu);
    return Done{};
}

Outcome<Done> PageAllocator::get_page(Pfn pfn, const Tracer& trace) {
    PageColumns& pages = m_state.pages;
    const Pfn head = counted_head(pfn, pages);
    if (head == no_pfn) return not_such_a_block(pfn, 0, pages);
    const std::int32_t refs = pages.refcount(head) + 1;
    pages.set_refcount(head, refs);
    tell_ref(trace, *m_state.zones.zone_of(head), head, pages.order(head), 1, refs);
    return Done{};
}

Outcome<Done> PageAllocator::put_page(Pfn pfn, const Tracer& trace, unsigned cpu) {
    PageColumns& pages = m_state.pages;
    const Pfn head = counted_head(pfn, pages);
    if (head == no_pfn) return not_such_a_block(pfn, 0, pages);
    const Order order = pages.order(head);
    const std::int32_t refs = pages.refcount(head) - 1;
    if (refs > 0) {
        pages.set_refcount(head, refs);
        tell_ref(trace, *m_state.zones.zone_of(head), head, order, -1, refs);
        return Done{};
    }
    if (order > 0 && !(pages.flags(head) & bit(PageFlag::head)))
        return Error{fmt::format("put_page() of frame {:#x} would free one page of its block of order {} and lose the "
                                 "others: it is no compound page",
                                 head, order),
                     "", 0};
    free_block(head, order, trace, cpu);
    return Done{};
}

Outcome<Done> PageAllocator::split_page(Pfn pfn, const Tracer& trace) {
    PageColumns& pages = m_state.pages;
    const Order order = pfn < pages.end_pfn() ? pages.order(pfn) : not_a_head;
    if (order == not_a_head || !is_block(pfn, order, pages)) return not_such_a_block(pfn, 0, pages);
    if (pages.flags(pfn) & bit(PageFlag::head))
        return Error{fmt::format("frame {:#x} heads a compound page, which split_page() may not split", pfn), "", 0};
    const std::uint8_t state = pages.state(pfn);
    for (Pfn p = pfn; p < pfn + (Pfn{1} << order); ++p)
        pages.set_allocated(p, 0, state);
    if (trace)
        trace.event(page_event(EventKind::split_page, *m_state.zones.zone_of(pfn), pfn, order, alloc_type_of(state)));
    return Done{};
}

/// free_the_page() with free_pages_prepare().
void PageAllocator::free_block(Pfn pfn, Order order, const Tracer& trace, unsigned cpu) {
    if (m_state.stats.typed_tails != 0)
        for (Pfn tail = pfn + 1; tail < pfn + (Pfn{1} << order); ++tail)
            change_flags(m_state.pages, tail, 0, memory_type_flags, trace);
    if (m_state.stats.poisoned != 0 && keep_poisoned(pfn, order, trace, cpu)) return;
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    const MigrateType mt = m_state.zones.pageblock(pfn);
    if (cpu >= zone.pcp.size() || !pcp_allowed_order(order, m_state.profile) || mt == MigrateType::isolate)
        return free_ok(zone, frames->frames, pfn, order, mt, false, trace, cpu);
    put_on_pcp(zone, pfn, order, mt, trace, cpu);
}

namespace {

void forget_use(PageColumns& pages, Pfn pfn, Order order, const Tracer& trace) {
    if (pages.may_have_flags(pfn)) {  // tails carry none
        if (pages.flags(pfn) & bit(PageFlag::head)) pages.clear_links(pfn, NrPages{1} << order);
        change_flags(pages, pfn, 0, ~std::uint32_t{0}, trace);
    }
    pages.set_freed(pfn, order);
}

}  // namespace

/// __free_pages_ok().
void PageAllocator::free_ok(Zone& zone, PfnRange frames, Pfn pfn, Order order, MigrateType mt, bool to_tail,
                            const Tracer& trace, unsigned cpu) {
    forget_use(m_state.pages, pfn, order, trace);
    ++m_state.stats.frees;
    m_state.stats.vm.pgfree += NrPages{1} << order;
    const auto became = BuddyLists(m_state, zone, cpu).free_one(pfn, order, mt, frames, to_tail, m_capture);
    if (!trace) return;
    tell_free(trace, zone, pfn, order, mt, false);
    tell_merge(trace, zone, order, mt, became);
}

/// free_unref_page(): pages of the highatomic reserve and of CMA wait on the movable list.
void PageAllocator::put_on_pcp(Zone& zone, Pfn pfn, Order order, MigrateType mt, const Tracer& trace, unsigned cpu) {
    forget_use(m_state.pages, pfn, order, trace);
    ++m_state.stats.frees;
    m_state.stats.vm.pgfree += NrPages{1} << order;
    PcpLists pcp(m_state, zone, cpu);
    pcp.put(pfn, order, mt);
    const NrPages surplus = pcp.surplus(order, false);
    if (trace) tell_free(trace, zone, pfn, order, mt, true);
    if (surplus) drain_zone(zone, cpu, surplus, order_to_pindex(order, pcp_list_of(mt), m_state.profile), trace);
}

void PageAllocator::drain_zone(Zone& zone, unsigned cpu, NrPages count, unsigned pindex, const Tracer& trace) {
    std::vector<DrainedBlock> drained;
    PcpLists pcp(m_state, zone, cpu);
    pcp.drain(count, pindex, m_capture, [&](Pfn pfn, Order order, MigrateType mt) {
        if (trace) drained.push_back({pfn, order, mt, pcp.became()});
    });
    for (const DrainedBlock& b : drained) {
        trace.event(page_event(EventKind::mm_page_pcpu_drain, zone, b.pfn, b.order, b.mt));
        tell_merge(trace, zone, b.order, b.mt, b.became);
    }
}

void PageAllocator::drain_pages(unsigned cpu, const Tracer& trace) {
    for (Node& node : m_state.zones.nodes)
        for (Zone& zone : node.zones)
            if (cpu < zone.pcp.size() && zone.pcp[cpu].count > 0) drain_zone(zone, cpu, zone.pcp[cpu].count, 0, trace);
}

void PageAllocator::drain_all_pages(const Tracer& trace) {
    std::size_t cpus = 0;
    for (const Node& node : m_state.zones.nodes)
        for (const Zone& zone : node.zones)
            cpus = std::max(cpus, zone.pcp.size());
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        drain_pages(cpu, trace);
}

void PageAllocator::fold_vmstat(unsigned cpu, const Tracer& trace) {
    constexpr unsigned rounds_until_flush = 3;
    std::uint64_t folded = 0;
    for (Node& node : m_state.zones.nodes)
        for (Zone& zone : node.zones) {
            if (cpu >= zone.pcp.size()) continue;
            PerCpuPages& pcp = zone.pcp[cpu];
            touch_counters(m_state.pages, zone, cpu);
            if (pcp.free_diff != 0) {
                ++folded;
                pcp.free_diff = 0;
                pcp.expire = rounds_until_flush;
            }
            if (!m_state.profile.numa || pcp.expire == 0 || pcp.count == 0) continue;
            if (zone.nid == m_state.zones.node_of_cpu(cpu)) {
                pcp.expire = 0;
                continue;
            }
            if (--pcp.expire == 0) drain_zone(zone, cpu, pcp.batch, 0, trace);
        }
    if (trace)
        trace.event({.kind = EventKind::vmstat_fold, .a = folded},
                    fmt::format("CPU {}: {} zones' counters folded", cpu, folded));
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
    m_state.stats.vm.pgfree += n;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    const BuddyLists::Block became = BuddyLists(m_state, zone, no_cpu).free_one(pfn, order, mt, frames->frames, true);
    if (!trace) return;
    tell_free(trace, zone, pfn, order, mt, false);
    tell_merge(trace, zone, order, mt, became);
}

void PageAllocator::free_reserved_page(Pfn pfn, Order order) {
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    assert(frames && "only memory is given to the buddy");
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    const NrPages n = NrPages{1} << order;
    m_state.pages.clear_flags(pfn, n, bit(PageFlag::reserved));
    m_state.pages.set_refcount(pfn, n, 0);
    m_state.pages.set_state(pfn, n, state_byte(PageState::free));
    BuddyLists(m_state, zone, no_cpu).free_one(pfn, order, m_state.zones.pageblock(pfn), frames->frames, false);
    zone.managed += n;
    m_state.stats.frees += n;
    m_state.stats.merges += n - 1;
    m_state.stats.vm.pgfree += n;
}

}  // namespace mm
