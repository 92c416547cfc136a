// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/layout/layout_canvas.h"

#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/widgets/difference_mark.h"

namespace mm::gui {
namespace {

constexpr double columnWidth = 64, gap = 10, pad = 3;

/// A break across the column: two wavy edges, for addresses that are left out.
void paintBreak(QPainter& painter, const Theme& theme, const QRectF& box) {
    const double step = theme.px(6), swing = theme.px(2);
    painter.setBrush(Qt::NoBrush);
    for (const double y : {box.center().y() - swing, box.center().y() + swing}) {
        QPainterPath wave(QPointF(box.left(), y));
        int n = 0;
        for (double x = box.left(); x < box.right(); x += step, ++n)
            wave.lineTo(std::min(x + step, box.right()), y + (n % 2 ? swing : -swing));
        painter.drawPath(wave);
    }
}

}  // namespace

LayoutCanvas::LayoutCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Kernel virtual layout"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void LayoutCanvas::setRows(std::vector<LayoutRow> rows) {
    m_rows = std::move(rows);
    m_current = std::min(m_current, static_cast<int>(m_rows.size()) - 1);
    updateGeometry();
    update();
}

void LayoutCanvas::setCurrent(int row) {
    if (row == m_current) return;
    m_current = row;
    if (row >= 0) {
        const LayoutRow& r = m_rows[static_cast<std::size_t>(row)];
        setAccessibleDescription(QStringLiteral("%1, %2, %3").arg(text(r.area.name), r.range, r.size));
    }
    update();
}

void LayoutCanvas::setMark(int row, double share) {
    m_mark = row;
    m_markShare = share;
    update();
}

double LayoutCanvas::leastHeight(const LayoutRow& row) const {
    const int line = QFontMetrics(m_theme.body()).height();
    return row.isFolded ? line + m_theme.px(2) : 2 * line + m_theme.px(2 * pad);
}

/// Tops of the rows, and the last one's bottom.
std::vector<double> LayoutCanvas::edges() const {
    double least = 0, weights = 0;
    for (const LayoutRow& row : m_rows) {
        least += leastHeight(row);
        weights += row.weight;
    }
    const double spare = std::max(0.0, height() - 1 - least);
    std::vector<double> tops{0};
    for (const LayoutRow& row : m_rows)
        tops.push_back(tops.back() + leastHeight(row) + (weights > 0 ? spare * row.weight / weights : 0));
    return tops;
}

QRect LayoutCanvas::rowRect(int row) const {
    const auto tops = edges();
    const auto i = static_cast<std::size_t>(row);
    return QRectF(0, tops[i], width(), tops[i + 1] - tops[i]).toAlignedRect();
}

int LayoutCanvas::rowAt(double y) const {
    const auto tops = edges();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (y >= tops[i] && y < tops[i + 1]) return static_cast<int>(i);
    return -1;
}

QSize LayoutCanvas::sizeHint() const {
    double least = 1;
    for (const LayoutRow& row : m_rows)
        least += leastHeight(row);
    return {m_theme.px(360), static_cast<int>(least)};
}

QSize LayoutCanvas::minimumSizeHint() const {
    return {m_theme.px(200), sizeHint().height()};
}

QColor LayoutCanvas::ink(AreaKind kind) const {
    switch (kind) {
        case AreaKind::user:
            return m_theme.tokens().track;
        case AreaKind::direct_map:
            return m_theme.zone(ZoneType::normal);
        case AreaKind::kernel_image:
            return m_theme.owner(QStringLiteral("kernel image"));
        case AreaKind::vmemmap:
            return m_theme.owner(QStringLiteral("memmap"));
        case AreaKind::vmalloc:
            return m_theme.zone(ZoneType::dma32);
        case AreaKind::modules:
            return m_theme.zone(ZoneType::movable);
        case AreaKind::pkmap:
            return m_theme.zone(ZoneType::highmem);
        case AreaKind::kasan:
            return m_theme.tokens().hole;
        default:
            return m_theme.zone(ZoneType::dma);
    }
}

void LayoutCanvas::paintColumn(QPainter& painter, const LayoutRow& row, const QRectF& box) const {
    painter.setPen(QPen(m_theme.tokens().line, 1));
    if (row.isFolded) {
        painter.fillRect(box, m_theme.hatch());
        painter.setPen(QPen(m_theme.tokens().dim, m_theme.px(1)));
        paintBreak(painter, m_theme, box);
        return;
    }
    painter.setBrush(ink(row.area.kind));
    painter.drawRect(box);
}

void LayoutCanvas::paintWords(QPainter& painter, const LayoutRow& row, const QRectF& box, bool current) const {
    const Tokens& t = m_theme.tokens();
    const QFontMetricsF small(m_theme.small()), mono(m_theme.mono());
    const double line = QFontMetricsF(m_theme.body()).height();
    const double sizeWidth = small.horizontalAdvance(row.size) + m_theme.px(4);
    const QRectF first(box.left(), box.top() + m_theme.px(row.isFolded ? 0 : pad), box.width(), line);
    painter.setFont(m_theme.small());
    painter.setPen(t.dim);
    painter.drawText(first, Qt::AlignRight | Qt::AlignVCenter, row.size);
    painter.setFont(row.isFolded ? m_theme.small() : current ? m_theme.title() : m_theme.body());
    painter.setPen(row.isFolded ? t.dim : t.text);
    QString name = text(row.area.name);
    const QFontMetricsF metrics(painter.font());
    const double room = first.width() - sizeWidth;
    painter.drawText(first.adjusted(0, 0, -sizeWidth, 0), Qt::AlignVCenter,
                     metrics.elidedText(name, Qt::ElideRight, room));
    const double noteAt = metrics.horizontalAdvance(name) + m_theme.px(10);
    const QString note = text(row.area.note);
    if (!note.isEmpty() && room - noteAt > m_theme.px(60)) {
        painter.setFont(m_theme.small());
        painter.setPen(t.dim);
        painter.drawText(first.adjusted(noteAt, 0, -sizeWidth, 0), Qt::AlignVCenter,
                         small.elidedText(note, Qt::ElideRight, room - noteAt));
    }
    if (row.isFolded) return;
    painter.setFont(m_theme.mono());
    painter.setPen(t.dim);
    const QRectF second = first.translated(0, line);
    painter.drawText(second, Qt::AlignVCenter, mono.elidedText(row.range, Qt::ElideMiddle, second.width()));
    const double left = mono.horizontalAdvance(row.range) + m_theme.px(14);
    const QString source = text(row.area.source);
    if (!source.isEmpty() && second.width() - left > mono.horizontalAdvance(source))
        painter.drawText(second, Qt::AlignRight | Qt::AlignVCenter, source);
}

void LayoutCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const auto tops = edges();
    const double column = m_theme.px(columnWidth);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const QRectF whole(0, tops[i], width(), tops[i + 1] - tops[i]);
        if (!whole.intersects(QRectF(event->rect()))) continue;
        const bool current = static_cast<int>(i) == m_current;
        if (current) painter.fillRect(whole, m_theme.tokens().accentWash);
        const QRectF box(0.5, whole.top() + 0.5, column, whole.height());
        paintColumn(painter, m_rows[i], box);
        if (!m_rows[i].differs.isEmpty())
            paintDiffers(painter, m_theme, whole.adjusted(column + m_theme.px(3), m_theme.px(2), 0, -m_theme.px(2)));
        paintWords(painter, m_rows[i], whole.adjusted(column + m_theme.px(gap), 0, -m_theme.px(6), 0), current);
        if (static_cast<int>(i) == m_mark) {
            const double y = whole.top() + m_markShare * whole.height();
            painter.fillRect(QRectF(0, y - m_theme.px(1), column + m_theme.px(4), m_theme.px(2)),
                             m_theme.tokens().accent);
        }
        if (!current) continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(hasFocus() ? 2 : 1)));
        painter.drawRect(whole.adjusted(1, 1, -1, -1));
    }
}

void LayoutCanvas::mousePressEvent(QMouseEvent* event) {
    if (const int row = rowAt(event->position().y()); row >= 0) Q_EMIT chosen(row);
}

void LayoutCanvas::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_rows.size()) - 1;
    int to = m_current;
    switch (event->key()) {
        case Qt::Key_Up:
            to = std::max(0, m_current - 1);
            break;
        case Qt::Key_Down:
            to = std::min(last, m_current + 1);
            break;
        case Qt::Key_Home:
            to = 0;
            break;
        case Qt::Key_End:
            to = last;
            break;
        default:
            if (event->matches(QKeySequence::Copy) && m_current >= 0)
                return QApplication::clipboard()->setText(m_rows[static_cast<std::size_t>(m_current)].range);
            return QWidget::keyPressEvent(event);
    }
    if (to >= 0 && to <= last) Q_EMIT chosen(to);
}

bool LayoutCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos().y());
    if (row < 0) {
        QToolTip::hideText();
        return true;
    }
    const LayoutRow& r = m_rows[static_cast<std::size_t>(row)];
    QToolTip::showText(
        help->globalPos(),
        QStringLiteral("%1, %2\n%3\n%4\n%5").arg(text(r.area.name), r.size, r.range, r.why, r.differs).trimmed(), this,
        rowRect(row));
    return true;
}

}  // namespace mm::gui
