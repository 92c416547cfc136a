// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/buddy_lists.h"

namespace mm {

void BuddyLists::add(Pfn pfn, Order order, MigrateType mt) {
    FreeArea& area = m_zone.free_area[order];
    FreeList& list = area.free_list[static_cast<std::size_t>(mt)];
    const auto p = static_cast<std::uint32_t>(pfn);
    m_pages.set_free_head(pfn, head_byte(order, mt), {list.first, no_link});
    if (list.first != no_link)
        m_pages.set_prev(list.first, p);
    else
        list.last = p;
    list.first = p;
    ++list.blocks;
    ++area.nr_free;
}

void BuddyLists::add_tail(Pfn pfn, Order order, MigrateType mt) {
    FreeArea& area = m_zone.free_area[order];
    FreeList& list = area.free_list[static_cast<std::size_t>(mt)];
    const auto p = static_cast<std::uint32_t>(pfn);
    m_pages.set_free_head(pfn, head_byte(order, mt), {no_link, list.last});
    if (list.last != no_link)
        m_pages.set_next(list.last, p);
    else
        list.first = p;
    list.last = p;
    ++list.blocks;
    ++area.nr_free;
}

void BuddyLists::del(Pfn pfn, Order order) {
    FreeArea& area = m_zone.free_area[order];
    FreeList& list = area.free_list[static_cast<std::size_t>(list_of_head(m_pages.head(pfn)))];
    const PageLink link = m_pages.link(pfn);
    if (link.prev != no_link)
        m_pages.set_next(link.prev, link.next);
    else
        list.first = link.next;
    if (link.next != no_link)
        m_pages.set_prev(link.next, link.prev);
    else
        list.last = link.prev;
    --list.blocks;
    --area.nr_free;
    m_pages.set_free_head(pfn, 0, {});
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

Pfn BuddyLists::rmqueue_smallest(Order order, MigrateType mt) {
    for (Order o = order; o < m_profile.max_order; ++o) {
        const std::uint32_t first = m_zone.free_area[o].free_list[static_cast<std::size_t>(mt)].first;
        if (first == no_link) continue;
        del(first, o);
        expand(first, order, o, mt);
        m_zone.free_pages -= NrPages{1} << order;
        m_notes.expanded = o > order;
        m_notes.expanded_pfn = first;
        m_notes.expanded_order = o;
        return first;
    }
    return no_pfn;
}

Pfn BuddyLists::rmqueue(Order order, MigrateType mt, bool no_fragment) {
    const Pfn pfn = rmqueue_smallest(order, mt);
    if (pfn != no_pfn || !rmqueue_fallback(order, mt, no_fragment)) return pfn;
    return rmqueue_smallest(order, mt);  // the fallback has put a block onto our list
}

/// Is the buddy one order up free already? Then the block that was just freed is likely to grow soon: it waits at the
/// tail.
bool BuddyLists::merge_likely(Pfn pfn, Order order, PfnRange frames) const {
    if (order + 2 >= m_profile.max_order) return false;
    const Pfn higher = pfn & ~(Pfn{1} << order);
    return is_buddy(higher ^ (Pfn{1} << (order + 1)), order + 1, frames);
}

BuddyLists::Block BuddyLists::free_one(Pfn pfn, Order order, MigrateType mt, PfnRange frames, bool to_tail) {
    const auto mergeable = [](MigrateType t) { return static_cast<unsigned>(t) < nr_pcptypes; };
    m_zone.free_pages += NrPages{1} << order;
    for (; order + 1 < m_profile.max_order; ++order) {
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

}  // namespace mm
