// SPDX-License-Identifier: GPL-3.0-or-later
// Initialises struct pages: of memory (up to what is deferred), and of the holes around it. Private to mmzone. Follows
// memmap_init(), defer_init(), init_unavailable_range(), mm/page_alloc.c, Linux 6.1.
#pragma once

#include "engine/mmzone/init.h"

namespace mm {

/// memmap_init(). REQUIRES: zones have their spans; pageblock_type has its size. Fills Zones::memory and each node's
/// first_deferred_pfn. max_pfn: where FLATMEM's struct pages end.
void memmap_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn,
                 const Tracer& trace);

}  // namespace mm
