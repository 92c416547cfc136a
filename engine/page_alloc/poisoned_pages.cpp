// SPDX-License-Identifier: GPL-3.0-or-later
// Frames that must not be handed out again: taken out of free blocks, kept when their users give them back.
// Follows mm/page_alloc.c (take_page_off_buddy, put_page_back_buddy, free_pages_prepare), Linux 6.1.
#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {
namespace {

constexpr std::uint32_t pg_hwpoison = bit(PageFlag::hwpoison);

Zone& zone_of_frame(Zones& zones, Pfn pfn) {
    const ZoneRef ref = zones.frames_of(pfn)->zone;
    return *zones.zone(ref.nid, ref.type);
}

}  // namespace

void PageAllocator::drain_zone_of(Pfn pfn, const Tracer& trace) {
    Zone& zone = zone_of_frame(m_state.zones, pfn);
    for (unsigned cpu = 0; cpu < zone.pcp.size(); ++cpu)
        if (zone.pcp[cpu].count > 0) drain_zone(zone, cpu, zone.pcp[cpu].count, 0, trace);
}

bool PageAllocator::take_page_off_buddy(Pfn pfn, const Tracer& trace, unsigned cpu) {
    PageColumns& pages = m_state.pages;
    if (pfn >= pages.end_pfn() || state_of(pages.state(pfn)) != PageState::free) return false;
    Zone& zone = zone_of_frame(m_state.zones, pfn);
    touch_counters(pages, zone);
    const std::uint64_t splits = m_state.stats.splits;
    if (!BuddyLists(m_state, zone, cpu).take_off(pfn)) return false;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    pages.set_allocated(pfn, 0, state_byte(PageState::allocated, mt));
    const auto order = static_cast<Order>(m_state.stats.splits - splits);
    if (trace && order > 0) {
        Event e = page_event(EventKind::expand, zone, pfn & ~((Pfn{1} << order) - 1), order, mt);
        e.order = 0;
        e.a = order;
        trace.event(e);
    }
    return true;
}

void PageAllocator::put_page_back_buddy(Pfn pfn, const Tracer& trace, unsigned cpu) {
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    touch_counters(m_state.pages, zone);
    m_state.pages.set_freed(pfn, 0);
    const MigrateType mt = m_state.zones.pageblock(pfn);
    tell_merge(trace, zone, 0, mt, BuddyLists(m_state, zone, cpu).free_one(pfn, 0, mt, frames->frames, false));
}

/// free_pages_prepare(): a single page stays as it is, without references. Of a larger block the kernel meets the page
/// when it is asked for (check_new_page()); here it leaves the free lists at once.
bool PageAllocator::keep_poisoned(Pfn pfn, Order order, const Tracer& trace, unsigned cpu) {
    PageColumns& pages = m_state.pages;
    if (order == 0) {
        if (!(pages.flags(pfn) & pg_hwpoison)) return false;
        change_flags(pages, pfn, 0, ~pg_hwpoison, trace);
        pages.clear_links(pfn, 1);
        pages.set_refcount(pfn, 0);
        return true;
    }
    std::vector<Pfn> bad;
    for (Pfn p = pfn; p < pfn + (Pfn{1} << order); ++p)
        if (pages.flags(p) & pg_hwpoison) bad.push_back(p);
    if (bad.empty()) return false;
    for (const Pfn p : bad)
        change_flags(pages, p, 0, pg_hwpoison, {});
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    Zone& zone = *m_state.zones.zone(frames->zone.nid, frames->zone.type);
    free_ok(zone, frames->frames, pfn, order, m_state.zones.pageblock(pfn), false, trace, cpu);
    for (const Pfn p : bad) {
        (void)take_page_off_buddy(p, trace, cpu);
        pages.set_refcount(p, 0);
        change_flags(pages, p, pg_hwpoison, 0, {});
    }
    return true;
}

}  // namespace mm
