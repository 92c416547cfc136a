// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/glyphs.h"

#include <QPainter>
#include <QPainterPath>

namespace mm::gui {
namespace {

QPainterPath triangle(double fromX, double toX) {
    QPainterPath path(QPointF(fromX, 3));
    path.lineTo(toX, 8);
    path.lineTo(fromX, 13);
    path.closeSubpath();
    return path;
}

QPainterPath bar(double x, double width = 2) {
    QPainterPath path;
    path.addRect(x, 3, width, 10);
    return path;
}

QPainterPath dot(double y) {
    QPainterPath path;
    path.addEllipse(QPointF(8, y), 2, 2);
    return path;
}

/// A stroked line as a filled path, with an arrow head at its end.
QPainterPath arrow(const QPainterPath& line, QPointF tip, QPointF left, QPointF right) {
    QPainterPathStroker stroker;
    stroker.setWidth(1.8);
    stroker.setCapStyle(Qt::RoundCap);
    QPainterPath head(tip);
    head.lineTo(left);
    head.lineTo(right);
    head.closeSubpath();
    return stroker.createStroke(line).united(head);
}

QPainterPath verticalArrow(double fromY, double toY) {
    const double back = toY > fromY ? -3.6 : 3.6;
    QPainterPath line(QPointF(8, fromY));
    line.lineTo(8, toY + back);
    return arrow(line, {8, toY}, {4.6, toY + back}, {11.4, toY + back});
}

QPainterPath arcOver(bool forward) {
    QPainterPath line(QPointF(2.5, 9));
    line.cubicTo(3.5, 2.5, 11, 2, 12.6, 6.4);
    QPainterPath path = arrow(line, {13.8, 10.2}, {15.2, 5.6}, {10.2, 7.0});
    if (!forward) path = QTransform(-1, 0, 0, 1, 16, 0).map(path);
    return path;
}

QPainterPath chevron() {
    QPainterPath line(QPointF(6, 3.5));
    line.lineTo(10.5, 8);
    line.lineTo(6, 12.5);
    QPainterPathStroker stroker;
    stroker.setWidth(2);
    stroker.setCapStyle(Qt::RoundCap);
    stroker.setJoinStyle(Qt::RoundJoin);
    return stroker.createStroke(line);
}

QPainterPath pathOf(Glyph glyph) {
    switch (glyph) {
        case Glyph::toStart:
            return bar(3).united(triangle(13, 5));
        case Glyph::stepBack:
            return triangle(12, 4);
        case Glyph::backOver:
            return arcOver(false).united(dot(12.5));
        case Glyph::play:
            return triangle(4, 13);
        case Glyph::pause:
            return bar(4, 3).united(bar(9, 3));
        case Glyph::stepInto:
            return verticalArrow(1.5, 9.5).united(dot(13));
        case Glyph::stepOver:
            return arcOver(true).united(dot(12.5));
        case Glyph::stepOut:
            return verticalArrow(9.5, 1.5).united(dot(13));
        case Glyph::toEnd:
            return triangle(3, 11).united(bar(11));
        case Glyph::before:
            return QTransform(-1, 0, 0, 1, 16, 0).map(chevron());
        case Glyph::after:
            return chevron();
        case Glyph::halfMoon:
            break;
    }
    QPainterPath half(QPointF(8, 2));
    half.arcTo(2, 2, 12, 12, 90, 180);
    half.closeSubpath();
    QPainterPath circle;
    circle.addEllipse(QPointF(8, 8), 6, 6);
    QPainterPathStroker stroker;
    stroker.setWidth(1.4);
    return stroker.createStroke(circle).united(half);
}

QPixmap drawn(Glyph glyph, const QColor& ink, int pixels) {
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(pixels / 16.0, pixels / 16.0);
    painter.fillPath(pathOf(glyph), ink);
    return pixmap;
}

}  // namespace

QIcon glyphIcon(Glyph glyph, const QColor& ink, const QColor& faint, int pixels) {
    QIcon icon;
    for (const int size : {pixels, 2 * pixels}) {
        icon.addPixmap(drawn(glyph, ink, size), QIcon::Normal);
        icon.addPixmap(drawn(glyph, faint, size), QIcon::Disabled);
    }
    return icon;
}

}  // namespace mm::gui
