// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a zone has enough free pages for a request. Follows mm/page_alloc.c, Linux 6.1: __zone_watermark_ok,
// zone_watermark_fast, __zone_watermark_unusable_free.
#pragma once

#include "engine/page_alloc/alloc_flags.h"
#include "engine/page_alloc/alloc_state.h"
#include "engine/page_alloc/gfp.h"

namespace mm {

/// wmark_pages(): min, low or high as the flags say, with the boost.
NrPages wmark_pages(const Zone& zone, AllocFlags flags);

/// calculate_totalreserve_pages(): what all zones keep back.
NrPages totalreserve_pages(const Zones& zones);

/// The arithmetic of one check, for those who explain it: free > min + reserve, and a block of the order.
struct WatermarkCheck {
    bool ok = false;
    std::int64_t free = 0;  ///< usable: without the request itself, the highatomic reserve and CMA where not allowed
    std::int64_t min = 0;   ///< the mark, lowered for those who may go below it
    NrPages lowmem_reserve = 0;
    bool has_block = true;  ///< a free block of the order exists on a list the request may use
};

/// __zone_watermark_ok(). free_pages: as the zone's counter sees them.
WatermarkCheck check_watermark(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                               std::int64_t free_pages, unsigned max_order);
/// zone_watermark_ok().
bool zone_watermark_ok(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                       unsigned max_order);
/// zone_watermark_fast(): the same, with the exceptions for single pages.
bool zone_watermark_fast(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags, Gfp gfp,
                         unsigned max_order);

}  // namespace mm
