// SPDX-License-Identifier: GPL-3.0-or-later
// A page leaves all page tables: its frame is wanted for something else, or must not be touched again.
//
//      anonymous, in the swap cache    entries name its slot        the next access reads it in
//      of a file                       entries are empty            the next access asks the file
//      poisoned                        entries say so               the next access is a SIGBUS
//
// Follows mm/rmap.c (try_to_unmap), Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// enum ttu_flags.
struct UnmapHow {
    bool ignore_mlock = false;  ///< TTU_IGNORE_MLOCK: locked areas, too
    bool hwpoison = false;      ///< TTU_HWPOISON: entries say that the page is lost
};

/// False: an entry is left, of a locked area. REQUIRES: no huge page; somebody else holds it or has it in a cache; if
/// anonymous and not to be lost, in the swap cache.
bool try_to_unmap(const MmContext& context, Pfn p, UnmapHow how);

}  // namespace mm
