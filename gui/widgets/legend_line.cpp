// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/legend_line.h"

#include <QPainter>

#include "gui/style/theme.h"

namespace mm::gui {

double paintLegendLine(QPainter& painter, const Theme& theme, QPointF from, double right,
                       const std::vector<LegendEntry>& entries) {
    const QFontMetricsF metrics(theme.small());
    const double side = theme.px(10), gap = theme.px(6), baseline = from.y() + metrics.ascent();
    double x = from.x();
    painter.setFont(theme.small());
    for (const LegendEntry& entry : entries) {
        const double words = metrics.horizontalAdvance(entry.words);
        const double amount = entry.amount.isEmpty() ? 0 : gap + metrics.horizontalAdvance(entry.amount);
        const double wide = side + gap + words + amount;
        if (x + wide > right && x > from.x()) break;
        painter.fillRect(QRectF(x, from.y() + (metrics.height() - side) / 2, side, side), entry.brush);
        painter.setPen(theme.tokens().text);
        painter.drawText(QPointF(x + side + gap, baseline), entry.words);
        painter.setPen(theme.tokens().dim);
        if (amount > 0) painter.drawText(QPointF(x + side + gap + words + gap, baseline), entry.amount);
        x += wide + theme.px(16);
    }
    return x;
}

}  // namespace mm::gui
