// SPDX-License-Identifier: GPL-3.0-or-later
// Between two colours of the theme: for shades that stand for a share.
#pragma once

#include <QColor>
#include <cmath>

namespace mm::gui {

inline QColor blend(const QColor& a, const QColor& b, double shareOfB) {
    const auto mix = [shareOfB](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * shareOfB)); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

}  // namespace mm::gui
