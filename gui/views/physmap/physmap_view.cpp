// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshot to picture; what the user does with it is in physmap_input.cpp.
#include "gui/views/physmap/physmap_view.h"

#include <QPainter>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/moment_difference.h"

namespace mm::gui {

PhysmapView::PhysmapView(const ViewContext& context, QWidget* parent) : View(context, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Physical address map"));
    m_strips = makeStrips(Snapshot{});
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        relayout();
    });
    connect(&m_state, &ViewState::zoomChanged, this, &PhysmapView::zoomChanged);
    connect(&m_state, &ViewState::markChanged, this, [this] {
        compare();
        Q_EMIT contextChanged();
    });
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::hoveredChanged, this, qOverload<>(&QWidget::update));
    relayout();
}

void PhysmapView::setSnapshot(const SnapshotPtr& snapshot) {
    const SnapshotPtr before = std::exchange(m_snapshot, snapshot);
    if (before && snapshot && sameStrips(*before, *snapshot)) return compare();  // the last event's mark may move too
    m_strips = makeStrips(snapshot ? *snapshot : Snapshot{});
    AddressFacts facts = snapshot ? addressFacts(*snapshot) : AddressFacts{};
    if (facts != m_facts) {
        m_facts = std::move(facts);
        m_axis = AddressAxis(m_facts);
        Q_EMIT contextChanged();
    }
    relayout();
    compare();
}

void PhysmapView::compare() {
    m_differing.clear();
    const SnapshotPtr& mark = m_state.mark();
    if (mark && m_snapshot && mark != m_snapshot) {
        if (std::exchange(m_comparedMark, mark) != mark) m_markStrips = makeStrips(*mark);
        for (std::size_t i = 0; i < m_strips.strips.size(); ++i)
            m_differing.push_back(differingPieces(m_markStrips, m_strips, i));
    }
    update();
}

QString PhysmapView::contextText() const {
    const QString compared = m_state.mark() ? tr(" · underlined: differs from A") : QString();
    if (!m_axis.zoomed()) return m_axis.words() + compared;
    return tr("%1 · %2").arg(rangeText(m_axis.view()), sizeText(m_axis.view().size())) + compared;
}

QSize PhysmapView::sizeHint() const {
    return {m_theme.px(760), m_theme.px(300)};
}

QSize PhysmapView::minimumSizeHint() const {
    return leastPhysmapSize(m_theme, m_strips.strips.size());
}

void PhysmapView::relayout() {
    m_layout = layoutPhysmap(m_theme, m_strips, size());
    m_axis.setView(m_state.zoom(), m_layout.left, m_layout.right - m_layout.left);
    m_still = QPixmap();
    setAccessibleDescription(contextText());
    update();
}

void PhysmapView::zoomChanged() {
    relayout();
    Q_EMIT contextChanged();
}

StripPainter PhysmapView::stripPainter() const {
    return {m_theme, m_axis, m_strips, m_filter, devicePixelRatioF()};
}

void PhysmapView::paintEvent(QPaintEvent*) {
    const double ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(size()) * ratio).toSize();
    if (m_still.size() != pixels) {
        m_still = QPixmap(pixels);
        m_still.setDevicePixelRatio(ratio);
        m_still.fill(m_theme.tokens().panel);
        QPainter still(&m_still);
        paintStill(still);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_still);
    paintMarks(painter);
}

void PhysmapView::paintStill(QPainter& painter) const {
    paintRuler(painter);
    const StripPainter strips = stripPainter();
    for (std::size_t i = 0; i < m_layout.rows.size(); ++i) {
        const QRectF& row = m_layout.rows[i];
        const Strip& strip = m_strips.strips[i];
        painter.setFont(m_theme.small());
        painter.setPen(strip.pieces.empty() ? m_theme.tokens().faint : m_theme.tokens().dim);
        painter.drawText(QRectF(0, row.top(), m_layout.left, row.height()),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, QLatin1String(strip.title));
        strips.paint(painter, strip, row);
    }
    paintLegend(painter);
}

void PhysmapView::paintRuler(QPainter& painter) const {
    const QFontMetricsF metrics(m_theme.axis());
    painter.setFont(m_theme.axis());
    const QRectF rows = m_layout.allRows(), ruler = m_layout.ruler;
    const auto widthOf = [&metrics](const QString& label) { return metrics.horizontalAdvance(label); };
    for (const PlacedTick& p : m_axis.placedTicks(m_theme.px(58), m_theme.px(8), 0, width(), widthOf)) {
        if (p.tick.major && p.tick.x < m_layout.right - 1)
            painter.fillRect(
                QRectF(std::floor(p.tick.x), ruler.bottom(), 1, rows.bottom() + m_theme.px(3) - ruler.bottom()),
                m_theme.tokens().track);
        if (!p.labelled) continue;
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(QRectF(p.from, ruler.top(), p.width + 1, ruler.height()), Qt::AlignLeft | Qt::AlignTop,
                         p.tick.label);
    }
}

void PhysmapView::paintLegend(QPainter& painter) const {
    painter.setFont(m_theme.small());
    const QFontMetricsF metrics(m_theme.small());
    for (const LegendItem& item : m_layout.legend) {
        const bool shown = m_filter.isEmpty() || m_filter.contains(item.ink);
        const QColor fill = inkColour(m_theme, m_strips.inks[item.ink]);
        painter.fillRect(item.swatch, shown ? fill : blend(fill, m_theme.tokens().panel, 0.8));
        painter.setPen(shown ? m_theme.tokens().text : m_theme.tokens().faint);
        painter.drawText(item.words, Qt::AlignVCenter | Qt::AlignLeft, item.name);
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(item.words, Qt::AlignVCenter | Qt::AlignRight, item.amount);
    }
}

void PhysmapView::paintMarks(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF rows = m_layout.allRows().adjusted(0, -m_theme.px(3), 0, m_theme.px(3));
    const QColor accent = m_theme.tokens().accent;
    const auto columns = [&](PhysRange range) {
        const double from = std::max(m_layout.left, m_axis.x(range.start));
        const double to = std::min(m_layout.right, m_axis.x(range.end));
        return QRectF(from, rows.top(), std::max(2.0, to - from), rows.height());
    };
    for (const PfnRange chosen : m_state.selection().all()) {
        if (!phys_of(chosen).overlaps(m_axis.view())) continue;
        QColor wash = accent;
        wash.setAlpha(48);
        painter.fillRect(columns(phys_of(chosen)), wash);
        painter.setPen(QPen(accent, 1, Qt::DashLine));
        painter.drawRect(columns(phys_of(chosen)));
    }
    if (m_gesture == Gesture::range) {
        QColor wash = accent;
        wash.setAlpha(64);
        painter.fillRect(QRectF(QPointF(m_pressed.x(), rows.top()), QPointF(m_mouse.x(), rows.bottom())).normalized(),
                         wash);
    }
    const auto hovered = m_state.hovered();
    if (hovered && m_axis.view().contains(phys_of(*hovered))) {
        const double x = std::floor(m_axis.x(phys_of(*hovered))) + 0.5;
        painter.setPen(QPen(m_theme.tokens().dim, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, rows.top()), QPointF(x, rows.bottom()));
    }
    paintDifferences(painter);
    paintEventFrame(painter);
    if (hasFocus() && m_row < m_layout.rows.size()) {
        const QRectF& row = m_layout.rows[m_row];
        painter.setPen(Qt::NoPen);
        painter.setBrush(accent);
        painter.drawRoundedRect(QRectF(row.left() - m_theme.px(6), row.top(), m_theme.px(2.5), row.height()), 1, 1);
    }
}

/// A line under what differs in a row; page frames that differ under all rows. None is narrower than two pixels.
void PhysmapView::paintDifferences(QPainter& painter) const {
    const QColor ink = m_theme.difference().ink;
    const auto line = [&](PhysRange range, double y) {
        if (!range.overlaps(m_axis.view())) return;
        const double from = std::max(m_layout.left, m_axis.x(range.start));
        const double to = std::min(m_layout.right, m_axis.x(range.end));
        painter.fillRect(QRectF(from, y, std::max(2.0, to - from), m_theme.px(2)), ink);
    };
    for (std::size_t i = 0; i < std::min(m_differing.size(), m_layout.rows.size()); ++i)
        for (const PhysRange& range : m_differing[i])
            line(range, m_layout.rows[i].bottom());
    const double below = m_layout.allRows().bottom() + m_theme.px(3);
    for (const PfnRange& frames : m_state.changedSinceMark(m_snapshot))
        line(phys_of(frames), below);
}

void PhysmapView::paintEventFrame(QPainter& painter) const {
    if (!m_snapshot || m_snapshot->at == 0) return;
    const PhysRange touched = m_snapshot->last_event().event.touched;
    if (touched.empty()) return;
    const QColor accent = m_theme.tokens().accent;
    painter.setFont(m_theme.axis());
    painter.setPen(accent);
    if (!touched.overlaps(m_axis.view())) {
        const bool before = touched.end <= m_axis.view().start;
        const QString words = before ? QStringLiteral("◂ ") + pfnText(touched_pfns(touched))
                                     : pfnText(touched_pfns(touched)) + QStringLiteral(" ▸");
        const int side = before ? Qt::AlignLeft : Qt::AlignRight;
        painter.drawText(m_layout.eventLabel, Qt::AlignVCenter | side, words);
        return;
    }
    const QRectF rows = m_layout.allRows().adjusted(0, -m_theme.px(4), 0, m_theme.px(3));
    double from = std::max(m_layout.left, m_axis.x(touched.start));
    double to = std::min(m_layout.right, m_axis.x(touched.end));
    const double least = m_theme.px(5);
    if (to - from < least) {
        from = std::clamp((from + to - least) / 2, m_layout.left - 1, m_layout.right - least + 1);
        to = from + least;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(accent, std::max(1.5, m_theme.zoom() * 1.8)));
    painter.drawRoundedRect(QRectF(from, rows.top(), to - from, rows.height()), m_theme.px(2), m_theme.px(2));
    const QString words = pfnText(touched_pfns(touched));
    const double wide = QFontMetricsF(m_theme.axis()).horizontalAdvance(words) + 2;
    const double x = std::clamp((from + to - wide) / 2, 0.0, std::max(0.0, width() - wide));
    painter.drawText(QRectF(x, m_layout.eventLabel.top(), wide, m_layout.eventLabel.height()), Qt::AlignCenter, words);
}

}  // namespace mm::gui
