// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/zones/zone_gauges.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"
#include "gui/models/free_matrix.h"

namespace mm::gui {

ZoneGauges::ZoneGauges(const Theme& theme, std::function<void(ZoneRef)> chosen, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_chosen(std::move(chosen)) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Zones"));
}

void ZoneGauges::setSnapshot(const SnapshotPtr& snapshot, ZoneRef current) {
    const double before = contentHeight();
    m_snapshot = snapshot;
    m_current = current;
    if (contentHeight() != before) updateGeometry();
    update();
}

std::vector<ZoneGauges::Row> ZoneGauges::rows() const {
    std::vector<Row> result;
    if (!m_snapshot) return result;
    const QFontMetricsF small(m_theme.small());
    const double zoneHeight = m_theme.px(14) + small.height() + m_theme.px(8);
    const auto& nodes = m_snapshot->state.zones.nodes;
    double y = 0;
    const auto add = [&](const Zone* zone, Nid nid, double height) {
        result.push_back({zone, nid, y, height});
        y += height;
    };
    for (const Node& node : nodes) {
        if (nodes.size() > 1) add(nullptr, node.nid, small.height() + m_theme.px(4));
        for (const Zone& zone : node.zones)
            if (zone.populated()) add(&zone, node.nid, zoneHeight);
    }
    return result;
}

double ZoneGauges::contentHeight() const {
    const auto all = rows();
    return all.empty() ? 0 : all.back().top + all.back().height;
}

QSize ZoneGauges::sizeHint() const {
    return {m_theme.px(260), static_cast<int>(std::ceil(contentHeight()))};
}

QSize ZoneGauges::minimumSizeHint() const {
    return {m_theme.px(180), sizeHint().height()};
}

void ZoneGauges::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Row& row : rows()) {
        if (row.zone) {
            paintZone(painter, row);
            continue;
        }
        painter.setFont(m_theme.small());
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(QRectF(0, row.top, width(), row.height), Qt::AlignVCenter, tr("node %1").arg(row.nid));
    }
}

void ZoneGauges::paintZone(QPainter& painter, const Row& row) const {
    const Zone& zone = *row.zone;
    const double left = QFontMetricsF(m_theme.title()).horizontalAdvance(QStringLiteral("Movable")) + m_theme.px(8);
    const QRectF bar(left, row.top + m_theme.px(1), width() - left, m_theme.px(13));
    const bool current = m_current == ZoneRef{zone.nid, zone.type};
    painter.setFont(current ? m_theme.title() : m_theme.body());
    painter.setPen(current ? m_theme.tokens().text : m_theme.tokens().dim);
    painter.drawText(QRectF(0, bar.top(), left, bar.height()), Qt::AlignVCenter | Qt::TextDontClip,
                     text(name_of(zone.type)));
    paintBar(painter, zone, bar);
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    QString words = tr("%1 managed of %2 present").arg(number(zone.managed), number(zone.present));
    const QString full = words + tr(" · %1 free").arg(percentText(zone.free_pages, zone.managed));
    const QFontMetricsF metrics(m_theme.small());
    if (zone.managed != 0 && metrics.horizontalAdvance(full) <= bar.width()) words = full;
    painter.drawText(QRectF(left, bar.bottom() + m_theme.px(1), bar.width(), metrics.height()), Qt::AlignVCenter,
                     metrics.elidedText(words, Qt::ElideRight, bar.width()));
}

void ZoneGauges::paintBar(QPainter& painter, const Zone& zone, const QRectF& bar) const {
    QPainterPath round;
    round.addRoundedRect(bar, m_theme.px(3), m_theme.px(3));
    painter.save();
    painter.setClipPath(round);
    painter.fillRect(bar, m_theme.hatch());
    const ZoneParts parts = zoneParts(zone);
    const double perFrame = bar.width() / static_cast<double>(std::max<NrPages>(1, zone.spanned));
    const QColor full = m_theme.zone(zone.type);
    double x = bar.left();
    const auto part = [&](NrPages frames, const QBrush& fill) {
        // Something is never nothing: at least two pixels.
        const double wide = frames == 0 ? 0 : std::max(2.0, static_cast<double>(frames) * perFrame);
        painter.fillRect(QRectF(x, bar.top(), std::min(wide, bar.right() - x), bar.height()), fill);
        x += wide;
    };
    part(parts.free, blend(full, m_theme.tokens().panel, 0.6));
    part(parts.used, full);
    part(parts.reserved, m_theme.tokens().faint);
    painter.restore();
    painter.setPen(QPen(m_theme.tokens().text, m_theme.px(1.2)));
    for (const NrPages mark : zone.watermark) {
        if (mark == 0) continue;
        const double at = bar.left() + static_cast<double>(mark) * perFrame;
        painter.drawLine(QPointF(at, bar.top() - m_theme.px(1)), QPointF(at, bar.bottom() + m_theme.px(1)));
    }
}

QString ZoneGauges::tip(const Zone& zone) const {
    const ZoneParts parts = zoneParts(zone);
    QString words = tr("<b>%1</b>, node %2<br>%3<br>pale: %4 free · full: %5 in use<br>grey: %6 reserved at boot · "
                       "hatched: %7 holes<br>")
                        .arg(text(name_of(zone.type)))
                        .arg(zone.nid)
                        .arg(pfnText(zone.span()), number(parts.free), number(parts.used), number(parts.reserved),
                             number(parts.holes));
    words += tr("ticks: watermarks min %1, low %2, high %3 pages<br>struct zone, include/linux/mmzone.h")
                 .arg(number(zone.watermark[0]), number(zone.watermark[1]), number(zone.watermark[2]));
    return words;
}

bool ZoneGauges::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    for (const Row& row : rows())
        if (row.zone && help->pos().y() >= row.top && help->pos().y() < row.top + row.height)
            QToolTip::showText(help->globalPos(), tip(*row.zone), this);
    return true;
}

void ZoneGauges::mousePressEvent(QMouseEvent* event) {
    for (const Row& row : rows())
        if (row.zone && event->position().y() >= row.top && event->position().y() < row.top + row.height)
            return m_chosen({row.zone->nid, row.zone->type});
}

}  // namespace mm::gui
