// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer, wheel and keys of the map: hover explains, click selects everywhere, wheel zooms around the pointer, drag
// pans, Shift+drag selects a range, double click zooms in, Esc goes back.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/frame_facts.h"
#include "gui/views/heatmap/heatmap_canvas.h"

namespace mm::gui {
namespace {

QStringList pageLines(const Snapshot& s, Pfn pfn) {
    const FrameFacts f = frameFacts(s, pfn);
    QStringList lines{QStringLiteral("pfn ") + hex(pfn)};
    QString where = hex(phys_of(pfn));
    if (f.zone) where += QStringLiteral(" \u00b7 ") + zoneInWords(f);
    lines << where << stateInWords(f);
    if (f.hasStruct && f.record.flags != 0) lines << '\t' + text(flag_names(f.record.flags, " "));
    if (f.block && f.block->order > 0) lines << pfnText(f.block->frames());
    if (f.pageblock && f.hasStruct) lines << QStringLiteral("pageblock ") + text(name_of(*f.pageblock));
    if (!f.firmware.isEmpty() && f.firmware != QLatin1String("usable")) lines << QStringLiteral("e820: ") + f.firmware;
    return lines;
}

}  // namespace

QStringList HeatmapCanvas::cardLines(PfnRange cell) const {
    const Snapshot& s = *m_pyramid.snapshot();
    if (cell.size() == 1) return pageLines(s, cell.start);
    QStringList lines{pfnText(cell)};
    QString where = pagesAsSize(cell.size()) + QStringLiteral(" at ") + hex(phys_of(cell.start));
    if (const Zone* z = s.state.zones.zone_of(cell.start))
        where += QStringLiteral(" \u00b7 %1 \u00b7 node %2").arg(text(name_of(z->type))).arg(z->nid);
    lines << where;
    PagePyramid::Counts counts{};
    if (cell.size() >= pageblock_pages) {
        counts = m_pyramid.counts(m_layout.cellShift - 9, cell.start >> m_layout.cellShift);
    } else {
        BlockCategories categories;
        const Pfn block = align_down(cell.start, pageblock_pages);
        const int uniform = m_pyramid.classify(block, categories);
        for (Pfn p = cell.start; p < cell.end; ++p)
            ++counts[uniform >= 0 ? static_cast<Category>(uniform) : categories[p - block]];
    }
    const ModeInfo& mode = m_pyramid.mode();
    std::vector<unsigned> order;
    for (unsigned c = 0; c < mode.categories; ++c) {
        if (counts[c] > 0) order.push_back(c);
    }
    std::sort(order.begin(), order.end(), [&](unsigned a, unsigned b) { return counts[a] > counts[b]; });
    for (const unsigned c : order) {
        const auto category = static_cast<Category>(c);
        QString name = categoryName(mode, category);
        if (c >= categoryFirst && mode.free(category)) name += QStringLiteral(", free");
        lines << '\t' + number(counts[c]) + ' ' + name;
    }
    return lines;
}

QPoint HeatmapCanvas::toMap(QPointF position) const {
    const QPointF p = (position - QPointF(0, bannerHeight())) * devicePixelRatioF();
    return {static_cast<int>(std::floor(p.x())), static_cast<int>(std::floor(p.y()))};
}

void HeatmapCanvas::hover(const std::optional<PfnRange>& cell, QPoint global) {
    if (!cell) {
        m_state.setHovered({});
        if (m_card) m_card->hide();
        return;
    }
    m_state.setHovered(cell->start);
    const QStringList lines = cardLines(*cell);
    setAccessibleDescription(lines.join(QStringLiteral(", ")));
    if (m_card && m_card->parentWidget() != window()) delete m_card.data();
    if (!m_card) m_card = new HoverCard(m_theme, window());
    m_card->showLines(lines, global);
    m_cardAt = global;
}

void HeatmapCanvas::refreshCard() {
    if (!m_card || !m_card->isVisible() || !m_state.hovered()) return;
    const QRect cell = mapLayout().cellRect(*m_state.hovered());
    hover(cell.isEmpty() ? std::nullopt : mapLayout().cellAt(cell.center()), m_cardAt);
}

void HeatmapCanvas::selectCell(PfnRange cell) {
    m_cursor = cell.start;
    Selection s;
    s.frames = cell;
    m_state.select(s);
}

void HeatmapCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_extents.empty()) return;
    m_pressPoint = event->position().toPoint();
    m_pressed = mapLayout().cellAt(toMap(event->position()));
    m_dragging = false;
    m_rangeStart.reset();
    if ((event->modifiers() & Qt::ShiftModifier) && m_pressed) m_rangeStart = m_pressed->start;
}

void HeatmapCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (m_extents.empty()) return;
    const QPoint point = toMap(event->position());
    if (!(event->buttons() & Qt::LeftButton)) {
        hover(mapLayout().cellAt(point), event->globalPosition().toPoint());
        return;
    }
    if (m_card) m_card->hide();
    if ((event->position().toPoint() - m_pressPoint).manhattanLength() > 4) m_dragging = true;
    if (!m_dragging) return;
    if (m_rangeStart) {
        const auto cell = mapLayout().nearestCell(point);
        if (!cell) return;
        Selection s;
        const Pfn start = align_down(*m_rangeStart, m_layout.cellPages());
        s.frames = {std::min(start, cell->start), std::max(start + m_layout.cellPages(), cell->end)};
        m_state.select(s);
    } else if (m_pressed && !m_state.zoom().empty()) {
        setCursor(Qt::ClosedHandCursor);
        panTo(m_pressed->start, point);
    }
}

void HeatmapCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    unsetCursor();
    if (!m_dragging && m_pressed)
        selectCell(*m_pressed);
    else if (!m_dragging && !m_pressed)
        m_state.clearSelection();
    m_dragging = false;
    m_pressed.reset();
    m_rangeStart.reset();
}

void HeatmapCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_extents.empty()) return;
    m_pressed.reset();
    m_dragging = true;  // the release that follows selects nothing
    if (const auto cell = mapLayout().cellAt(toMap(event->position()))) zoomBy(0.25, cell->start);
}

void HeatmapCanvas::wheelEvent(QWheelEvent* event) {
    if (m_extents.empty() || event->angleDelta().y() == 0) return event->ignore();
    const auto cell = mapLayout().nearestCell(toMap(event->position()));
    if (cell) zoomBy(std::pow(2.0, -event->angleDelta().y() / 240.0), cell->start);
    event->accept();
}

void HeatmapCanvas::zoomBy(double factor, Pfn anchor) {
    const std::vector<PfnRange> parts = visibleParts();
    if (parts.empty()) return m_state.setZoom({});
    NrPages shown = 0;
    for (const PfnRange r : parts)
        shown += r.size();
    const NrPages start = m_extents.toLinear(parts.front().start), at = m_extents.toLinear(anchor);
    const double wanted = std::max(static_cast<double>(shown) * factor, double{pageblock_pages});
    if (wanted >= static_cast<double>(m_extents.size())) return m_state.setZoom({});
    const NrPages size = align_up(static_cast<NrPages>(wanted), pageblock_pages);
    const double share = static_cast<double>(at - std::min(at, start)) / static_cast<double>(shown);
    const double newStart = static_cast<double>(at) - share * static_cast<double>(size);
    setWindow(align_down(static_cast<NrPages>(std::max(0.0, newStart)), pageblock_pages), size);
}

void HeatmapCanvas::setWindow(NrPages start, NrPages size) {
    size = std::min(size, m_extents.size());
    start = std::min(start, m_extents.size() - size);
    m_state.setZoom(phys_of(PfnRange{m_extents.fromLinear(start), m_extents.fromLinear(start + size - 1) + 1}));
}

void HeatmapCanvas::panTo(Pfn grabbed, QPoint point) {
    const auto under = mapLayout().nearestCell(point);
    const std::vector<PfnRange> parts = visibleParts();
    if (!under || parts.empty()) return;
    NrPages shown = 0;
    for (const PfnRange r : parts)
        shown += r.size();
    const auto delta = static_cast<std::int64_t>(m_extents.toLinear(grabbed)) -
                       static_cast<std::int64_t>(m_extents.toLinear(under->start));
    const auto grain = static_cast<std::int64_t>(std::max<NrPages>(pageblock_pages, m_layout.cellPages()));
    const auto start = static_cast<std::int64_t>(m_extents.toLinear(parts.front().start)) + delta / grain * grain;
    setWindow(static_cast<NrPages>(std::max<std::int64_t>(0, start)), shown);
}

void HeatmapCanvas::leaveEvent(QEvent* event) {
    hover({}, {});
    QWidget::leaveEvent(event);
}

void HeatmapCanvas::focusOutEvent(QFocusEvent* event) {
    if (m_card) m_card->hide();
    QWidget::focusOutEvent(event);
    update();
}

void HeatmapCanvas::setCursorCell(Pfn pfn) {
    m_cursor = pfn;
    const QRect r = mapLayout().cellRect(pfn);
    const QPointF corner = QPointF(r.bottomRight()) / devicePixelRatioF() + QPointF(0, bannerHeight());
    const Pfn start = align_down(pfn, m_layout.cellPages());
    const LayoutPart* const part = m_layout.partOf(pfn);
    hover(PfnRange{start, std::min(start + m_layout.cellPages(), part ? part->frames.end : start + 1)},
          mapToGlobal(corner.toPoint()));
    update();
}

void HeatmapCanvas::moveCursor(int dx, int dy) {
    const HeatmapLayout& l = mapLayout();
    if (l.empty()) return;
    if (!m_cursor || l.cellRect(*m_cursor).isEmpty()) return setCursorCell(l.parts.front().frames.start);
    const QRect from = l.cellRect(*m_cursor);
    const QPoint step(dx * from.width(), dy * from.height());
    // Gaps and breaks lie between some neighbours: go on until the next cell, or the edge.
    for (QPoint at = from.center() + step; QRect({0, 0}, l.size).contains(at); at += step) {
        if (const auto cell = l.cellAt(at)) return setCursorCell(cell->start);
    }
}

void HeatmapCanvas::keyPressEvent(QKeyEvent* event) {
    if (m_extents.empty()) return QWidget::keyPressEvent(event);
    const HeatmapLayout& l = mapLayout();
    const auto middle = l.nearestCell(QRect({0, 0}, l.size).center());
    const Pfn anchor = m_cursor && l.partOf(*m_cursor) ? *m_cursor : middle ? middle->start : 0;
    switch (event->key()) {
        case Qt::Key_Left:
            return moveCursor(-1, 0);
        case Qt::Key_Right:
            return moveCursor(1, 0);
        case Qt::Key_Up:
            return moveCursor(0, -1);
        case Qt::Key_Down:
            return moveCursor(0, 1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (m_cursor && l.partOf(*m_cursor)) {
                const Pfn start = align_down(*m_cursor, l.cellPages());
                selectCell({start, start + l.cellPages()});
            }
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomBy(0.5, anchor);
        case Qt::Key_Minus:
            return zoomBy(2, anchor);
        case Qt::Key_Escape:
            if (!m_state.zoom().empty()) return zoomBy(4, anchor);
            if (!m_state.selection().frames.empty()) return m_state.clearSelection();
            break;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

void HeatmapCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Q_EMIT updated();
}

void HeatmapCanvas::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    sync();
}

void HeatmapCanvas::hideEvent(QHideEvent* event) {
    hover({}, {});
    QWidget::hideEvent(event);
}

}  // namespace mm::gui
