// SPDX-License-Identifier: GPL-3.0-or-later
// The zones a request may be served from, in the order the kernel tries them: zonelist, watermarks, passes. Private to
// page_alloc.
//
//      pass 1  low watermark   Normal fails, DMA32 fails, DMA fails     (first without fragmenting, then with)
//      pass 2  min watermark   less what __GFP_HIGH and non-blocking requests may take of it
//      pass 3  no watermark    __GFP_MEMALLOC only
//
// There is no reclaim: when all passes are through, the request fails. High-order atomic reserves are not modelled.
// Follows mm/page_alloc.c, Linux 6.1: get_page_from_freelist, __zone_watermark_ok, gfp_to_alloc_flags,
// alloc_flags_nofragment.
#pragma once

#include "engine/page_alloc/page_allocator.h"

namespace mm {

/// ALLOC_* as far as they matter here.
struct AllocFlags {
    bool min_reserve = false;  ///< ALLOC_MIN_RESERVE: __GFP_HIGH
    bool non_block = false;    ///< ALLOC_NON_BLOCK
};

/// __zone_watermark_ok().
bool zone_watermark_ok(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                       unsigned max_order);

class ZoneWalk {
public:
    ZoneWalk(Zones& zones, const AllocRequest& request, const KernelProfile& profile);
    /// The next zone whose watermark allows the request; null: the request fails.
    Zone* next();
    /// ALLOC_NOFRAGMENT holds for the zone next() gave.
    bool no_fragment() const { return m_no_fragment; }

private:
    enum class Pass { low, min, none, over };
    bool next_pass();
    bool allowed(const Zone& zone) const;

    Zones& m_zones;
    const AllocRequest& m_request;
    const KernelProfile& m_profile;
    ZoneType m_highest;
    const std::vector<ZoneRef>* m_list = nullptr;
    ZoneRef m_preferred{};
    std::size_t m_at = 0;
    Pass m_pass = Pass::low;
    bool m_no_fragment = false;
    AllocFlags m_flags;
};

}  // namespace mm
