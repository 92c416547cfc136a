// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/veil.h"

#include <QPainter>
#include <array>
#include <unordered_set>

namespace mm::gui {
namespace {

constexpr int strongest = 200;  ///< of 255: what fades can still be told apart
constexpr std::array<int, recencySteps> alphaOf{0, 60, 110, 155};

QColor faded(QColor ink, int alpha) {
    ink.setAlpha(alpha);
    return ink;
}

/// An image and no clip region: regions of thousands of pieces take their time.
QImage veilOver(const HeatmapLayout& layout, QColor ink) {
    QImage veil(layout.size, QImage::Format_ARGB32_Premultiplied);
    veil.fill(Qt::transparent);
    QPainter painter(&veil);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    for (const LayoutPart& part : layout.parts)
        for (const QRect& rect : layout.region(part.frames))
            painter.fillRect(rect, faded(ink, strongest));
    return veil;
}

}  // namespace

QImage veilBut(const std::vector<PfnRange>& kept, const HeatmapLayout& layout, QColor ink) {
    QImage veil = veilOver(layout, ink);
    QPainter painter(&veil);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    for (const PfnRange& frames : kept)
        for (const QRect& rect : layout.region(frames))
            painter.fillRect(rect, Qt::transparent);
    return veil;
}

const QImage& RecencyVeil::image(const SnapshotPtr& snapshot, const HeatmapLayout& layout, QColor ink) {
    if (snapshot == m_snapshot && layout == m_layout && ink == m_ink) return m_image;
    m_snapshot = snapshot;
    m_layout = layout;
    m_ink = ink;
    m_image = veilOver(layout, ink);
    QPainter painter(&m_image);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    // The oldest first, the newest over them. Of many events about one cell only the newest counts.
    std::vector<Touch> touches;
    std::unordered_set<Pfn> cells;
    for (const Touch& touch : recentTouches(*snapshot)) {
        const Pfn cell = align_down(touch.frames.start, layout.cellPages());
        const bool one = touch.frames.end <= cell + layout.cellPages();
        if (!one || cells.insert(cell).second) touches.push_back(touch);
    }
    for (auto touch = touches.rbegin(); touch != touches.rend(); ++touch) {
        const QColor veiled = faded(ink, alphaOf[touch->step()]);
        for (const QRect& rect : layout.region(touch->frames))
            painter.fillRect(rect, veiled);
    }
    return m_image;
}

}  // namespace mm::gui
