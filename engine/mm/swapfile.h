// SPDX-License-Identifier: GPL-3.0-or-later
// Slots of the swap area, and the swap cache: pages that are on their way there or back.
//
// Follows mm/swapfile.c and mm/swap_state.c, Linux 6.1. One area; slots are taken in ascending order from where the
// last one was, so that what is swapped out together lies together (SWAPFILE_CLUSTER); the per-CPU cache of slots is
// left out. Reading and writing take no time.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// swapon(): an area of so many pages, the first being its header. Error: there is one, or too few pages.
Outcome<Done> swapon(const MmContext& context, std::string path, NrPages pages);

/// folio_alloc_swap(): a slot with one user, the swap cache; no_id: the area is full.
SwapSlot get_swap_page(const MmContext& context);
/// swap_duplicate() and swap_free(): one more, one fewer entry of a page table names the slot.
void swap_duplicate(const MmContext& context, SwapSlot slot);
void swap_free(const MmContext& context, SwapSlot slot);

/// The page of the swap cache, or no_pfn.
Pfn lookup_swap_cache(const MmState& state, SwapSlot slot);
/// add_to_swap_cache(): the cache holds a reference.
void add_to_swap_cache(const MmContext& context, Pfn p, SwapSlot slot);
/// delete_from_swap_cache(): the reference and the cache's claim on the slot end. The page must have other references.
void delete_from_swap_cache(const MmContext& context, Pfn p);
/// free_swap_cache(): before a reference is put, a page in the swap cache that nobody maps leaves it.
void free_swap_cache(const MmContext& context, Pfn p);

}  // namespace mm
