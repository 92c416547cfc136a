// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/cache/page_grid.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace mm::gui {

PageGrid PageGrid::fit(NrPages pages, double top, double width, double cell) {
    PageGrid grid;
    grid.top = top;
    grid.cell = cell;
    grid.pages = pages;
    while (pages > mostCells * grid.perCell)
        grid.perCell *= 2;
    grid.cells = static_cast<std::size_t>((pages + grid.perCell - 1) / grid.perCell);
    grid.columns = static_cast<std::size_t>(std::max(1.0, std::floor(width / cell)));
    if (grid.columns > 8) grid.columns -= grid.columns % 8;  // so that rows begin at round pages
    return grid;
}

QRectF PageGrid::rectOf(std::size_t i) const {
    return {cell * double(i % columns), top + cell * double(i / columns), cell - 1, cell - 1};
}

std::optional<std::size_t> PageGrid::cellAt(QPointF at) const {
    if (cells == 0 || at.x() < 0 || at.y() < top) return std::nullopt;
    const auto column = static_cast<std::size_t>(at.x() / cell), row = static_cast<std::size_t>((at.y() - top) / cell);
    const std::size_t i = row * columns + column;
    return column < columns && i < cells ? std::optional(i) : std::nullopt;
}

void paintShares(QPainter& painter, const QRectF& rect, const std::uint32_t* shares, const QBrush* brushes,
                 std::size_t kinds) {
    const double all = std::accumulate(shares, shares + kinds, 0.0);
    if (all == 0) return;
    const auto present = static_cast<double>(std::count_if(shares, shares + kinds, [](auto n) { return n > 0; }));
    const double room = rect.width() - present;  // beyond the pixel that each of them has
    double x = rect.left();
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        if (shares[kind] == 0) continue;
        const double wide = 1 + room * shares[kind] / all;
        painter.fillRect(QRectF(x, rect.top(), wide, rect.height()), brushes[kind]);
        x += wide;
    }
}

}  // namespace mm::gui
