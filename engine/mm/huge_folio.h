// SPDX-License-Identifier: GPL-3.0-or-later
// A huge page as a whole, whoever maps it: how often, by entries of both sizes; waiting to be split; split; gone.
//
//      whole   [H t t t ...]  one reference count, one place in a list
//      split   [p p p p ...]  512 pages like others; those that nobody maps are free
//
// Follows mm/huge_memory.c (split_huge_page_to_list, deferred_split_huge_page, free_transhuge_page) and mm/rmap.c,
// Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// folio_mapcount(): entries of page tables that map the page or a part of it.
std::int32_t folio_mapcount(const MmState& state, const PageColumns& pages, Pfn p);
/// page_mapcount(): entries that map this page, by itself or with its huge page. own: its _mapcount.
std::int32_t page_mapcount(const MmState& state, Pfn p, std::int32_t own);
/// folio_mapped().
bool folio_mapped(const MmState& state, const PageColumns& pages, Pfn p);

/// deferred_split_huge_page(): a part is mapped nowhere any more.
void deferred_split_huge_page(const MmContext& context, Pfn head);
/// free_transhuge_page(): what is kept of it goes; its frames are the caller's to free.
void forget_huge_folio(const MmContext& context, Pfn head);

/// mlock_folio() and munlock_folio(), as far as one area is concerned: to the unevictable list, and back.
void set_mlocked(const MmContext& context, Pfn head, bool locked);
/// page->mapping of all pages of the folio: the area's own anon_vma (page_move_anon_rmap()).
void set_anon_vma(const MmContext& context, Pfn head, AnonVmaId id);

/// split_huge_page_to_list(): the single pages, which are where the folio was in its LRU list; or, if that was taken
/// off, on none. False: somebody holds it.
bool split_huge_page(const MmContext& context, Pfn head);

}  // namespace mm
