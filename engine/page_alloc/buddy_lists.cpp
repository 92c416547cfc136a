// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/buddy_lists.h"

#include "engine/page_alloc/cma_pages.h"
#include "engine/page_alloc/page_list.h"

namespace mm {

void BuddyLists::add(Pfn pfn, Order order, MigrateType mt) {
    FreeArea& area = m_zone.free_area[order];
    if (UndoLog* u = m_pages.undo()) u->put(m_pages, m_home, UndoLog::free_list(order, mt), pfn, order, true);
    list_add(area.free_list[static_cast<std::size_t>(mt)], m_pages, pfn, head_byte(order, mt));
    ++area.nr_free;
}

void BuddyLists::add_tail(Pfn pfn, Order order, MigrateType mt) {
    FreeArea& area = m_zone.free_area[order];
    if (UndoLog* u = m_pages.undo()) u->put(m_pages, m_home, UndoLog::free_list(order, mt), pfn, order, false);
    list_add_tail(area.free_list[static_cast<std::size_t>(mt)], m_pages, pfn, head_byte(order, mt));
    ++area.nr_free;
}

void BuddyLists::del(Pfn pfn, Order order) {
    FreeArea& area = m_zone.free_area[order];
    const std::uint8_t head = m_pages.head(pfn);
    const MigrateType mt = list_of_head(head);
    if (UndoLog* u = m_pages.undo()) u->take(m_pages, m_home, UndoLog::free_list(order, mt), pfn, order, head);
    list_del(area.free_list[static_cast<std::size_t>(mt)], m_pages, pfn);
    --area.nr_free;
}

void BuddyLists::move_to_tail(Pfn pfn, Order order, MigrateType mt) {
    del(pfn, order);
    add_tail(pfn, order, mt);
}

/// A block of order high is cut down to order low; the upper halves go to the heads of their lists.
///
///      high 3  [0 .......]   =>   low 0   [0] taken, lists get [4..7] order 2, [2,3] order 1, [1] order 0
void BuddyLists::expand(Pfn pfn, Order low, Order high, MigrateType mt) {
    m_stats.splits += high - low;
    while (high > low) {
        --high;
        add(pfn + (Pfn{1} << high), high, mt);
    }
}

///      order 3  [0 . . . . x . .]   =>   [0 . . .] order 2   [6 .] order 1   [4] order 0      5 is nobody's
bool BuddyLists::take_off(Pfn pfn) {
    for (Order order = 0; order < m_profile.max_order; ++order) {
        Pfn head = pfn & ~((Pfn{1} << order) - 1);
        if (!m_pages.free_head_of(head, order)) continue;
        const MigrateType mt = m_zones.pageblock(pfn);
        del(head, order);
        m_stats.splits += order;
        while (order > 0) {
            const Pfn upper = head + (Pfn{1} << --order);
            add(pfn < upper ? upper : head, order, mt);
            if (pfn >= upper) head = upper;
        }
        mod_free_pages(m_zone, m_cpu, -1);
        return true;
    }
    return false;
}

Pfn BuddyLists::rmqueue_smallest(Order order, MigrateType mt) {
    for (Order o = order; o < m_profile.max_order; ++o) {
        const std::uint32_t first = m_zone.free_area[o].free_list[static_cast<std::size_t>(mt)].first;
        if (first == no_link) continue;
        del(first, o);
        expand(first, order, o, mt);
        m_notes.expanded = o > order;
        m_notes.expanded_pfn = first;
        m_notes.expanded_order = o;
        return first;
    }
    return no_pfn;
}

Pfn BuddyLists::rmqueue(Order order, MigrateType mt, AllocFlags flags) {
    // Movable requests use up CMA's pageblocks first while those hold more than half of what is free.
    if ((flags & alloc::cma) && m_zone.cma != 0 && 2 * free_cma_pages(m_zone) > m_zone.free_pages)
        if (const Pfn pfn = rmqueue_smallest(order, MigrateType::cma); pfn != no_pfn) return pfn;
    Pfn pfn = rmqueue_smallest(order, mt);
    if (pfn == no_pfn && (flags & alloc::cma) && m_zone.cma != 0) pfn = rmqueue_smallest(order, MigrateType::cma);
    if (pfn != no_pfn || !rmqueue_fallback(order, mt, flags)) return pfn;
    return rmqueue_smallest(order, mt);  // the fallback has put a block onto our list
}

/// Is the buddy one order up free already? Then the block that was just freed is likely to grow soon: it waits at the
/// tail.
bool BuddyLists::merge_likely(Pfn pfn, Order order, PfnRange frames) const {
    if (order + 2 >= m_profile.max_order) return false;
    const Pfn higher = pfn & ~(Pfn{1} << order);
    return is_buddy(higher ^ (Pfn{1} << (order + 1)), order + 1, frames);
}

/// compaction_capture(): small blocks of movable pageblocks stay movable memory.
bool BuddyLists::captures(const Capture* capture, Order order, MigrateType mt) const {
    if (!capture || capture->page != no_pfn || capture->order != order || capture->nid != m_zone.nid ||
        capture->zone != m_zone.type)
        return false;
    if (mt == MigrateType::cma || mt == MigrateType::isolate) return false;
    return order >= m_profile.pageblock_order || mt != MigrateType::movable;
}

BuddyLists::Block BuddyLists::free_one(Pfn pfn, Order order, MigrateType mt, PfnRange frames, bool to_tail,
                                       Capture* capture) {
    const auto mergeable = [](MigrateType t) { return static_cast<unsigned>(t) < nr_pcptypes; };
    if (mt != MigrateType::isolate) mod_free_pages(m_zone, m_cpu, std::int64_t{1} << order);
    for (; order + 1 < m_profile.max_order; ++order) {
        if (captures(capture, order, mt)) {
            capture->page = pfn;
            mod_free_pages(m_zone, m_cpu, -(std::int64_t{1} << order));
            return {no_pfn, order};
        }
        const Pfn buddy = pfn ^ (Pfn{1} << order);
        if (!is_buddy(buddy, order, frames)) break;
        if (order >= m_profile.pageblock_order) {
            const MigrateType other = m_zones.pageblock(buddy);
            if (other != mt && (!mergeable(mt) || !mergeable(other))) break;
        }
        del(buddy, order);
        pfn &= buddy;
        ++m_stats.merges;
    }
    if (to_tail || merge_likely(pfn, order, frames))
        add_tail(pfn, order, mt);
    else
        add(pfn, order, mt);
    return {pfn, order};
}

void BuddyLists::rotate(Order order, MigrateType mt, std::uint32_t new_first) {
    FreeList& list = m_zone.free_area[order].free_list[static_cast<std::size_t>(mt)];
    if (new_first == no_link) return;
    if (UndoLog* u = m_pages.undo()) u->rotate(m_home, UndoLog::free_list(order, mt), list.first);
    list_rotate(list, m_pages, new_first);
}

void BuddyLists::move_freelist_head(Pfn pfn, Order order, MigrateType mt) {
    rotate(order, mt, static_cast<std::uint32_t>(pfn));
}

void BuddyLists::move_freelist_tail(Pfn pfn, Order order, MigrateType mt) {
    rotate(order, mt, m_pages.link(pfn).next);
}

}  // namespace mm
