// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/highmem/slots_layout.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace mm::gui {

SlotsLayout SlotsLayout::fit(const HighmemWindow& window, const Theme& theme, double width) {
    SlotsLayout layout;
    const double line = QFontMetricsF(theme.small()).height() + theme.px(4), gap = theme.px(8);
    layout.physical = {0, line, width, double(theme.px(24))};
    layout.cell = theme.px(14);
    layout.pkmapCaption = layout.physical.bottom() + theme.px(6) + gap;
    // A power of two a row, so that addresses are easy to tell.
    layout.columns = 8;
    while (2 * layout.columns * layout.cell <= width && layout.columns < window.slots)
        layout.columns *= 2;
    layout.cell = std::clamp(width / layout.columns, layout.cell, double(theme.px(20)));
    const unsigned rows = (window.slots + layout.columns - 1) / layout.columns;
    layout.grid = {0, layout.pkmapCaption + line, layout.columns * layout.cell, rows * layout.cell};
    layout.localCaption = layout.grid.bottom() + gap;
    layout.localFrom = layout.localCaption + line;
    layout.localLeft = QFontMetricsF(theme.mono()).horizontalAdvance("CPU 00") + gap;
    layout.legend = layout.localFrom + window.cpus * (layout.cell + theme.px(4)) + gap;
    layout.height = layout.legend + line;
    return layout;
}

QRectF SlotsLayout::rectOf(const SlotRef& slot) const {
    const double side = cell - 2;
    if (slot.cpu) return {localLeft + slot.index * cell, localFrom + *slot.cpu * (cell + 4), side, side};
    return {grid.left() + slot.index % columns * cell, grid.top() + slot.index / columns * cell, side, side};
}

std::optional<SlotRef> SlotsLayout::slotAt(const HighmemWindow& window, QPointF at) const {
    if (grid.contains(at)) {
        const auto index = static_cast<unsigned>((at.y() - grid.top()) / cell) * columns +
                           static_cast<unsigned>((at.x() - grid.left()) / cell);
        if (index < window.slots) return SlotRef{{}, index};
    }
    if (at.x() < localLeft || at.y() < localFrom) return std::nullopt;
    const auto cpu = static_cast<unsigned>((at.y() - localFrom) / (cell + 4));
    const auto index = static_cast<unsigned>((at.x() - localLeft) / cell);
    if (cpu >= window.cpus || index >= window.usable_per_cpu()) return std::nullopt;
    return SlotRef{cpu, index};
}

Pfn frameIn(const HighmemState& state, const SlotRef& slot) {
    if (!slot.cpu) return slot.index < state.slots.size() ? state.slots[slot.index].pfn : no_pfn;
    if (*slot.cpu >= state.local.size() || slot.index >= state.local[*slot.cpu].size()) return no_pfn;
    return state.local[*slot.cpu][slot.index];
}

VirtAddr addressOf(const HighmemWindow& window, const SlotRef& slot) {
    return slot.cpu ? window.local_address(*slot.cpu, slot.index) : window.slot_address(slot.index);
}

std::vector<SlotRef> mappedSlots(const HighmemState& state) {
    std::vector<SlotRef> mapped;
    for (unsigned i = 0; i < state.slots.size(); ++i)
        if (state.slots[i].count != 0) mapped.push_back({{}, i});
    for (unsigned cpu = 0; cpu < state.local.size(); ++cpu)
        for (unsigned i = 0; i < state.local[cpu].size(); ++i)
            mapped.push_back({cpu, i});
    return mapped;
}

}  // namespace mm::gui
