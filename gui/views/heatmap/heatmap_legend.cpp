// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/heatmap_legend.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

HeatmapLegend::HeatmapLegend(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Legend of the map of page frames"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void HeatmapLegend::setCounts(const ModeInfo& mode, const std::array<NrPages, maxCategories>& totals,
                              std::uint32_t shown) {
    std::vector<Row> rows;
    std::size_t own = 0;
    for (const LegendRow& what : legendRows(mode)) {
        Row row{what, 0, 0, 0, false};
        if (what.used >= 0) {
            row.used = totals[static_cast<std::size_t>(what.used)];
            row.bits |= 1u << what.used;
            row.common = what.used < categoryFirst;
        }
        if (what.free >= 0) {
            row.free = totals[static_cast<std::size_t>(what.free)];
            row.bits |= 1u << what.free;
        }
        const bool standing = !row.common && own++ < mode.standing;
        const bool filtered = shown != ~0u && (shown & row.bits) != 0;
        if (row.used + row.free > 0 || standing || filtered) rows.push_back(row);
    }
    const bool reshaped = m_mode != &mode || rows.size() != m_rows.size();
    m_mode = &mode;
    m_rows = std::move(rows);
    m_shown = shown;
    m_focused = std::clamp(m_focused, 0, std::max(0, static_cast<int>(m_rows.size()) - 1));
    if (reshaped || sizeHint().width() != width()) updateGeometry();
    update();
}

void HeatmapLegend::setWide(bool wide) {
    if (m_wide == wide) return;
    m_wide = wide;
    updateGeometry();
    update();
}

int HeatmapLegend::rowHeight() const {
    return QFontMetrics(m_theme.body()).height() + m_theme.px(5);
}
int HeatmapLegend::headHeight() const {
    return m_wide ? QFontMetrics(m_theme.axis()).height() + m_theme.px(4) : 0;
}
/// The hairline above the common kinds and, where the columns above say "in use" and "free", another heading.
int HeatmapLegend::ruleHeight() const {
    return headHeight() + m_theme.px(9);
}
int HeatmapLegend::numberWidth() const {
    NrPages most = 99999;
    for (const Row& r : m_rows)
        most = std::max(most, r.used + r.free);
    return QFontMetrics(m_theme.mono()).horizontalAdvance(number(most)) + m_theme.px(8);
}

QSize HeatmapLegend::sizeHint() const {
    int name = m_theme.px(76);
    bool common = false;
    for (const Row& r : m_rows) {
        // Common kinds have one number, so that their names may reach under the first column.
        const int room = QFontMetrics(m_theme.body()).horizontalAdvance(r.what.name);
        name = std::max(name, r.common && m_wide ? room - numberWidth() : room);
        common = common || r.common;
    }
    const int width = m_theme.px(40) + name + (m_wide ? 2 : 1) * numberWidth() + m_theme.px(4);
    const int hint = m_wide ? 0 : rowHeight();
    return {width, headHeight() + static_cast<int>(m_rows.size()) * rowHeight() + (common ? ruleHeight() : 0) + hint};
}

QRect HeatmapLegend::rowRect(std::size_t row) const {
    int y = headHeight() + static_cast<int>(row) * rowHeight();
    if (m_rows[row].common) y += ruleHeight();
    return {0, y, width(), rowHeight()};
}

QRect HeatmapLegend::swatch(std::size_t row, int which) const {
    const QRect r = rowRect(row);
    const int side = m_theme.px(13);
    return {m_theme.px(2) + which * (side + m_theme.px(2)), r.center().y() - side / 2, side, side};
}

int HeatmapLegend::rowAt(QPoint at) const {
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (rowRect(i).contains(at)) return static_cast<int>(i);
    }
    return -1;
}

void HeatmapLegend::toggle(std::uint32_t bits, bool add) {
    const bool filtering = m_shown != ~0u;
    std::uint32_t shown = bits;
    if (add && filtering)
        shown = (m_shown & bits) == bits ? m_shown & ~bits : m_shown | bits;
    else if (filtering && m_shown == bits)
        shown = ~0u;
    Q_EMIT filterRequested(shown == 0 ? ~0u : shown);
}

void HeatmapLegend::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint());
    if (row < 0) return;
    const Row& r = m_rows[static_cast<std::size_t>(row)];
    std::uint32_t bits = r.bits;
    const QPoint at = event->position().toPoint();
    if (r.what.used >= 0 && r.what.free >= 0) {
        if (swatch(static_cast<std::size_t>(row), 0).contains(at)) bits = 1u << r.what.used;
        if (swatch(static_cast<std::size_t>(row), 1).contains(at)) bits = 1u << r.what.free;
    }
    toggle(bits, (event->modifiers() & Qt::ControlModifier) != 0);
}

void HeatmapLegend::mouseMoveEvent(QMouseEvent* event) {
    m_hovered = rowAt(event->position().toPoint());
    setCursor(m_hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}
void HeatmapLegend::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}
void HeatmapLegend::focusInEvent(QFocusEvent*) {
    update();
}
void HeatmapLegend::focusOutEvent(QFocusEvent*) {
    update();
}

void HeatmapLegend::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_rows.size()) - 1;
    if (last < 0) return QWidget::keyPressEvent(event);
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up) {
        m_focused = std::clamp(m_focused + (event->key() == Qt::Key_Down ? 1 : -1), 0, last);
        setAccessibleDescription(m_rows[static_cast<std::size_t>(m_focused)].what.name);
        return update();
    }
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        return toggle(m_rows[static_cast<std::size_t>(m_focused)].bits,
                      (event->modifiers() & Qt::ControlModifier) != 0);
    if (event->key() == Qt::Key_Escape && m_shown != ~0u) return Q_EMIT filterRequested(~0u);
    QWidget::keyPressEvent(event);
}

bool HeatmapLegend::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos());
    if (row < 0) {
        QToolTip::hideText();
        return true;
    }
    const Row& r = m_rows[static_cast<std::size_t>(row)];
    QString words = r.what.name + QStringLiteral(": ");
    if (r.what.used >= 0 && r.what.free >= 0) {
        words += tr("%1 pages in use (%2), %3 free (%4)")
                     .arg(number(r.used), pagesAsSize(r.used), number(r.free), pagesAsSize(r.free));
    } else {
        words += tr("%1 pages (%2)").arg(number(r.used + r.free), pagesAsSize(r.used + r.free));
    }
    QToolTip::showText(help->globalPos(), words + tr("\nClick: only these; Ctrl+click: these too"), this);
    return true;
}

void HeatmapLegend::paintSwatch(QPainter& p, QRect rect, int category) const {
    const CategoryInk ink = inksFor(m_theme, *m_mode, ~0u)[static_cast<std::size_t>(category)];
    p.setPen(Qt::NoPen);
    p.setBrush(QColor(ink.fill));
    p.drawRoundedRect(rect, m_theme.px(2), m_theme.px(2));
    if (!ink.hatched) return;
    p.save();
    p.setClipRect(rect);
    p.setPen(QPen(QColor(ink.stroke), m_theme.px(1)));
    for (int x = -rect.height(); x < rect.width(); x += m_theme.px(5))
        p.drawLine(rect.left() + x, rect.bottom() + 1, rect.left() + x + rect.height(), rect.top());
    p.restore();
}

void HeatmapLegend::paintRow(QPainter& p, std::size_t row) const {
    const Row& r = m_rows[row];
    const Tokens& t = m_theme.tokens();
    const QRect rect = rowRect(row);
    const bool faded = (m_shown & r.bits) == 0;
    if (static_cast<int>(row) == m_hovered || (m_shown != ~0u && !faded)) {
        p.setPen(Qt::NoPen);
        p.setBrush(t.accentWash);
        p.drawRoundedRect(rect, m_theme.px(4), m_theme.px(4));
    }
    if (hasFocus() && static_cast<int>(row) == m_focused) {
        p.setPen(QPen(t.accent, 1));
        p.setBrush(Qt::NoBrush);
        p.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(4), m_theme.px(4));
    }
    p.setOpacity(faded ? 0.35 : 1);
    const bool pair = r.what.used >= 0 && r.what.free >= 0;
    if (pair) {
        paintSwatch(p, swatch(row, 0), r.what.used);
        paintSwatch(p, swatch(row, 1), r.what.free);
    } else {
        paintSwatch(p, swatch(row, 0).united(swatch(row, 1)), std::max(r.what.used, r.what.free));
    }
    const int numbers = numberWidth();
    p.setPen(t.text);
    p.setFont(m_theme.body());
    p.drawText(rect.adjusted(m_theme.px(36), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, r.what.name);
    p.setFont(m_theme.mono());
    const QRect right = rect.adjusted(0, 0, -m_theme.px(4), 0);
    const auto column = [&](int fromRight, NrPages value) {
        p.setPen(value == 0 ? t.faint : t.text);
        p.drawText(right.translated(-fromRight * numbers, 0), Qt::AlignRight | Qt::AlignVCenter, number(value));
    };
    if (pair && m_wide) {
        column(1, r.used);
        column(0, r.free);
    } else {
        column(0, r.used + r.free);
    }
    p.setOpacity(1);
}

void HeatmapLegend::paintEvent(QPaintEvent*) {
    if (!m_mode) return;
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = m_theme.tokens();
    const bool pairs =
        std::any_of(m_rows.begin(), m_rows.end(), [](const Row& r) { return r.what.used >= 0 && r.what.free >= 0; });
    p.setPen(t.faint);
    p.setFont(m_theme.axis());
    if (m_wide && pairs) {
        const QRect head(0, 0, width() - m_theme.px(4), headHeight());
        p.drawText(head.adjusted(0, 0, -numberWidth(), 0), Qt::AlignRight | Qt::AlignVCenter, tr("in use"));
        p.drawText(head, Qt::AlignRight | Qt::AlignVCenter, tr("free"));
        p.drawText(head.adjusted(m_theme.px(2), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   tr(m_theme.dark() ? "bright = in use" : "dark = in use"));
    } else if (!m_wide && pairs) {
        p.drawText(QRect(0, height() - rowHeight(), width(), rowHeight()), Qt::AlignLeft | Qt::AlignVCenter,
                   tr(m_theme.dark() ? "bright = in use, dull = free" : "dark = in use, pale = free"));
    }
    bool line = false;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].common && !line && i > 0) {
            line = true;
            const int y = rowRect(i).top() - ruleHeight() + m_theme.px(4);
            p.fillRect(QRect(m_theme.px(2), y, width() - m_theme.px(6), 1), t.line);
            p.setPen(t.faint);
            p.setFont(m_theme.axis());
            const QRect head(0, rowRect(i).top() - headHeight(), width() - m_theme.px(4), headHeight());
            if (m_wide && pairs) p.drawText(head, Qt::AlignRight | Qt::AlignVCenter, tr("pages"));
        }
        paintRow(p, i);
    }
}

}  // namespace mm::gui
