// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/frag_series.h"

#include <algorithm>

#include "engine/page_alloc/page_allocator.h"

namespace mm::gui {

FragPoint fragPoint(const Zone& zone, Position at, unsigned orders) {
    FragPoint point;
    point.at = at;
    for (unsigned order = 0; order < std::min(orders, max_orders); ++order) {
        point.unusable[order] = static_cast<int>(unusable_free_index(zone, order, orders));
        point.extfrag[order] = fragmentation_index(zone, order, orders);
        if (zone.free_area[order].nr_free != 0) point.largest = static_cast<int>(order);
    }
    return point;
}

std::vector<FragPoint> fragSeries(const std::vector<Sample>& samples, ZoneRef ref, unsigned orders) {
    std::vector<FragPoint> series;
    Zone zone;
    for (const Sample& sample : samples) {
        if (!sample.zones) continue;
        for (const ZoneSample& counts : *sample.zones) {
            if (counts.zone != ref) continue;
            for (std::size_t order = 0; order < max_orders; ++order)
                zone.free_area[order].nr_free = counts.free_blocks[order];
            series.push_back(fragPoint(zone, sample.at, orders));
        }
    }
    return series;
}

const FragPoint* pointAt(const std::vector<FragPoint>& series, Position at) {
    const auto after =
        std::partition_point(series.begin(), series.end(), [at](const FragPoint& p) { return p.at <= at; });
    return after == series.begin() ? nullptr : &*std::prev(after);
}

}  // namespace mm::gui
