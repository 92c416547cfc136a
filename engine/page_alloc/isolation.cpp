// SPDX-License-Identifier: GPL-3.0-or-later
// Pageblocks that nobody gets pages of: mm/page_isolation.c.
#include <bit>

#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/contig_range.h"

namespace mm {

void ContigRange::retype(Pfn block, MigrateType type) {
    const MigrateType was = m_state.zones.pageblock(block);
    set_pageblock(m_state, block, type);
    if (m_trace) m_trace.event(retyped_event(*m_zone, block, m_state.zones, was, type));
}

/// What has_unmovable_pages() lets pass, and compaction takes: pages of processes and files, and movable ones of
/// nobody.
bool ContigRange::is_movable(Pfn p) const {
    const PageColumns& pages = m_state.pages;
    if (state_of(pages.state(p)) != PageState::allocated || pages.order(p) != 0) return false;
    const auto expected = m_owners && m_owners->references ? m_owners->references(p) : std::nullopt;
    if (expected) return *expected == pages.refcount(p);
    return pages.state(p) == state_byte(PageState::allocated, MigrateType::movable) && pages.refcount(p) == 1 &&
           pages.flags(p) == 0;
}

/// A transparent huge page of processes, on an LRU list.
bool ContigRange::is_split_first(Pfn p) const {
    const CompoundPage compound = compound_page_of(m_state.pages, p);
    return compound.head != no_pfn && m_owners && m_owners->split &&
           (m_state.pages.flags(compound.head) & bit(PageFlag::lru));
}

bool ContigRange::split_if_huge(Pfn p) const {
    return !is_split_first(p) || m_owners->split(p);
}

/// has_unmovable_pages(): the first; no_pfn: none. Frames that wait on CPUs' lists do not matter.
Pfn ContigRange::unmovable_page(PfnRange range) const {
    const PageColumns& pages = m_state.pages;
    for (Pfn p = range.start; p < range.end; ++p) {
        if (pages.free_head(p)) {
            p += (Pfn{1} << pages.order(p)) - 1;
            continue;
        }
        const PageState state = state_of(pages.state(p));
        if (state == PageState::free || state == PageState::pcp || is_movable(p) || is_split_first(p)) continue;
        return p;
    }
    return no_pfn;
}

/// set_migratetype_isolate(). False: something in the part of the block that is wanted cannot move.
bool ContigRange::isolate_block(Pfn block, PfnRange range, MigrateType type) {
    const MigrateType was = m_state.zones.pageblock(block);
    const Pfn end = block + m_state.zones.pageblock_nr_pages();
    if (was == MigrateType::isolate) return m_busy = block, false;
    if (was == MigrateType::cma && type != MigrateType::cma) return m_busy = block, false;
    if (was != MigrateType::cma) m_busy = unmovable_page(range.intersect({block, end}));
    if (m_busy != no_pfn) return false;
    touch_counters(m_state.pages, *m_zone, m_cpu);
    retype(block, MigrateType::isolate);
    ++m_zone->nr_isolate_pageblock;
    const auto moved = BuddyLists(m_state, *m_zone, m_cpu).move_freepages_block(block, MigrateType::isolate);
    mod_free_pages(*m_zone, m_cpu, -static_cast<std::int64_t>(moved.free));
    return true;
}

/// split_free_page(): a free block that reaches over the boundary becomes blocks on its two sides.
///
///      order 10  [pageblock | pageblock]   =>   [order 9] | [order 9]
void ContigRange::split_at(Pfn boundary) {
    if (boundary <= m_memory.start || boundary >= m_memory.end) return;
    for (Order order = m_state.profile.pageblock_order + 1; order < m_state.profile.max_order; ++order) {
        const Pfn head = align_down(boundary, Pfn{1} << order);
        if (head == boundary || !m_state.pages.free_head_of(head, order)) continue;
        BuddyLists buddy(m_state, *m_zone, m_cpu);
        const NrPages n = NrPages{1} << order;
        if (list_of_head(m_state.pages.head(head)) != MigrateType::isolate)
            mod_free_pages(*m_zone, m_cpu, -static_cast<std::int64_t>(n));
        buddy.del(head, order);
        for (Pfn p = head, side = boundary; p < head + n; side = p < boundary ? boundary : head + n) {
            const auto by_place = p ? static_cast<Order>(std::countr_zero(p)) : order;
            const auto by_side = static_cast<Order>(std::bit_width(side - p) - 1);
            const Order part = std::min(by_place, by_side);
            (void)buddy.free_one(p, part, m_state.zones.pageblock(p), m_memory, false);
            p += Pfn{1} << part;
        }
        return;
    }
}

/// start_isolate_page_range(): the outer pageblocks first, so that no free block reaches out of the range.
bool ContigRange::isolate_range(PfnRange range, MigrateType type) {
    const NrPages size = m_state.zones.pageblock_nr_pages();
    const Pfn start = align_down(range.start, size), end = align_up(range.end, size);
    if (!isolate_block(start, range, type)) return false;
    split_at(start);
    if (end - size != start && !isolate_block(end - size, range, type)) return unset_isolate(start, type), false;
    split_at(end);
    for (Pfn block = start + size; block + size < end; block += size) {
        if (isolate_block(block, range, type)) continue;
        for (Pfn done = start; done < block; done += size)
            unset_isolate(done, type);
        unset_isolate(end - size, type);
        return false;
    }
    return true;
}

/// unset_migratetype_isolate(): a free block whose buddy is not isolated merges with it by being freed anew.
void ContigRange::unset_isolate(Pfn block, MigrateType type) {
    PageColumns& pages = m_state.pages;
    if (m_state.zones.pageblock(block) != MigrateType::isolate) return;
    BuddyLists buddy(m_state, *m_zone, m_cpu);
    const Order order = pages.free_head(block) ? pages.order(block) : Order{0};
    const Pfn other = block ^ (Pfn{1} << order);
    const bool merges = pages.free_head(block) && order >= m_state.profile.pageblock_order &&
                        order + 1 < m_state.profile.max_order && m_memory.contains(other) &&
                        pages.free_head_of(other, order) && m_state.zones.pageblock(other) != MigrateType::isolate;
    if (merges)
        buddy.del(block, order);
    else
        mod_free_pages(*m_zone, m_cpu, static_cast<std::int64_t>(buddy.move_freepages_block(block, type).free));
    retype(block, type);
    if (merges) (void)buddy.free_one(block, order, type, m_memory, true);
    --m_zone->nr_isolate_pageblock;
}

void ContigRange::undo_isolate_range(PfnRange range, MigrateType type) {
    const NrPages size = m_state.zones.pageblock_nr_pages();
    for (Pfn block = align_down(range.start, size); block < range.end; block += size)
        unset_isolate(block, type);
}

}  // namespace mm
