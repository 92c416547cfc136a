// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/free_series.h"

#include <algorithm>

namespace mm::gui {

FreeSeries freeSeries(const std::vector<Sample>& samples, Position end, unsigned orders) {
    FreeSeries series;
    series.byOrder.resize(std::min(orders, max_orders));
    NrPages most = 0;
    for (const Sample& s : samples)
        most = std::max(most, s.free_pages);
    if (most * page_size >= GiB) series.unit = GiB;
    const double perPage = static_cast<double>(page_size) / static_cast<double>(series.unit);
    const auto add = [&](Position at, const Sample& s) {
        series.at.push_back(static_cast<double>(at));
        for (std::size_t order = 0; order < series.byOrder.size(); ++order)
            series.byOrder[order].push_back(static_cast<double>(s.free_pages_by_order[order]) * perPage);
        series.unusable.push_back(s.unusable_index_9 / 1000.0);
    };
    for (const Sample& s : samples)
        if (s.at <= end) add(s.at, s);
    if (!series.empty() && series.at.back() < static_cast<double>(end)) add(end, *sampleAt(samples, end));
    return series;
}

const Sample* sampleAt(const std::vector<Sample>& samples, Position at) {
    const auto after =
        std::partition_point(samples.begin(), samples.end(), [at](const Sample& s) { return s.at <= at; });
    return after == samples.begin() ? nullptr : &*std::prev(after);
}

}  // namespace mm::gui
