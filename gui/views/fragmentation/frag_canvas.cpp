// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/frag_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"
#include "gui/models/free_matrix.h"

namespace mm::gui {
namespace {

constexpr double leftMargin = 52, rightMargin = 46, headHeight = 20, gapHeight = 14;

QString thousandths(int value) {
    return QString::number(value / 1000.0, 'f', 2);
}

}  // namespace

FragCanvas::FragCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setAccessibleName(tr("Fragmentation by order over time"));
    setFocusPolicy(Qt::StrongFocus);  // keys step in time, in the window
    connect(&m_theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void FragCanvas::setSeries(std::vector<FragPoint> series, unsigned orders, Position end) {
    m_series = std::move(series);
    m_orders = std::max(1u, orders);
    m_end = end;
    update();
}

void FragCanvas::setNow(const FragPoint& now, bool known) {
    m_now = now;
    m_known = known;
    if (known)
        setAccessibleDescription(tr("largest free block: order %1; unusable for order 9: %2")
                                     .arg(now.largest)
                                     .arg(thousandths(now.unusable[9])));
    update();
}

void FragCanvas::setMark(const std::optional<FragPoint>& mark, bool inSight) {
    m_mark = mark;
    m_markInSight = mark && inSight;
    update();
}

double FragCanvas::rowHeight() const {
    const double high = height() - 2 * m_theme.px(headHeight) - m_theme.px(gapHeight);
    return std::max(4.0, std::floor(high / (2.0 * m_orders)));
}

QRectF FragCanvas::area(Map map) const {
    const double high = rowHeight() * m_orders, head = m_theme.px(headHeight);
    const double top = map == Map::unusable ? head : 2 * head + m_theme.px(gapHeight) + high;
    return {double(m_theme.px(leftMargin)), top, double(width() - m_theme.px(leftMargin) - m_theme.px(rightMargin)),
            high};
}

double FragCanvas::xOf(Position at) const {
    const QRectF place = area(Map::unusable);
    return place.left() + place.width() * double(at) / double(std::max<Position>(1, m_end));
}

Position FragCanvas::positionAt(double x) const {
    const QRectF place = area(Map::unusable);
    const double share = std::clamp((x - place.left()) / std::max(1.0, place.width()), 0.0, 1.0);
    return static_cast<Position>(std::llround(share * double(m_end)));
}

int FragCanvas::valueOf(Map map, const FragPoint& point, unsigned order) const {
    return map == Map::unusable ? point.unusable[order] : point.extfrag[order];
}

QColor FragCanvas::colourOf(Map map, int value) const {
    const QColor full = m_theme.migrate(MigrateType::unmovable, false);
    if (map == Map::unusable) return blend(m_theme.tokens().track, full, std::clamp(value, 0, 1000) / 1000.0);
    if (value < 0) return m_theme.tokens().track;  // it would be served
    return blend(m_theme.tokens().faint, full, std::clamp(value, 0, 1000) / 1000.0);
}

/// One pixel a column and an order; a column is the worst of the samples in it, so that a short bad time stays in
/// sight.
QImage FragCanvas::cells(Map map) const {
    const int columns = std::max(1, static_cast<int>(area(map).width() * devicePixelRatioF()));
    QImage image(columns, static_cast<int>(m_orders), QImage::Format_RGB32);
    image.fill(m_theme.tokens().panel);
    for (int column = 0; column < columns; ++column) {
        const auto from = m_end * static_cast<Position>(column) / static_cast<Position>(columns);
        const auto to = m_end * static_cast<Position>(column + 1) / static_cast<Position>(columns);
        const FragPoint* first = pointAt(m_series, from);
        const FragPoint* last = pointAt(m_series, to);
        if (!last) continue;
        for (unsigned order = 0; order < m_orders; ++order) {
            int worst = -1000;
            for (const FragPoint* p = first ? first : m_series.data(); p <= last; ++p)
                worst = std::max(worst, valueOf(map, *p, order));
            image.setPixelColor(column, static_cast<int>(m_orders - 1 - order), colourOf(map, worst));
        }
    }
    return image;
}

void FragCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintMap(painter, Map::unusable);
    paintLargest(painter);
    paintMap(painter, Map::extfrag);
    const auto line = [&](Position at, const QColor& ink) {
        painter.setPen(QPen(ink, m_theme.px(1.5)));
        for (const Map map : {Map::unusable, Map::extfrag})
            painter.drawLine(QPointF(xOf(at), area(map).top() - 2), QPointF(xOf(at), area(map).bottom() + 2));
    };
    if (m_markInSight) line(m_mark->at, m_theme.difference().ink);
    if (m_known) line(m_now.at, m_theme.tokens().accent);
}

void FragCanvas::paintMap(QPainter& painter, Map map) const {
    const QRectF place = area(map);
    const double row = rowHeight();
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    const QString title = map == Map::unusable ? tr("unusable free memory") : tr("why an allocation would fail");
    const QRectF head(place.left(), place.top() - m_theme.px(headHeight), place.width(), m_theme.px(headHeight));
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, title);
    const double scale = place.left() + painter.fontMetrics().horizontalAdvance(title) + m_theme.px(20);
    const bool scaled = scale + m_theme.px(230) < width();
    if (scaled) paintScale(painter, map, scale);
    const double taken = scaled ? scale + m_theme.px(250) : scale;
    const QString words = verdict(map);
    if (m_known && taken + painter.fontMetrics().horizontalAdvance(words) < place.right()) {
        painter.setPen(m_theme.tokens().text);
        painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, words);
    }
    painter.drawImage(place, cells(map));
    for (unsigned order = 0; order < m_orders; ++order) {
        const double top = place.bottom() - row * (order + 1);
        painter.setPen(QPen(m_theme.tokens().panel, 1));
        painter.drawLine(QPointF(place.left(), top), QPointF(place.right(), top));
        if (row < m_theme.px(11) && order % 2 != 0) continue;  // every second label where rows are low
        painter.setFont(m_theme.axis());
        painter.setPen(m_theme.tokens().dim);
        const QRectF label(0, top, place.left() - m_theme.px(6), row);
        painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                         QStringLiteral("%1  %2").arg(order).arg(blockSizeText(order)));
        if (!m_known) continue;
        const int value = valueOf(map, m_now, order);
        const bool differs = m_mark && valueOf(map, *m_mark, order) != value;  // from the marked moment
        painter.setPen(differs ? m_theme.difference().ink : value > 500 ? m_theme.tokens().text : m_theme.tokens().dim);
        painter.drawText(QRectF(place.right() + m_theme.px(6), top, m_theme.px(rightMargin - 6), row),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                         value < 0 ? QStringLiteral("\u2013") : thousandths(value));
    }
}

/// What the numbers of this moment say, also where there is nothing to see.
QString FragCanvas::verdict(Map map) const {
    if (!m_known) return {};
    const unsigned huge = std::min(9u, m_orders - 1);
    if (map == Map::unusable) {
        const int value = m_now.unusable[huge];
        const QString share = value < 1 ? tr("less than 0.1") : QString::number(value / 10.0);
        const QString much = value < 100   ? tr("hardly fragmented")
                             : value < 500 ? tr("fragmented")
                                           : tr("badly fragmented");
        return tr("%1: %2 % of free memory is in blocks too small for order %3").arg(much, share).arg(huge);
    }
    unsigned first = 0;
    while (first < m_orders && m_now.extfrag[first] < 0)
        ++first;
    return first == m_orders ? tr("an allocation of any order would be served from this zone")
                             : tr("an allocation of order %1 or more would fail in this zone").arg(first);
}

void FragCanvas::paintScale(QPainter& painter, Map map, double x) const {
    const double y = area(map).top() - m_theme.px(headHeight) / 2.0, high = m_theme.px(8), wide = m_theme.px(50);
    const auto words = [&](const QString& s) {
        const QRectF at(x, y - high, m_theme.px(200), 2 * high);
        painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, s);
        x += painter.fontMetrics().horizontalAdvance(s) + m_theme.px(6);
    };
    words(map == Map::unusable ? tr("none") : tr("lack of memory"));
    for (int i = 0; i < 10; ++i)
        painter.fillRect(QRectF(x + wide * i / 10, y - high / 2, wide / 10 + 1, high), colourOf(map, 100 * i + 50));
    x += wide + m_theme.px(6);
    words(map == Map::unusable ? tr("all") : tr("fragmentation"));
}

/// A step line through the rows of the largest free blocks.
void FragCanvas::paintLargest(QPainter& painter) const {
    const QRectF place = area(Map::unusable);
    const auto y = [&](int order) { return place.bottom() - rowHeight() * (order + 0.5); };
    painter.setPen(QPen(m_theme.tokens().text, m_theme.px(1.5)));
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const int order = m_series[i].largest;
        if (order < 0) continue;
        const double from = xOf(m_series[i].at), to = i + 1 < m_series.size() ? xOf(m_series[i + 1].at) : place.right();
        painter.drawLine(QPointF(from, y(order)), QPointF(to, y(order)));
        if (i + 1 < m_series.size() && m_series[i + 1].largest >= 0 && m_series[i + 1].largest != order)
            painter.drawLine(QPointF(to, y(order)), QPointF(to, y(m_series[i + 1].largest)));
    }
}

void FragCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_end > 0) Q_EMIT asked(positionAt(event->position().x()));
}

void FragCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton && m_end > 0) Q_EMIT asked(positionAt(event->position().x()));
}

bool FragCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    for (const Map map : {Map::unusable, Map::extfrag}) {
        if (!area(map).contains(help->pos())) continue;
        const auto order = static_cast<unsigned>((area(map).bottom() - help->pos().y()) / rowHeight());
        const FragPoint* point = pointAt(m_series, positionAt(help->pos().x()));
        if (!point || order >= m_orders) continue;
        const int why = point->extfrag[order];
        QToolTip::showText(
            help->globalPos(),
            tr("event %1, order %2 (%3)\n%4 % of free memory is in smaller blocks (unusable_free_index)\n%5\n"
               "largest free block: order %6\nmm/vmstat.c")
                .arg(number(point->at))
                .arg(order)
                .arg(blockSizeText(order))
                .arg(point->unusable[order] / 10.0)
                .arg(why < 0 ? tr("an allocation would be served")
                             : tr("an allocation would fail: %1, 0 is lack of memory, 1 fragmentation "
                                  "(fragmentation_index)")
                                   .arg(thousandths(why)))
                .arg(point->largest),
            this);
    }
    return true;
}

}  // namespace mm::gui
