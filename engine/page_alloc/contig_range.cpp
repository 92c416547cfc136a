// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/contig_range.h"

#include <fmt/format.h>

#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/alloc_events.h"

namespace mm {
namespace {

constexpr std::size_t cluster = 32;  // COMPACT_CLUSTER_MAX

}  // namespace

/// The page goes to another frame, and its owner follows.
void ContigRange::move(Pfn from, Pfn to) {
    PageColumns& pages = m_state.pages;
    if (m_owners && m_owners->migrate) m_owners->migrate({from, to});
    ++m_state.stats.vm.pgmigrate_success;
    m_moves.push_back({from, to});
    Event e = page_event(EventKind::mm_migrate_pages, *m_state.zones.zone_of(to), to, 0, MigrateType::movable);
    e.migratetype = 0xff;
    e.a = from;
    pages.set_refcount(from, 1);
    m_trace.event(e);
    (void)m_allocator.free_pages(from, 0, m_trace, m_cpu);
}

/// migrate_pages() of one, with alloc_migration_target(). nodes: where to, a bit each; 0: the same first.
bool ContigRange::migrate(Pfn from, std::uint64_t nodes) {
    const bool high = m_zone->type == ZoneType::highmem || m_zone->type == ZoneType::movable;
    const Gfp gfp = gfp::GFP_USER | gfp::movable | gfp::retry_mayfail | (high ? gfp::highmem : 0);
    if (!is_movable(from)) return true;  // reclaim was there meanwhile
    const auto to = m_allocator.alloc_pages({gfp, 0, m_zone->nid, m_cpu, nodes}, m_trace);
    if (!to) return false;
    if (is_movable(from))
        move(from, *to);
    else
        (void)m_allocator.free_pages(*to, 0, m_trace, m_cpu);
    return true;
}

/// The last one taken first.
bool ContigRange::migrate_all(std::vector<Pfn>& sources) {
    for (; !sources.empty(); sources.pop_back())
        if (!migrate(sources.back())) return false;
    return true;
}

bool ContigRange::migrate_away(PfnRange range) {
    std::uint64_t others = 0;
    for (const Node& node : m_state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (node.nid != m_zone->nid && node.nid < 64 && zone.managed > 0) others |= std::uint64_t{1} << node.nid;
    for (Pfn p = range.start; p < range.end; ++p)
        if (!split_if_huge(p) || (is_movable(p) && !migrate(p, others))) return m_busy = p, false;
    return true;
}

/// __alloc_contig_migrate_range().
bool ContigRange::migrate_range(PfnRange range) {
    std::vector<Pfn> sources;
    for (Pfn p = range.start; p < range.end; ++p) {
        if (!split_if_huge(p)) return m_busy = p, false;
        if (is_movable(p)) sources.push_back(p);
        if (sources.size() == cluster && !migrate_all(sources)) return false;
    }
    return migrate_all(sources);
}

bool ContigRange::is_free(PfnRange range) {
    for (Pfn p = range.start; p < range.end; p += Pfn{1} << m_state.pages.order(p))
        if (!m_state.pages.free_head(p)) return m_busy = p, false;
    return true;
}

void ContigRange::remove_free(PfnRange range) {
    BuddyLists buddy(m_state, *m_zone, m_cpu);
    for (Pfn p = range.start; p < range.end;) {
        const Order order = m_state.pages.order(p);
        buddy.del(p, order);
        p += Pfn{1} << order;
    }
    m_state.pages.set_state(range.start, range.size(), state_byte(PageState::none));
}

/// test_pages_isolated() and isolate_freepages_range(): all free blocks that have a part of the range; what of them
/// lies outside is given back.
bool ContigRange::take_range(PfnRange range) {
    PageColumns& pages = m_state.pages;
    Pfn start = range.start;
    for (Order order = 0; order < m_state.profile.max_order; ++order) {
        const Pfn head = align_down(range.start, Pfn{1} << order);
        if (pages.free_head(head) && head + (Pfn{1} << pages.order(head)) > range.start) start = head;
    }
    if (!is_free({start, range.end})) return false;
    BuddyLists buddy(m_state, *m_zone, m_cpu);
    Pfn end = start;
    while (end < range.end) {
        const Order order = pages.order(end);
        buddy.del(end, order);
        for (const Pfn stop = end + (Pfn{1} << order); end < stop; ++end)
            pages.set_allocated(end, 0, state_byte(PageState::allocated, MigrateType::cma));
    }
    for (Pfn p = start; p < end; ++p)
        if (!range.contains(p)) (void)m_allocator.free_pages(p, 0, {}, m_cpu);
    return true;
}

void ContigRange::begin(PfnRange range) {
    const ZoneFrames* frames = m_state.zones.frames_of(range.start);
    m_memory = frames->frames;
    m_zone = m_state.zones.zone(frames->zone.nid, frames->zone.type);
}

bool ContigRange::isolate(PfnRange range, MigrateType type) {
    m_moves.clear();
    m_busy = no_pfn;
    begin(range);
    return isolate_range(range, type);
}

void ContigRange::undo_isolate(PfnRange range, MigrateType type) {
    begin(range);
    undo_isolate_range(range, type);
}

Outcome<bool> ContigRange::alloc(PfnRange range, MigrateType type) {
    const ZoneFrames* frames = range.empty() ? nullptr : m_state.zones.frames_of(range.start);
    if (!frames || range.end > frames->frames.end)
        return Error{fmt::format("frames {:#x} to {:#x} were asked for; expected memory of one zone without a hole",
                                 range.start, range.end)};
    if (!isolate(range, type)) return false;
    m_allocator.drain_zone_of(range.start, m_trace);
    const bool done = migrate_range(range) && take_range(range);
    undo_isolate_range(range, type);
    for (Pfn p = range.start; done && m_trace && p < range.end; ++p)
        tell_alloc(m_trace, *m_zone, p, 0, MigrateType::cma, gfp::GFP_KERNEL);
    return done;
}

Outcome<Done> ContigRange::free(PfnRange range) {
    return m_allocator.free_pages_exact(range.start, (range.end - range.start) << page_shift, m_trace, m_cpu);
}

}  // namespace mm
