// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel virtual layout as rows to draw: one an area, ascending, with what it holds in words and the frames it maps
// by plain arithmetic.
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "engine/snapshot/layout_of.h"

namespace mm::gui {

struct LayoutRow {
    LayoutArea area;
    QString range, size;    ///< inclusive ends, as the kernel prints them
    QString why;            ///< note and source, for hover
    PfnRange frames;        ///< what its addresses map one to one; empty where that is not arithmetic
    bool isFolded = false;  ///< a gap: drawn small, with a visible break
    double weight = 0;      ///< share of spare height: the logarithm of its size
    QString differs{};      ///< from the moment that is compared with, in words; "": it does not
};

std::vector<LayoutRow> layoutRows(const Snapshot& s);
/// Says of each row how it differs from A; changed: the frames that do.
void compareRows(std::vector<LayoutRow>& rows, const Snapshot& mark, const Snapshot& now,
                 const std::vector<PfnRange>& changed);
/// The row whose addresses show the frame through the direct map, and how far down in it (0..1); -1 if none does.
int rowOfFrame(const std::vector<LayoutRow>& rows, const Snapshot& s, Pfn pfn, double* share);
/// "x86_64, 4 levels, assumed nokaslr".
QString layoutContext(const Snapshot& s);

}  // namespace mm::gui
