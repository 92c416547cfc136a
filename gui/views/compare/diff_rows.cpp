// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/diff_rows.h"

#include <algorithm>

namespace mm::gui {
namespace {

constexpr std::size_t contextLines = 2, shortestFold = 3;

/// One flag a row: shown by itself.
std::vector<bool> wanted(const Comparison& comparison, const DiffFilter& filter) {
    const auto& rows = comparison.rows;
    std::vector<bool> result(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        if (filter.category && row.category != *filter.category) continue;
        if (!filter.onlyDifferences) {
            result[i] = row.state != RowState::other;
        } else if (row.differs()) {
            const std::size_t from = filter.category || i < contextLines ? i : i - contextLines;
            const std::size_t to = filter.category ? i + 1 : std::min(i + contextLines + 1, rows.size());
            std::fill(result.begin() + static_cast<std::ptrdiff_t>(from),
                      result.begin() + static_cast<std::ptrdiff_t>(to), true);
        }
    }
    return result;
}

}  // namespace

std::vector<DiffRow> diffRows(const Comparison& comparison, const DiffFilter& filter,
                              const std::set<std::size_t>& unfolded) {
    const std::vector<bool> shown = wanted(comparison, filter);
    std::vector<DiffRow> rows;
    for (std::size_t i = 0; i < shown.size();) {
        std::size_t end = i + 1;
        while (!shown[i] && end < shown.size() && !shown[end])
            ++end;
        const bool fold = !shown[i] && end - i >= shortestFold && !unfolded.contains(i);
        if (fold)
            rows.push_back({i, end - i});
        else
            for (std::size_t k = i; k < end; ++k)
                rows.push_back({k, 0});
        i = end;
    }
    return rows;
}

}  // namespace mm::gui
