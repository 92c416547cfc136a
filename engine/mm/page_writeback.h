// SPDX-License-Identifier: GPL-3.0-or-later
// How many pages of files may be dirty: beyond a first limit the flusher is woken and writes the inodes dirtied longest
// ago, half way to the second one whoever writes has to wait for it.
//
//      dirty pages   0 ......... background ......... freerun ......... thresh
//                      nobody    |  flusher writes    |  the writer waits, too
//
// Follows mm/page-writeback.c (global_dirtyable_memory, domain_dirty_limits, balance_dirty_pages) and
// fs/fs-writeback.c (wb_writeback, writeback_chunk_size), Linux 6.1, with vm.dirty_ratio 20 and
// vm.dirty_background_ratio 10. Writing takes no time: who waits goes on when the flusher is below the first limit.
// What follows from time is left out: pages expire after 30 s, devices have a bandwidth.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// In pages.
struct DirtyLimits {
    NrPages background = 0, thresh = 0;
    NrPages freerun() const { return (background + thresh) / 2; }
};

/// global_dirty_limits(). lru: by node, none before the first process or file.
DirtyLimits global_dirty_limits(const Zones& zones, const LruVecs& lru);

/// balance_dirty_pages(): a page has become dirty. Here after each one, where the kernel looks after so many.
void balance_dirty_pages(const MmContext& context);
/// wb_workfn(), if somebody woke it.
void run_flusher(const MmContext& context);

}  // namespace mm
