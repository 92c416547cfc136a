// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/differences.h"

#include <algorithm>

namespace mm::gui {
namespace {

bool before(const DifferenceAt& a, const DifferenceAt& b) {
    return a.zone != b.zone ? b.zone : a.row < b.row;
}

}  // namespace

std::vector<DifferenceAt> differencesOf(const Comparison& comparison) {
    std::vector<DifferenceAt> all;
    for (std::size_t i = 0; i < comparison.rows.size(); ++i)
        if (comparison.rows[i].differs()) all.push_back({false, i});
    for (std::size_t i = 0; i < comparison.zones.size(); ++i)
        if (comparison.zones[i].differs()) all.push_back({true, i});
    return all;
}

std::optional<DifferenceAt> nextDifference(const Comparison& comparison, std::optional<DifferenceAt> current,
                                           bool forward) {
    const auto all = differencesOf(comparison);
    if (all.empty()) return {};
    if (!current) return forward ? all.front() : all.back();
    if (forward) {
        const auto after = std::upper_bound(all.begin(), all.end(), *current, before);
        return after == all.end() ? all.front() : *after;
    }
    const auto at = std::lower_bound(all.begin(), all.end(), *current, before);
    return at == all.begin() ? all.back() : *std::prev(at);
}

std::size_t ordinalOf(const Comparison& comparison, const DifferenceAt& place) {
    const auto all = differencesOf(comparison);
    const auto found = std::find(all.begin(), all.end(), place);
    return found == all.end() ? 0 : static_cast<std::size_t>(found - all.begin()) + 1;
}

}  // namespace mm::gui
