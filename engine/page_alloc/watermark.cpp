// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/watermark.h"

#include <algorithm>

#include "engine/page_alloc/cma_pages.h"

namespace mm {
namespace {

std::int64_t unusable_free(const Zone& zone, Order order, AllocFlags flags) {
    std::int64_t n = (std::int64_t{1} << order) - 1;
    if (!(flags & alloc::reserves)) n += static_cast<std::int64_t>(zone.nr_reserved_highatomic);
    if (!(flags & alloc::cma) && zone.cma != 0) n += static_cast<std::int64_t>(free_cma_pages(zone));
    return n;
}

bool has_block(const Zone& zone, Order order, AllocFlags flags, unsigned max_order) {
    const auto filled = [](const FreeArea& area, MigrateType mt) {
        return area.free_list[static_cast<std::size_t>(mt)].first != no_link;
    };
    for (Order o = order; o < max_order; ++o) {
        const FreeArea& area = zone.free_area[o];
        if (area.nr_free == 0) continue;
        for (std::size_t mt = 0; mt < nr_pcptypes; ++mt)
            if (area.free_list[mt].first != no_link) return true;
        if ((flags & alloc::cma) && filled(area, MigrateType::cma)) return true;
        if ((flags & (alloc::highatomic | alloc::oom)) && filled(area, MigrateType::highatomic)) return true;
    }
    return false;
}

}  // namespace

NrPages wmark_pages(const Zone& zone, AllocFlags flags) {
    return zone.watermark[flags & alloc::wmark_mask] + zone.watermark_boost;
}

NrPages totalreserve_pages(const Zones& zones) {
    NrPages total = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones) {
            const NrPages most = *std::max_element(zone.lowmem_reserve.begin(), zone.lowmem_reserve.end());
            total += std::min(most + zone.watermark[2], zone.managed);
        }
    return total;
}

WatermarkCheck check_watermark(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                               std::int64_t free_pages, unsigned max_order) {
    WatermarkCheck c;
    c.free = free_pages - unusable_free(zone, order, flags);
    c.min = static_cast<std::int64_t>(mark);
    c.lowmem_reserve = zone.lowmem_reserve[static_cast<std::size_t>(highest)];
    if (flags & alloc::min_reserve) {
        c.min -= c.min / 2;
        if (flags & alloc::non_block) c.min -= c.min / 4;
    }
    if (flags & alloc::oom) c.min -= c.min / 2;
    if (c.free <= c.min + static_cast<std::int64_t>(c.lowmem_reserve)) return c;
    c.has_block = order == 0 || has_block(zone, order, flags, max_order);
    c.ok = c.has_block;
    return c;
}

bool zone_watermark_ok(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                       unsigned max_order) {
    return check_watermark(zone, order, mark, highest, flags, zone.free_pages_seen(), max_order).ok;
}

bool zone_watermark_fast(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags, Gfp gfp,
                         unsigned max_order) {
    const std::int64_t free = zone.free_pages_seen();
    if (order == 0) {
        const std::int64_t usable = free - std::min(free, unusable_free(zone, 0, flags));
        if (usable > static_cast<std::int64_t>(mark + zone.lowmem_reserve[static_cast<std::size_t>(highest)]))
            return true;
    }
    if (check_watermark(zone, order, mark, highest, flags, free, max_order).ok) return true;
    // Single atomic pages may ignore a boost of the min watermark.
    const bool at_min = (flags & alloc::wmark_mask) == alloc::wmark_min;
    if (order != 0 || !(gfp & gfp::atomic) || zone.watermark_boost == 0 || !at_min) return false;
    return check_watermark(zone, order, zone.watermark[0], highest, flags, free, max_order).ok;
}

}  // namespace mm
