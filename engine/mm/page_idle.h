// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages were not used for a while: they are marked, and those still marked later are idle. The mark goes with the
// first access by read() or write(), or when a page table's accessed bit is met; PG_young keeps that bit for reclaim.
//
//      write bitmap ─► PG_idle      access by a process ─► accessed bit      read bitmap ─► PG_idle goes, PG_young
//      comes
//
// Follows mm/page_idle.c, Linux 6.1: /sys/kernel/mm/page_idle/bitmap.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// page_idle_bitmap_write(). Pages marked: those of processes and files that are on an LRU list.
NrPages mark_idle(const MmContext& context, PfnRange frames);
/// page_idle_bitmap_read(). Pages that were not used since they were marked.
NrPages count_idle(const MmContext& context, PfnRange frames);

}  // namespace mm
