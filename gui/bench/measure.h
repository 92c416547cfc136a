// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of the window's speed: what was measured, its unit and, where one is set, the most it may be.
#pragma once

#include <QString>
#include <functional>
#include <optional>
#include <vector>

namespace mm::gui {

struct Measure {
    QString name;  ///< "heatmap frame, 2^28 page frames, 10^4 changed"
    double value = 0;
    QString unit;  ///< "ms", "times"
    std::optional<double> most{};

    bool met() const { return !most || value <= *most; }
};
using Measures = std::vector<Measure>;

/// A line each, or one JSON array.
QString measuresAsText(const Measures& measures);
QString measuresAsJson(const Measures& measures);

/// Milliseconds that a piece of work takes.
double timed(const std::function<void()>& work);
/// REQUIRES: not empty. The value below which that share (0 to 1) of the values lie.
double quantile(std::vector<double> values, double share);
inline double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

}  // namespace mm::gui
