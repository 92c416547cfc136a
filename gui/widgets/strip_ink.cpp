// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/strip_ink.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace mm::gui {
namespace {

constexpr double leastWidth = 2;

QColor resourceColour(const Theme& theme, const QString& name) {
    if (name == QLatin1String("System RAM")) return theme.e820(E820Type::ram);
    if (name == QLatin1String("Reserved")) return theme.e820(E820Type::reserved);
    if (name == QLatin1String("ACPI Tables")) return theme.e820(E820Type::acpi);
    if (name.startsWith(QLatin1String("ACPI Non"))) return theme.e820(E820Type::nvs);
    if (name.startsWith(QLatin1String("Kernel"))) return theme.owner(QStringLiteral("kernel image"));
    return theme.zone(ZoneType::device);
}

}  // namespace

QColor inkColour(const Theme& theme, const StripInk& ink) {
    switch (ink.kind) {
        case InkKind::e820:
            return theme.e820(static_cast<E820Type>(ink.value));
        case InkKind::memory:
            return blend(theme.zone(ZoneType::normal), theme.tokens().dim, ink.value == 0 ? 0 : 0.5);
        case InkKind::owner:
            return ink.name == QLatin1String("not named") ? theme.e820(E820Type::reserved) : theme.owner(ink.name);
        case InkKind::leaf:  // the small pages are the odd ones: the larger the page, the quieter
            return blend(theme.tokens().dim, theme.tokens().track,
                         ink.value == 1     ? 0.0
                         : ink.value <= 512 ? 0.4
                                            : 0.65);
        case InkKind::node:
            return theme.node(static_cast<Nid>(ink.value));
        case InkKind::zone:
            return theme.zone(static_cast<ZoneType>(ink.value));
        case InkKind::resource:
            return resourceColour(theme, ink.name);
    }
    return theme.tokens().dim;
}

double StripPainter::snapped(double x) const {
    return std::round(x * pixelRatio) / pixelRatio;
}

QColor StripPainter::colourOf(const Piece& piece) const {
    const QColor full = inkColour(theme, strips.inks[piece.ink]);
    return filter.isEmpty() || filter.contains(piece.ink) ? full : blend(full, theme.tokens().panel, 0.8);
}

QRectF StripPainter::pieceRect(const Piece& piece, const QRectF& row) const {
    double from = snapped(axis.x(piece.range.start)), to = snapped(axis.x(piece.range.end));
    if (to - from < leastWidth) {
        from = snapped(std::clamp((from + to - leastWidth) / 2, axis.left(), axis.right() - leastWidth));
        to = from + leastWidth;
    }
    const double down = row.height() * std::min<double>(piece.depth, 3) * 0.25;
    return {QPointF(from, row.top() + down), QPointF(to, row.bottom())};
}

const Piece* StripPainter::hit(const Strip& strip, double x, double y, const QRectF& row) const {
    const Piece* best = nullptr;
    for (const Piece& p : strip.pieces) {
        const PhysRange seen = p.range.intersect(axis.view());
        if (seen.empty()) continue;
        const QRectF rect = pieceRect(p, row);
        const double slack = rect.width() < 4 ? 1.5 : 0;
        if (x < rect.left() - slack || x >= rect.right() + slack || y < rect.top()) continue;
        if (!best || p.range.size() <= best->range.size()) best = &p;
    }
    return best;
}

void StripPainter::paint(QPainter& painter, const Strip& strip, const QRectF& row) const {
    paintTrack(painter, row);
    std::vector<const Piece*> narrow;
    for (const Piece& p : strip.pieces) {
        if (!p.range.overlaps(axis.view())) continue;
        const QRectF rect = pieceRect(p, row);
        if (rect.width() <= leastWidth)
            narrow.push_back(&p);
        else
            paintWide(painter, p, rect.intersected(row));
    }
    paintNarrow(painter, narrow, row);
    paintBreaks(painter, row);
    if (strip.pieces.empty()) {
        painter.setFont(theme.axis());
        painter.setPen(theme.tokens().faint);
        const QRectF words = row.adjusted(theme.px(6), 0, 0, 0);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, strip.empty);
    }
}

void StripPainter::paintTrack(QPainter& painter, const QRectF& row) const {
    for (const AxisStretch& s : axis.stretches()) {
        if (!s.range.overlaps(axis.view())) continue;
        const double from = snapped(std::max(axis.left(), axis.x(s.range.start)));
        const double to = snapped(std::min(axis.right(), axis.x(s.range.end)));
        if (s.kind != StretchKind::folded) {
            painter.fillRect(QRectF(from, row.top(), to - from, row.height()), theme.tokens().track);
            continue;
        }
        if (to - from > theme.px(40)) painter.fillRect(QRectF(from, row.top(), to - from, row.height()), theme.hatch());
    }
}

/// On top of the pieces: a node or a zone may reach across what is folded.
void StripPainter::paintBreaks(QPainter& painter, const QRectF& row) const {
    for (const AxisStretch& s : axis.stretches()) {
        if (!s.range.overlaps(axis.view())) continue;
        const double from = std::max(axis.left(), axis.x(s.range.start));
        const double to = std::min(axis.right(), axis.x(s.range.end));
        // Neighbours without a gap between them are of another scale.
        const bool touches = &s != &axis.stretches().front() && (&s - 1)->kind != StretchKind::folded;
        if (s.kind == StretchKind::folded)
            paintBreak(painter, snapped((from + to) / 2), row);
        else if (touches && axis.x(s.range.start) > axis.left())
            paintBreak(painter, snapped(from), row);
    }
}

void StripPainter::paintBreak(QPainter& painter, double x, const QRectF& row) const {
    const double reach = theme.px(2), step = row.height() / 6;
    QPolygonF line;
    for (int i = 0; i <= 6; ++i)
        line << QPointF(x + (i % 2 == 0 ? -reach : reach), row.top() + i * step);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.tokens().panel, theme.px(4)));
    painter.drawPolyline(line);
    painter.setPen(QPen(theme.tokens().faint, theme.px(1)));
    painter.drawPolyline(line);
    painter.restore();
}

void StripPainter::paintWide(QPainter& painter, const Piece& piece, const QRectF& rect) const {
    const QColor fill = colourOf(piece);
    painter.fillRect(rect, fill);
    // Neighbours of one colour stay two pieces.
    if (rect.width() > 4)
        painter.fillRect(QRectF(rect.right() - 1 / pixelRatio, rect.top(), 1 / pixelRatio, rect.height()),
                         blend(fill, theme.tokens().panel, 0.45));
    const QString& name = strips.inks[piece.ink].name;
    painter.setFont(theme.axis());
    const QFontMetricsF metrics(theme.axis());
    if (rect.height() < metrics.height() - 2) return;
    if (metrics.horizontalAdvance(name) + theme.px(6) > rect.width()) return;
    painter.setPen(theme.textOn(fill));
    painter.drawText(rect, Qt::AlignCenter | Qt::TextSingleLine, name);
}

void StripPainter::paintNarrow(QPainter& painter, const std::vector<const Piece*>& pieces, const QRectF& row) const {
    std::map<double, std::vector<const Piece*>> columns;
    for (const Piece* p : pieces) {
        std::vector<const Piece*>& column = columns[pieceRect(*p, row).left()];
        const bool known = std::any_of(column.begin(), column.end(), [p](const Piece* q) { return q->ink == p->ink; });
        if (!known) column.push_back(p);
    }
    for (const auto& [x, column] : columns) {
        const double band = row.height() / static_cast<double>(column.size());
        for (std::size_t i = 0; i < column.size(); ++i) {
            const double down = column.size() == 1 ? pieceRect(*column[i], row).top() - row.top() : 0;
            painter.fillRect(QRectF(x, row.top() + band * static_cast<double>(i) + down, leastWidth, band - down),
                             colourOf(*column[i]));
        }
    }
}

}  // namespace mm::gui
