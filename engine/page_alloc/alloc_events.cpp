// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/alloc_events.h"

#include "engine/page_alloc/pcp_lists.h"

namespace mm {

Event page_event(EventKind kind, const Zone& zone, Pfn pfn, Order order, MigrateType mt) {
    Event e;
    e.kind = kind;
    e.nid = static_cast<std::int16_t>(zone.nid);
    e.zone = static_cast<std::uint8_t>(zone.type);
    e.order = static_cast<std::uint8_t>(order);
    e.migratetype = static_cast<std::uint8_t>(mt);
    e.touched = phys_of(PfnRange{pfn, pfn + (Pfn{1} << order)});
    return e;
}

void tell_locked(const Tracer& trace, const Zone& zone, const LockedBlock& block, Order order, MigrateType mt,
                 const KernelProfile& profile) {
    const BuddyNotes& notes = block.notes;
    for (std::size_t i = 0; i < notes.nr_claims; ++i) {
        Event e = page_event(EventKind::set_pageblock_migratetype, zone, notes.claims[i], 0, mt);
        e.order = 0xff;
        e.touched = phys_of(PfnRange{notes.claims[i], notes.claims[i] + pageblock_pages});
        e.a = static_cast<std::uint64_t>(notes.claimed_from[i]);
        trace.event(e);
    }
    if (notes.stolen) {
        Event e = page_event(EventKind::mm_page_alloc_extfrag, zone, notes.stolen_pfn, notes.stolen_order, mt);
        e.order = static_cast<std::uint8_t>(order);
        e.a = notes.stolen_order;
        e.b = static_cast<std::uint64_t>(notes.stolen_from) << 8 | static_cast<std::uint64_t>(mt);
        trace.event(e);
    }
    if (notes.expanded) {
        Event e = page_event(EventKind::expand, zone, notes.expanded_pfn, notes.expanded_order, mt);
        e.order = static_cast<std::uint8_t>(order);
        e.a = notes.expanded_order;
        e.b = order;
        trace.event(e);
    }
    Event e = page_event(EventKind::mm_page_alloc_zone_locked, zone, block.pfn, order, mt);
    e.b = pcp_allowed_order(order, profile) && static_cast<unsigned>(mt) < nr_pcptypes;  // percpu_refill
    trace.event(e);
}

void tell_alloc(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, MigrateType mt, Gfp flags) {
    Event e = page_event(EventKind::mm_page_alloc, zone, pfn, order, mt);
    e.a = flags;
    trace.event(e);
}

Event retyped_event(const Zone& zone, Pfn pfn, const Zones& zones, MigrateType from, MigrateType to) {
    const NrPages block = zones.pageblock_nr_pages();
    const Pfn first = align_down(pfn, block);
    Event e = page_event(EventKind::set_pageblock_migratetype, zone, first, 0, to);
    e.order = 0xff;
    e.touched = phys_of(PfnRange{first, first + block});
    e.a = static_cast<std::uint64_t>(from);
    return e;
}

void tell_failure(const Tracer& trace, const AllocRequest& request, MigrateType mt) {
    Event e;
    e.kind = EventKind::mm_page_alloc_failed;
    e.nid = static_cast<std::int16_t>(request.nid);
    e.order = static_cast<std::uint8_t>(request.order);
    e.migratetype = static_cast<std::uint8_t>(mt);
    e.a = request.gfp;
    trace.event(e);
}

void tell_free(const Tracer& trace, const Zone& zone, Pfn pfn, Order order, MigrateType mt, bool to_cpu_list) {
    Event e = page_event(EventKind::mm_page_free, zone, pfn, order, mt);
    e.b = to_cpu_list;
    trace.event(e);
}

void tell_merge(const Tracer& trace, const Zone& zone, Order order, MigrateType mt, BuddyLists::Block became) {
    if (became.pfn == no_pfn || became.order == order) return;
    Event e = page_event(EventKind::merge, zone, became.pfn, became.order, mt);
    e.order = static_cast<std::uint8_t>(order);
    e.a = became.order;
    trace.event(e);
}

}  // namespace mm
