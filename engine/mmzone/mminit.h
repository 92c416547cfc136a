// SPDX-License-Identifier: GPL-3.0-or-later
// What mminit_loglevel= makes the kernel tell while it sets up zones: how page->flags is divided, which frames a zone's
// map covers, and every zonelist.
//
//      page->flags  | section | node | zone | last cpupid | kasan | gen | tier |   ...   flags |
//
// Follows mm/mm_init.c and include/linux/page-flags-layout.h, Linux 6.1.
#pragma once

#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"
#include "engine/types/trace.h"

namespace mm::mminit {

/// mminit_verify_pageflags_layout(): printed at level 3 and above.
void print_pageflags_layout(const KernelProfile& profile, int level, const Tracer& trace);
/// init_currently_empty_zone()'s line: level 3 and above.
void print_memmap_init(const KernelProfile& profile, const Zone& zone, int level, const Tracer& trace);
/// mminit_verify_zonelist(): level 1 and above.
void print_zonelists(const KernelProfile& profile, const Zones& zones, const Tracer& trace);

}  // namespace mm::mminit
