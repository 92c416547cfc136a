// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/vmalloc/window_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/widgets/legend_line.h"

namespace mm::gui {
namespace {

constexpr int linesWanted = 3;

bool isArea(VmKind kind) {
    return kind == VmKind::vmalloc || kind == VmKind::vmap || kind == VmKind::ioremap;
}

}  // namespace

WindowCanvas::WindowCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("The vmalloc window, to scale"));
    connect(&m_theme, &Theme::changed, this, &WindowCanvas::relayout);
}

void WindowCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    std::vector<VmPiece> pieces = vmPieces(snapshot->state.vmalloc);
    if (pieces == m_pieces) return;
    m_pieces = std::move(pieces);
    m_counts.fill(0);
    m_bytes.fill(0);
    for (const VmPiece& piece : m_pieces) {
        ++m_counts[static_cast<std::size_t>(piece.kind)];
        m_bytes[static_cast<std::size_t>(piece.kind)] += piece.range.size();
    }
    relayout();
}

void WindowCanvas::setChosen(std::optional<VirtAddr> area) {
    if (m_chosen == area) return;
    m_chosen = area;
    for (const VmPiece& piece : m_pieces)
        if (area && piece.area == *area && isArea(piece.kind)) setAccessibleDescription(words(piece));
    update();
}

/// For the address a line begins at; none where there is little room.
double WindowCanvas::margin() const {
    if (width() < m_theme.px(420) || !m_snapshot) return 0;
    const int digits = 2 * static_cast<int>(m_snapshot->state.vmalloc.window.pointer);
    return QFontMetricsF(m_theme.mono()).horizontalAdvance(QString(digits + 2, '0')) + m_theme.px(10);
}

void WindowCanvas::relayout() {
    WindowMetrics metrics;
    metrics.width = width() - margin() - 2;
    metrics.lines = linesWanted;
    metrics.least = m_theme.px(3);
    metrics.breakWidth = m_theme.px(96);
    metrics.pageWidth = m_theme.px(56);
    m_layout = WindowLayout::fit(m_pieces, metrics);
    updateGeometry();
    update();
}

QSize WindowCanvas::sizeHint() const {
    const double legend = QFontMetricsF(m_theme.small()).height() + m_theme.px(8);
    return {m_theme.px(420), static_cast<int>(std::ceil(pitch() * std::max(1, m_layout.lines) + legend))};
}

QRectF WindowCanvas::rectOf(const WindowBox& box) const {
    return {margin() + box.from, pitch() * box.line + 1, box.to - box.from, boxHeight()};
}

QRectF WindowCanvas::rectOf(VirtAddr area) const {
    for (const WindowBox& box : m_layout.boxes)
        if (m_pieces[box.piece].area == area && isArea(m_pieces[box.piece].kind)) return rectOf(box);
    return {};
}

QColor WindowCanvas::ink(VmKind kind) const {
    switch (kind) {
        case VmKind::vmalloc:
            return m_theme.zone(ZoneType::dma32);
        case VmKind::vmap:
            return m_theme.zone(ZoneType::normal);
        case VmKind::ioremap:
            return m_theme.zone(ZoneType::movable);
        case VmKind::lazy:
            return m_theme.e820(E820Type::reserved);
        default:
            return m_theme.tokens().track;
    }
}

void WindowCanvas::paintBreak(QPainter& painter, const QRectF& rect, const QString& words) const {
    const Tokens& ink = m_theme.tokens();
    painter.fillRect(rect, m_theme.hatch());
    const QRectF label = QRectF(QPointF(), QFontMetricsF(m_theme.axis()).size(0, words)).adjusted(-4, 0, 4, 0);
    QRectF place = label;
    place.moveCenter(rect.center());
    painter.fillRect(place.intersected(rect), ink.panel);
    painter.setFont(m_theme.axis());
    painter.setPen(ink.dim);
    painter.drawText(rect, Qt::AlignCenter, words);
    painter.setPen(QPen(ink.dim, m_theme.px(1)));
    const double step = rect.height() / 6, reach = m_theme.px(2);
    for (const double x : {rect.left() + 2 * reach, rect.right() - 2 * reach}) {
        QPolygonF line;
        for (int i = 0; i <= 6; ++i)
            line << QPointF(x + (i % 2 == 0 ? -reach : reach), rect.top() + i * step);
        painter.drawPolyline(line);
    }
}

void WindowCanvas::paintBox(QPainter& painter, const WindowBox& box) const {
    const VmPiece& piece = m_pieces[box.piece];
    const QRectF rect = rectOf(box);
    if (box.folded) return paintBreak(painter, rect, tr("%1 free").arg(sizeText(piece.range.size())));
    if (piece.kind == VmKind::guard) return painter.fillRect(rect, m_theme.hatch());
    const double gap = rect.width() >= m_theme.px(4) ? 1 : 0;
    painter.fillRect(rect.adjusted(0, 0, -gap, 0), ink(piece.kind));
    const QString size = sizeText(piece.range.size());
    const QString name = isArea(piece.kind) ? kindName(piece.kind) + QStringLiteral(" ") + size : size;
    const QFontMetricsF metrics(m_theme.axis());
    painter.setFont(m_theme.axis());
    painter.setPen(piece.kind == VmKind::free ? m_theme.tokens().dim : m_theme.textOn(ink(piece.kind)));
    for (const QString& words : {name, size})
        if (metrics.horizontalAdvance(words) + m_theme.px(6) <= rect.width())
            return painter.drawText(rect, Qt::AlignCenter, words);
}

void WindowCanvas::paintLegend(QPainter& painter) const {
    std::vector<LegendEntry> entries;
    for (int k = 0; k < vmKinds; ++k) {
        const auto kind = static_cast<VmKind>(k);
        const auto i = static_cast<std::size_t>(k);
        if (m_counts[i] == 0) continue;
        if (kind == VmKind::guard)
            entries.push_back({m_theme.hatch(), kindName(kind), number(m_counts[i])});
        else
            entries.push_back(
                {ink(kind), kindName(kind), QStringLiteral("%1 · %2").arg(number(m_counts[i]), sizeText(m_bytes[i]))});
    }
    const double top = pitch() * std::max(1, m_layout.lines) + m_theme.px(2);
    paintLegendLine(painter, m_theme, {margin(), top}, width(), entries);  // the table has it all
}

void WindowCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const Tokens& ink = m_theme.tokens();
    painter.fillRect(event->rect(), ink.panel);
    int labelled = -1;
    for (const WindowBox& box : m_layout.boxes) {
        const QRectF rect = rectOf(box);
        if (!rect.adjusted(-margin(), 0, 0, 0).intersects(QRectF(event->rect()))) continue;
        paintBox(painter, box);
        if (box.line == labelled || margin() <= 0) continue;
        labelled = box.line;
        painter.setFont(m_theme.mono());
        painter.setPen(ink.dim);
        const VirtRange range = m_pieces[box.piece].range;
        const auto pages = static_cast<Bytes>(box.share * double(range.size()) / double(page_size));
        painter.drawText(QRectF(0, rect.top(), margin(), rect.height()), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                         hex(range.start + pages * page_size));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink.accent, m_theme.px(2)));
    for (const WindowBox& box : m_layout.boxes)
        if (m_chosen && m_pieces[box.piece].area == *m_chosen && isArea(m_pieces[box.piece].kind))
            painter.drawRect(rectOf(box).adjusted(1, 0, -1, 0));
    paintLegend(painter);
}

void WindowCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != width()) relayout();
}

const VmPiece* WindowCanvas::pieceAt(QPointF at) const {
    const WindowBox* box = m_layout.boxAt(at.x() - margin(), static_cast<int>(at.y() / pitch()));
    return box ? &m_pieces[box->piece] : nullptr;
}

void WindowCanvas::mousePressEvent(QMouseEvent* event) {
    const VmPiece* piece = pieceAt(event->position());
    if (!piece || piece->area == 0 || piece->kind == VmKind::lazy) return QWidget::mousePressEvent(event);
    Q_EMIT areaChosen(piece->area);
}

void WindowCanvas::keyPressEvent(QKeyEvent* event) {
    const bool forward = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down;
    if (!forward && event->key() != Qt::Key_Left && event->key() != Qt::Key_Up) return QWidget::keyPressEvent(event);
    std::vector<VirtAddr> areas;
    for (const VmPiece& piece : m_pieces)
        if (isArea(piece.kind)) areas.push_back(piece.area);
    if (areas.empty()) return;
    const auto now = m_chosen ? std::lower_bound(areas.begin(), areas.end(), *m_chosen) : areas.end();
    if (now == areas.end()) return Q_EMIT areaChosen(forward ? areas.front() : areas.back());
    const auto i = std::clamp<std::ptrdiff_t>(now - areas.begin() + (forward ? 1 : -1), 0, std::ssize(areas) - 1);
    Q_EMIT areaChosen(areas[static_cast<std::size_t>(i)]);
}

QString WindowCanvas::words(const VmPiece& piece) const {
    QString out = tr("%1: %2 pages (%3) at %4")
                      .arg(kindName(piece.kind), number(piece.range.size() / page_size), sizeText(piece.range.size()),
                           hex(piece.range.start));
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    if (const auto area = busy.find(piece.area); area != busy.end() && isArea(piece.kind)) {
        if (area->second.flags & vm::ioremap) out += tr("\nphysical %1").arg(hex(area->second.phys));
        if (!area->second.caller.empty()) out += tr("\nfor %1").arg(text(area->second.caller));
        return out + tr("\nstruct vm_struct, mm/vmalloc.c");
    }
    switch (piece.kind) {
        case VmKind::guard:
            return out + tr("\nnever mapped: whoever runs over the end of the area faults here");
        case VmKind::lazy:
            return out + tr("\nfreed; may be used again when the CPUs' TLBs have been flushed (vm_unmap_aliases)");
        default:
            return out;
    }
}

bool WindowCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const VmPiece* piece = pieceAt(help->pos())) QToolTip::showText(help->globalPos(), words(*piece), this);
    return true;
}

}  // namespace mm::gui
