// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/reclaim/lists_layout.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace mm::gui {

ListsLayout ListsLayout::fit(const std::vector<Nid>& nodes, std::size_t counters, const Theme& theme, double width) {
    ListsLayout out;
    const QFontMetricsF small(theme.small()), mono(theme.mono());
    const double gap = theme.px(10);
    out.line = small.height() + theme.px(4);
    out.row = std::max(small.height(), mono.height()) + theme.px(5);
    out.amount = small.horizontalAdvance("inactive anon") + gap;
    out.bar = out.amount + mono.horizontalAdvance("1000.0 MiB") + gap;
    out.barEnd = out.bar + std::max<double>(theme.px(40), (width - out.bar) * 0.3);
    out.tail = out.barEnd + gap;
    out.cell = theme.px(11);
    out.tailCells = static_cast<std::size_t>(std::max(0.0, std::floor((width - out.tail) / out.cell)));
    double y = theme.px(2);
    for (const Nid nid : nodes) {
        NodeRows rows;
        rows.nid = nid;
        rows.caption = y;
        rows.gauge = {0, y + out.line, width, double(theme.px(12))};
        y = rows.gauge.bottom() + theme.px(8) + out.line;  // ticks of the gauge, then the heads of columns
        for (double& top : rows.lists)
            top = std::exchange(y, y + out.row);
        rows.shrinkers = std::exchange(y, y + out.line + theme.px(8));
        out.nodes.push_back(rows);
    }
    out.counterWidth =
        small.horizontalAdvance("workingset_activate_anon") + mono.horizontalAdvance("1 000 000") + 2 * gap;
    out.counterColumns = static_cast<std::size_t>(std::max(1.0, std::floor(width / out.counterWidth)));
    out.legend = y;
    out.counters = y + out.line + theme.px(4);
    const std::size_t rows = (counters + out.counterColumns - 1) / out.counterColumns;
    out.height = out.counters + out.line * double(rows) + theme.px(2);
    return out;
}

QRectF ListsLayout::cellOf(std::size_t node, LruList list, std::size_t i) const {
    return {tail + cell * double(i), nodes[node].lists[static_cast<std::size_t>(list)] + (row - cell) / 2, cell - 1,
            cell - 1};
}

QRectF ListsLayout::barOf(std::size_t node, LruList list) const {
    const double top = nodes[node].lists[static_cast<std::size_t>(list)];
    return {bar, top + row * 0.2, barEnd - bar, row * 0.6};
}

}  // namespace mm::gui
