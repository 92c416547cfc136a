// SPDX-License-Identifier: GPL-3.0-or-later
// A veil over the map: all of it fades but for some frames, which keep their colour or fade less.
#pragma once

#include <QImage>
#include <span>

#include "gui/models/recency.h"
#include "gui/views/heatmap/heatmap_layout.h"

namespace mm::gui {

/// Over everything but these stretches.
QImage veilBut(const std::vector<PfnRange>& kept, const HeatmapLayout& layout, QColor ink);

/// The longer ago, the paler. Kept until the moment, the layout or the ink is another: pointer and selection repaint
/// often.
class RecencyVeil {
public:
    const QImage& image(const SnapshotPtr& snapshot, const HeatmapLayout& layout, QColor ink);

private:
    SnapshotPtr m_snapshot;
    HeatmapLayout m_layout;
    QColor m_ink;
    QImage m_image;
};

}  // namespace mm::gui
