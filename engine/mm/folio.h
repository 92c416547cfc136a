// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to one page of a process or a file, whoever holds it.
// Follows mm/swap.c (folio_put) and mm/page-writeback.c (folio_mark_dirty), Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// put_page(): a reference ends; with the last one the page leaves its LRU list and is free.
void put_user_page(const MmContext& context, Pfn p);

/// folio_mark_dirty(): PG_dirty, and counted for a file's.
void set_page_dirty(const MmContext& context, Pfn p);
/// folio_clear_dirty_for_io(). True: it was dirty.
bool clear_page_dirty(const MmContext& context, Pfn p);

}  // namespace mm
