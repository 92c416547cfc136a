// SPDX-License-Identifier: GPL-3.0-or-later
// What memory looked like along time, and where a recording did otherwise than predicted.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/models/category_inks.h"
#include "gui/style/theme.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

/// Which kind a pixel shows: a fixed pattern of points deals pixels out by share, so that nothing is mixed and what is
/// little is a dot here and there.
unsigned kindAt(const std::uint8_t* shares, unsigned kinds, int x, unsigned y) {
    int whole = 0;
    for (unsigned k = 0; k < kinds; ++k)
        whole += shares[k];
    if (whole == 0) return categoryHole;
    const double even = x * 0.6180339887 + y * 0.7548776662;  // each step lands in the largest gap left
    double left = (even - std::floor(even)) * whole;
    for (unsigned k = 0; k < kinds; ++k)
        if ((left -= shares[k]) < 0) return k;
    return categoryHole;
}

/// The pixels of one moment, the lowest frames on top.
void paintColumn(QImage& image, int x, const TimeStrip& strip, const StripColumn& column, const Inks& inks) {
    const int high = image.height();
    for (int y = 0; y < high; ++y) {
        const auto cell = static_cast<unsigned>(y * int{TimeStrip::cells} / high);
        const unsigned kind = kindAt(column.shares.data() + std::size_t{cell} * strip.categories, strip.categories, x,
                                     static_cast<unsigned>(y));
        reinterpret_cast<QRgb*>(image.scanLine(y))[x] = inks[kind].fill;
    }
}

}  // namespace

void TimeSlider::renderStrip(QSize pixels) {
    m_stripImage = QImage(pixels, QImage::Format_RGB32);
    m_stripImage.fill(m_theme.tokens().track);
    if (!m_strip || m_strip->columns.empty() || m_total == 0) return;
    const Inks inks = inksFor(m_theme, colourMode(ColourMode::migrateType), ~0u);
    // A moment's picture holds until the next one; what has none yet stays empty.
    const Position reach = m_total / 100 + 1;
    const auto& columns = m_strip->columns;
    for (int x = 0; x < pixels.width(); ++x) {
        const auto at = static_cast<Position>((x + 0.5) / pixels.width() * static_cast<double>(m_total));
        const auto after =
            std::partition_point(columns.begin(), columns.end(), [at](const StripColumn& c) { return c.at <= at; });
        if (after == columns.begin() || at - std::prev(after)->at > reach) continue;
        paintColumn(m_stripImage, x, *m_strip, *std::prev(after), inks);
    }
}

void TimeSlider::paintStrip(QPainter& painter) {
    const QRectF box = stripRect();
    const QSize pixels = (box.size() * devicePixelRatioF()).toSize();
    if (pixels.isEmpty()) return;
    if (m_stripImage.size() != pixels) renderStrip(pixels);
    painter.drawImage(box, m_stripImage);
    const Tokens& ink = m_theme.tokens();
    const double x = std::round(xOf(m_at));
    painter.fillRect(QRectF(x - 1, box.top(), 2, lineRect().center().y() - box.top()), ink.accent);
}

void TimeSlider::setMark(std::optional<Position> at) {
    m_mark = at;
    update();
}

/// A line through the strip, with the letter at its foot.
void TimeSlider::paintMark(QPainter& painter) const {
    if (!m_mark || *m_mark > m_total) return;  // of a history that was cut off: only its state is left
    const QColor ink = m_theme.difference().ink;
    const double x = std::round(xOf(*m_mark));
    painter.fillRect(QRectF(x - 1, 0, 2, lineRect().center().y()), ink);
    QFont font = m_theme.axis();
    font.setWeight(QFont::Bold);
    painter.setFont(font);
    const double side = QFontMetricsF(font).height();
    const double left = x + side + 2 > width() ? x - side - 1 : x + 1;
    const QRectF box(left, 0, side, side);
    painter.fillRect(box, ink);
    painter.setPen(m_theme.textOn(ink));
    painter.drawText(box, Qt::AlignCenter, "A");
}

void TimeSlider::paintMisses(QPainter& painter) const {
    if (!m_misses) return;
    const double top = stripRect().bottom() + 1, high = lineRect().top() - top - 1;
    int before = -1;
    for (const Position at : *m_misses) {
        const int x = static_cast<int>(xOf(at));
        if (x == std::exchange(before, x)) continue;
        painter.fillRect(QRectF(x, top, m_theme.px(1), high), m_theme.difference().ink);
    }
}

}  // namespace mm::gui
