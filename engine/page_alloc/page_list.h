// SPDX-License-Identifier: GPL-3.0-or-later
// list_add(), list_add_tail() and list_del() of blocks by their head frames: one way of linking for free lists, per-CPU
// lists and whoever builds them. Links and head byte are in PageColumns, first, last and count in the list; what else
// is counted (nr_free, pages of a CPU) is the caller's business. Private to page_alloc and to what drives its parts.
//
// Whoever changes a list tells the undo log first (undo_log.h).
//
//      first [8 .......] <-> [24 .......] last        prev of the first and next of the last are no_link
#pragma once

#include "engine/mmzone/zone.h"

namespace mm {

/// head: order and migratetype, see head_byte(). REQUIRES: pfn is on no list.
inline void list_add(FreeList& list, PageColumns& pages, Pfn pfn, std::uint8_t head) {
    const auto p = static_cast<std::uint32_t>(pfn);
    pages.set_free_head(pfn, head, {list.first, no_link});
    if (list.first != no_link)
        pages.relink_prev(list.first, p);
    else
        list.last = p;
    list.first = p;
    ++list.blocks;
}

inline void list_add_tail(FreeList& list, PageColumns& pages, Pfn pfn, std::uint8_t head) {
    const auto p = static_cast<std::uint32_t>(pfn);
    pages.set_free_head(pfn, head, {no_link, list.last});
    if (list.last != no_link)
        pages.relink_next(list.last, p);
    else
        list.first = p;
    list.last = p;
    ++list.blocks;
}

/// REQUIRES: before is on that list, pfn on none.
inline void list_add_after(FreeList& list, PageColumns& pages, Pfn before, Pfn pfn, std::uint8_t head) {
    const auto p = static_cast<std::uint32_t>(pfn);
    const std::uint32_t next = pages.link(before).next;
    if (next == no_link) return list_add_tail(list, pages, pfn, head);
    pages.set_free_head(pfn, head, {next, static_cast<std::uint32_t>(before)});
    pages.relink_next(before, p);
    pages.relink_prev(next, p);
    ++list.blocks;
}

/// REQUIRES: pfn is on that list. It heads nothing afterwards.
inline void list_del(FreeList& list, PageColumns& pages, Pfn pfn) {
    const PageLink link = pages.link(pfn);
    if (link.prev != no_link)
        pages.relink_next(link.prev, link.next);
    else
        list.first = link.next;
    if (link.next != no_link)
        pages.relink_prev(link.next, link.prev);
    else
        list.last = link.prev;
    --list.blocks;
    pages.set_free_head(pfn, 0, {});
}

/// The list starts with new_first; what was before it follows the old tail. REQUIRES: new_first is on that list.
inline void list_rotate(FreeList& list, PageColumns& pages, std::uint32_t new_first) {
    if (new_first == list.first) return;
    const std::uint32_t new_last = pages.link(new_first).prev;
    pages.relink_next(list.last, list.first);
    pages.relink_prev(list.first, list.last);
    pages.relink_prev(new_first, no_link);
    pages.relink_next(new_last, no_link);
    list.first = new_first;
    list.last = new_last;
}

}  // namespace mm
