// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/layout/layout_rows.h"

#include <algorithm>
#include <cmath>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

bool isGap(AreaKind kind) {
    return kind == AreaKind::hole || kind == AreaKind::guard;
}

PfnRange framesOf(const LayoutArea& area, const LayoutInput& layout, const Snapshot& s) {
    if (area.kind != AreaKind::direct_map && area.kind != AreaKind::kernel_image) return {};
    const auto start = virt_to_phys(layout, area.range.start);
    if (!start) return {};
    const Pfn first = pfn_down(*start), end = pfn_up(*start + area.range.size());
    return area.kind == AreaKind::kernel_image ? PfnRange{first, end} : PfnRange{first, std::min(end, s.state.max_pfn)};
}

QString rangeOf(VirtRange range, int digits) {
    const VirtAddr last = range.end == ~VirtAddr{0} ? range.end : range.end - 1;
    return QStringLiteral("%1-%2")
        .arg(range.start, digits, 16, QLatin1Char('0'))
        .arg(last, digits, 16, QLatin1Char('0'));
}

}  // namespace

std::vector<LayoutRow> layoutRows(const Snapshot& s) {
    std::vector<LayoutRow> rows;
    if (!s.machine || !s.profile) return rows;
    const LayoutInput layout = layout_input_of(s);
    const int digits = layout.space.arch == Arch::i386 ? 8 : 16;
    for (LayoutArea& area : kernel_layout(layout)) {
        LayoutRow row;
        row.range = rangeOf(area.range, digits);
        row.size = sizeText(area.range.size());
        row.isFolded = isGap(area.kind);
        row.frames = framesOf(area, layout, s);
        row.why = text(area.note);
        if (!area.source.empty()) row.why += (row.why.isEmpty() ? QString() : QStringLiteral("\n")) + text(area.source);
        if (!row.frames.empty()) row.why += QStringLiteral("\n") + QObject::tr("maps %1").arg(pfnText(row.frames));
        row.weight = row.isFolded ? 0 : std::log2(static_cast<double>(area.range.size()) / page_size + 1);
        row.area = std::move(area);
        rows.push_back(std::move(row));
    }
    return rows;
}

void compareRows(std::vector<LayoutRow>& rows, const Snapshot& mark, const Snapshot& now,
                 const std::vector<PfnRange>& changed) {
    const std::vector<LayoutRow> before = layoutRows(mark);
    for (LayoutRow& row : rows) {
        const auto was = std::find_if(before.begin(), before.end(), [&](const LayoutRow& other) {
            return other.area.name == row.area.name && other.area.range.overlaps(row.area.range);
        });
        if (was == before.end()) {
            if (!row.isFolded) row.differs = QObject::tr("not there at A");
            continue;
        }
        NrPages frames = 0;
        for (const PfnRange& range : changed)
            frames += range.intersect(row.frames).size();
        if (frames > 0) row.differs = QObject::tr("%1 of its frames differ from A").arg(number(frames));
        if (row.area.kind == AreaKind::vmalloc && *now.state.vmalloc.busy != *mark.state.vmalloc.busy)
            row.differs = QObject::tr("other areas than at A");
        if (!row.isFolded && was->range != row.range) row.differs = QObject::tr("at A: %1").arg(was->range);
    }
}

int rowOfFrame(const std::vector<LayoutRow>& rows, const Snapshot& s, Pfn pfn, double* share) {
    const auto virt = phys_to_virt(layout_input_of(s), phys_of(pfn));
    if (!virt) return -1;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const LayoutRow& row = rows[i];
        if (!row.area.range.contains(*virt) || row.frames.empty() || !row.frames.contains(pfn)) continue;
        *share = static_cast<double>(pfn - row.frames.start) / static_cast<double>(row.frames.size());
        return static_cast<int>(i);
    }
    return -1;
}

QString layoutContext(const Snapshot& s) {
    if (!s.machine || !s.profile) return {};
    const LayoutInput layout = layout_input_of(s);
    QString words = text(name_of(paging_mode_of(layout)));
    if (!layout_notes(layout, *s.machine).empty()) words += QObject::tr(" \u00b7 assumed nokaslr");
    return words;
}

}  // namespace mm::gui
