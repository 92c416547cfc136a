// SPDX-License-Identifier: GPL-3.0-or-later
// list_add(), list_add_tail() and list_del() of blocks by their head frames: one way of linking for free lists, per-CPU
// lists and whoever builds them. Links and head byte are in PageColumns, first, last and count in the list; what else
// is counted (nr_free, pages of a CPU) is the caller's business. Private to page_alloc and to what drives its parts.
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
        pages.set_prev(list.first, p);
    else
        list.last = p;
    list.first = p;
    ++list.blocks;
}

inline void list_add_tail(FreeList& list, PageColumns& pages, Pfn pfn, std::uint8_t head) {
    const auto p = static_cast<std::uint32_t>(pfn);
    pages.set_free_head(pfn, head, {no_link, list.last});
    if (list.last != no_link)
        pages.set_next(list.last, p);
    else
        list.first = p;
    list.last = p;
    ++list.blocks;
}

/// REQUIRES: pfn is on that list. It heads nothing afterwards.
inline void list_del(FreeList& list, PageColumns& pages, Pfn pfn) {
    const PageLink link = pages.link(pfn);
    if (link.prev != no_link)
        pages.set_next(link.prev, link.next);
    else
        list.first = link.next;
    if (link.next != no_link)
        pages.set_prev(link.next, link.prev);
    else
        list.last = link.prev;
    --list.blocks;
    pages.set_free_head(pfn, 0, {});
}

}  // namespace mm
