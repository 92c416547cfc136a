// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of the physical address map stand, for a size and a set of strips:
//
//      |           0      64 MiB    128 MiB    ruler
//      | Firmware  [==========================] rows
//      | e820      [==========================]
//      |                 pfn 0x1a800-0x1a9ff   the event's label
//      | # usable 511 MiB   # reserved 384 KiB legend
#pragma once

#include <QRectF>
#include <vector>

#include "gui/models/strips.h"
#include "gui/style/theme.h"

namespace mm::gui {

struct LegendItem {
    quint32 ink = 0;
    QRectF swatch, words;
    QString name, amount;
    QRectF all() const { return swatch.united(words); }
};

struct PhysmapLayout {
    QRectF ruler;
    std::vector<QRectF> rows;
    QRectF eventLabel;
    std::vector<LegendItem> legend;
    double left = 0, right = 0;  ///< of the axis

    QRectF allRows() const { return rows.empty() ? QRectF() : rows.front().united(rows.back()); }
};

PhysmapLayout layoutPhysmap(const Theme& theme, const Strips& strips, QSizeF size);
QSize leastPhysmapSize(const Theme& theme, std::size_t rows);

}  // namespace mm::gui
