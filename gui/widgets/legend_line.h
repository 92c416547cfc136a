// SPDX-License-Identifier: GPL-3.0-or-later
// A line of a legend under a canvas: swatches with what they stand for; what has no room is left out.
//
//      [#] vmalloc  4 · 124 KiB   [/] guard page  5
#pragma once

#include <QBrush>
#include <QPointF>
#include <QString>
#include <vector>

class QPainter;

namespace mm::gui {

class Theme;

struct LegendEntry {
    QBrush brush;
    QString words;
    QString amount = {};  ///< in dim letters behind the words; "": none
};

/// From there to the right edge. Answers where the next entry would begin.
double paintLegendLine(QPainter& painter, const Theme& theme, QPointF from, double right,
                       const std::vector<LegendEntry>& entries);

}  // namespace mm::gui
