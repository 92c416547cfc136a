// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/slab/array_rows.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>

namespace mm::gui {
namespace {

struct ArrayText {
    Q_DECLARE_TR_FUNCTIONS(mm::gui::ArrayRow)
};

double entryWidth(const ArrayRow& row, const QRectF& room, const Theme& theme) {
    return std::min<double>(theme.px(16), room.width() / std::max(1u, row.array->limit));
}

}  // namespace

std::vector<ArrayRow> arrayRows(const KmemCache& s) {
    std::vector<ArrayRow> rows;
    for (std::size_t cpu = 0; cpu < s.arrays.cpu.size(); ++cpu)
        rows.push_back({ArrayText::tr("CPU %1").arg(cpu), &s.arrays.cpu[cpu]});
    for (std::size_t nid = 0; nid < s.nodes.size(); ++nid) {
        const NodeArrays& n = s.nodes[nid].arrays;
        if (n.shared.limit != 0) rows.push_back({ArrayText::tr("node %1 shared").arg(nid), &n.shared});
        for (std::size_t other = 0; other < n.alien.size(); ++other)
            if (n.alien[other].limit != 0)
                rows.push_back({ArrayText::tr("node %1 alien %2").arg(nid).arg(other), &n.alien[other]});
    }
    return rows;
}

QRectF entryRect(const ArrayRow& row, const QRectF& room, unsigned entry, const Theme& theme) {
    const double wide = entryWidth(row, room, theme), gap = wide >= 4 ? 1 : 0;
    return {room.left() + wide * entry, room.top() + theme.px(3), wide - gap, room.height() - theme.px(6)};
}

void paintArray(QPainter& painter, const ArrayRow& row, const QRectF& room, const QColor& waiting, const Theme& theme) {
    const QRectF first = entryRect(row, room, 0, theme);
    const double wide = entryWidth(row, room, theme);
    painter.fillRect(QRectF(first.left(), first.top(), wide * row.array->limit, first.height()), theme.tokens().track);
    for (unsigned i = 0; i < row.array->avail(); ++i)
        painter.fillRect(first.translated(wide * i, 0), waiting);
    painter.setPen(theme.tokens().line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(first.left(), first.top(), wide * row.array->limit - 1, first.height() - 1));
}

std::optional<CachedObject> entryAt(const ArrayRow& row, const QRectF& room, double x, const Theme& theme) {
    const double entry = (x - room.left()) / entryWidth(row, room, theme);
    if (entry < 0 || entry >= row.array->avail()) return std::nullopt;
    return row.array->entry[static_cast<std::size_t>(entry)];
}

QString arrayWords(const ArrayRow& row) {
    QString out =
        ArrayText::tr("%1: %2 of %3 objects wait").arg(row.name).arg(row.array->avail()).arg(row.array->limit);
    if (row.array->batchcount != 0)
        out += ArrayText::tr(", filled and emptied %1 at a time").arg(row.array->batchcount);
    if (row.array->touched) out += ArrayText::tr(", used since cache_reap() last looked");
    return out + ArrayText::tr("\narray_cache, mm/slab.c");
}

}  // namespace mm::gui
