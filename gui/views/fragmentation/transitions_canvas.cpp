// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/transitions_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"

namespace mm::gui {
namespace {

constexpr double labelWidth = 92, cellHeight = 24, matrixHead = 22, matrixGap = 18, rowHeight = 18, timeLabel = 178;

}  // namespace

TransitionsCanvas::TransitionsCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setAccessibleName(tr("Pageblocks that changed their type"));
    setFocusPolicy(Qt::StrongFocus);
    connect(&m_theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TransitionsCanvas::setMap(std::shared_ptr<const PollutionAnswer> answer) {
    m_answer = std::move(answer);
    m_kinds = m_answer ? transitions(m_answer->map) : std::vector<Transition>{};
    m_types.clear();
    for (std::size_t t = 0; t < nr_migratetypes; ++t) {
        const auto type = static_cast<MigrateType>(t);
        const auto of = [type](const Transition& k) { return k.from == type || k.to == type; };
        if (t < nr_pcptypes || std::any_of(m_kinds.begin(), m_kinds.end(), of)) m_types.push_back(type);
    }
    setAccessibleDescription(tr("%1 changes").arg(m_answer ? m_answer->map.changes.size() : 0));
    update();
}

QRectF TransitionsCanvas::matrixCell(std::size_t from, std::size_t to) const {
    const double left = m_theme.px(labelWidth), high = m_theme.px(cellHeight);
    const double wide =
        std::min<double>(m_theme.px(110), (width() - left) / double(std::max<std::size_t>(1, m_types.size())));
    return {left + wide * double(to), m_theme.px(matrixHead) + high * double(from), wide, high};
}

QRectF TransitionsCanvas::timeRow(std::size_t kind) const {
    const double top = matrixCell(m_types.size(), 0).top() + m_theme.px(matrixGap + matrixHead);
    const double left = m_theme.px(timeLabel);
    return {left, top + m_theme.px(rowHeight) * double(kind), std::max(10.0, width() - left - m_theme.px(46)),
            double(m_theme.px(rowHeight))};
}

double TransitionsCanvas::xOf(Position at) const {
    const QRectF row = timeRow(0);
    return row.left() + row.width() * double(at) / double(std::max<Position>(1, m_answer->total));
}

void TransitionsCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(m_theme.body());
    if (!m_answer || m_kinds.empty()) {
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(
            rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
            tr("No pageblock has changed its type so far. They do when a request claims a block of another "
               "type's list: start a workload (Experiment)."));
        return;
    }
    paintMatrix(painter);
    paintTime(painter);
}

void TransitionsCanvas::paintMatrix(QPainter& painter) const {
    std::uint64_t most = 1;
    for (const Transition& kind : m_kinds)
        most = std::max(most, kind.count);
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(QRectF(0, 0, m_theme.px(labelWidth - 8), m_theme.px(matrixHead)),
                     Qt::AlignRight | Qt::AlignVCenter, tr("from ↓  to →"));
    for (std::size_t i = 0; i < m_types.size(); ++i) {
        painter.setPen(m_theme.tokens().dim);
        const QRectF head = matrixCell(0, i);
        painter.drawText(QRectF(head.left(), 0, head.width(), m_theme.px(matrixHead)), Qt::AlignCenter,
                         text(name_of(m_types[i])));
        const QRectF row = matrixCell(i, 0);
        painter.drawText(QRectF(0, row.top(), row.left() - m_theme.px(8), row.height()),
                         Qt::AlignRight | Qt::AlignVCenter, text(name_of(m_types[i])));
    }
    painter.setFont(m_theme.mono());
    for (std::size_t from = 0; from < m_types.size(); ++from)
        for (std::size_t to = 0; to < m_types.size(); ++to) {
            const auto kind = std::find_if(m_kinds.begin(), m_kinds.end(), [&](const Transition& k) {
                return k.from == m_types[from] && k.to == m_types[to];
            });
            const std::uint64_t count = kind == m_kinds.end() ? 0 : kind->count;
            const QRectF cell = matrixCell(from, to).adjusted(1, 1, -1, -1);
            const QColor full = m_theme.migrate(m_types[to], false);
            const double share = count == 0 ? 0 : 0.25 + 0.75 * std::log1p(double(count)) / std::log1p(double(most));
            const QColor fill = blend(m_theme.tokens().track, full, share);
            painter.fillRect(cell, fill);
            painter.setPen(count == 0 ? m_theme.tokens().faint : m_theme.textOn(fill));
            painter.drawText(cell, Qt::AlignCenter, count == 0 ? QStringLiteral("·") : number(count));
        }
}

void TransitionsCanvas::paintTime(QPainter& painter) const {
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    const QRectF first = timeRow(0);
    painter.drawText(QRectF(0, first.top() - m_theme.px(matrixHead), width(), m_theme.px(matrixHead)),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("each change along time"));
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        const Transition& kind = m_kinds[i];
        const QRectF row = timeRow(i);
        painter.setPen(m_theme.tokens().text);
        painter.drawText(QRectF(0, row.top(), row.left() - m_theme.px(8), row.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("%1 → %2").arg(text(name_of(kind.from)), text(name_of(kind.to))));
        painter.fillRect(row.adjusted(0, 2, 0, -2), m_theme.tokens().track);
        for (const TypeChange& change : m_answer->map.changes) {
            if (change.from != kind.from || change.to != kind.to) continue;
            painter.fillRect(QRectF(xOf(change.event), row.top() + 2, std::max(1, m_theme.px(1.2)), row.height() - 4),
                             m_theme.migrate(kind.to, false));
        }
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(QRectF(row.right() + m_theme.px(6), row.top(), m_theme.px(40), row.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, number(kind.count));
    }
    const double now = xOf(m_answer->map.at);
    painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(1.5)));
    painter.drawLine(QPointF(now, first.top() - 2), QPointF(now, timeRow(m_kinds.size()).top() + 2));
}

std::optional<TypeChange> TransitionsCanvas::changeAt(QPointF place) const {
    if (!m_answer) return {};
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        if (!timeRow(i).adjusted(-3, 0, 3, 0).contains(place)) continue;
        std::optional<TypeChange> nearest;
        double distance = 4;
        for (const TypeChange& change : m_answer->map.changes) {
            const double d = std::abs(xOf(change.event) - place.x());
            if (change.from == m_kinds[i].from && change.to == m_kinds[i].to && d < distance)
                nearest = change, distance = d;
        }
        return nearest;
    }
    return {};
}

void TransitionsCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    if (const auto change = changeAt(event->position())) Q_EMIT asked(*change);
}

bool TransitionsCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const auto change = changeAt(help->pos()))
        QToolTip::showText(help->globalPos(),
                           tr("event %1: pageblock %2, %3 → %4\nset_pageblock_migratetype(), mm/page_alloc.c\n"
                              "click to go to this moment")
                               .arg(number(change->event + 1), hex(change->first), text(name_of(change->from)),
                                    text(name_of(change->to))),
                           this);
    return true;
}

Table TransitionsCanvas::table() const {
    Table table{{tr("event"), tr("pageblock"), tr("from"), tr("to")}, {}};
    if (m_answer)
        for (const TypeChange& c : m_answer->map.changes)
            table.rows.push_back(
                {QString::number(c.event + 1), hex(c.first), text(name_of(c.from)), text(name_of(c.to))});
    return table;
}

}  // namespace mm::gui
