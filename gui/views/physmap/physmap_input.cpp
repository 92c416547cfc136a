// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard of the physical address map: wheel zooms around the pointer, drag pans, Shift+drag selects a
// range, click selects a piece, double click zooms to it, Esc and Backspace go back step by step.
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "gui/format/format.h"
#include "gui/views/physmap/physmap_view.h"

namespace mm::gui {
namespace {

constexpr qint64 oneWheelGesture = 500;  ///< turns closer than this many ms are one step to go back
constexpr double wheelStep = 0.8, keyStep = 0.5, panStep = 0.1;

}  // namespace

std::optional<PhysmapView::Hit> PhysmapView::hitAt(QPointF at) const {
    if (at.x() < 0 || at.x() > m_layout.right) return std::nullopt;
    for (std::size_t i = 0; i < m_layout.rows.size(); ++i) {
        const QRectF& row = m_layout.rows[i];
        if (at.y() < row.top() || at.y() >= row.bottom()) continue;
        if (at.x() < m_layout.left) return Hit{i, nullptr};
        return Hit{i, stripPainter().hit(m_strips.strips[i], at.x(), at.y(), row)};
    }
    return std::nullopt;
}

QString PhysmapView::tipAt(QPointF at) const {
    const auto hit = hitAt(at);
    if (!hit) return {};
    const Strip& strip = m_strips.strips[hit->row];
    const QString source = QStringLiteral("<span style='color:%1'>%2</span>")
                               .arg(m_theme.tokens().dim.name(), QString::fromLatin1(strip.source));
    if (hit->piece) {
        const Piece& piece = *hit->piece;
        return QStringLiteral("<b>%1</b>: %2<br>%3<br>%4 · %5<br>%6")
            .arg(QLatin1String(strip.title), m_strips.inks[piece.ink].name.toHtmlEscaped(), rangeText(piece.range),
                 sizeText(piece.range.size()), pfnText(touched_pfns(piece.range)), source);
    }
    if (strip.pieces.empty() || at.x() < m_layout.left)
        return QStringLiteral("<b>%1</b><br>%2<br>%3").arg(QLatin1String(strip.title), strip.empty, source);
    const PhysAddr address = m_axis.at(at.x());
    for (const AxisStretch& s : m_axis.stretches())
        if (s.kind == StretchKind::folded && s.range.contains(address))
            return tr("%1 folded: nothing is known here<br>%2").arg(sizeText(s.range.size()), rangeText(s.range));
    return tr("<b>%1</b>: nothing at %2<br>%3").arg(QLatin1String(strip.title), hex(address), source);
}

bool PhysmapView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const QString tip = tipAt(help->pos());
        if (tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return View::event(event);
}

void PhysmapView::resizeEvent(QResizeEvent*) {
    relayout();
}

void PhysmapView::zoomTo(PhysRange zoom, bool newStep) {
    if (zoom == m_axis.whole()) zoom = {};
    if (zoom == m_state.zoom()) return;
    if (newStep) m_zoomSteps.push_back(m_state.zoom());
    m_state.setZoom(zoom);
}

void PhysmapView::zoomBack() {
    PhysRange back{};
    if (!m_zoomSteps.empty()) {
        back = m_zoomSteps.back();
        m_zoomSteps.pop_back();
    }
    m_state.setZoom(back);
}

void PhysmapView::wheelZoom(double factor, double around) {
    const bool newStep = !m_lastWheel.isValid() || m_lastWheel.elapsed() > oneWheelGesture;
    m_lastWheel.restart();
    zoomTo(m_axis.zoomedBy(factor, around), newStep);
}

void PhysmapView::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    if (turned.x() != 0 && std::abs(turned.x()) > std::abs(turned.y()))
        zoomTo(m_axis.zoomed() ? m_axis.pannedBy(-turned.x()) : PhysRange{}, false);
    else
        wheelZoom(std::pow(wheelStep, turned.y() / 120.0), event->position().x());
    event->accept();
}

bool PhysmapView::toggleLegend(QPointF at) {
    for (const LegendItem& item : m_layout.legend) {
        if (!item.all().contains(at)) continue;
        if (!m_filter.remove(item.ink)) m_filter.insert(item.ink);
        m_still = QPixmap();
        update();
        return true;
    }
    return false;
}

void PhysmapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_pressed = m_mouse = event->position();
    m_zoomAtPress = m_axis.view();
    if (toggleLegend(m_pressed)) return;
    m_gesture = event->modifiers().testFlag(Qt::ShiftModifier) ? Gesture::range : Gesture::press;
}

void PhysmapView::mouseMoveEvent(QMouseEvent* event) {
    m_mouse = event->position();
    const bool moved = (m_mouse - m_pressed).manhattanLength() > 4;
    if (m_gesture == Gesture::press && moved && m_axis.zoomed()) {
        m_gesture = Gesture::pan;
        setCursor(Qt::ClosedHandCursor);
    }
    if (m_gesture == Gesture::pan) {
        // Always from where the drag began, so that rounding does not add up.
        m_axis.setView(m_zoomAtPress, m_layout.left, m_layout.right - m_layout.left);
        const PhysRange panned = m_axis.pannedBy(m_pressed.x() - m_mouse.x());
        m_axis.setView(m_state.zoom(), m_layout.left, m_layout.right - m_layout.left);
        zoomTo(panned, false);
        return;
    }
    const bool inside = m_mouse.x() >= m_layout.left && m_mouse.x() <= m_layout.right &&
                        m_layout.allRows().adjusted(0, -m_layout.ruler.height(), 0, 0).contains(m_mouse);
    m_state.setHovered(inside ? std::optional(pfn_down(m_axis.at(m_mouse.x()))) : std::nullopt);
    if (m_gesture == Gesture::range) update();
}

void PhysmapView::mouseReleaseEvent(QMouseEvent* event) {
    const Gesture done = std::exchange(m_gesture, Gesture::none);
    unsetCursor();
    update();
    if (event->button() != Qt::LeftButton) return;
    if (done == Gesture::range && std::abs(m_mouse.x() - m_pressed.x()) > 2) {
        const auto [from, to] = std::minmax(m_pressed.x(), event->position().x());
        m_state.select({touched_pfns({m_axis.at(from), m_axis.at(to)}), {}, {}});
    } else if (done == Gesture::press || done == Gesture::range) {
        const auto hit = hitAt(event->position());
        if (hit) m_row = hit->row;
        selectPiece(hit ? hit->piece : nullptr);
    }
}

void PhysmapView::selectPiece(const Piece* piece) {
    if (piece)
        m_state.select({touched_pfns(piece->range), {}, {}});
    else
        m_state.clearSelection();
}

void PhysmapView::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto hit = hitAt(event->position());
    if (!hit || !hit->piece) return;
    // A little of the surroundings stays in sight.
    const Bytes margin = std::max<Bytes>(hit->piece->range.size() / 16, AddressAxis::closest / 4);
    const PhysRange around{hit->piece->range.start - std::min(margin, hit->piece->range.start),
                           clampedRange(hit->piece->range.end, margin).end};
    zoomTo(around.intersect(m_axis.whole()));
}

void PhysmapView::leaveEvent(QEvent*) {
    m_state.setHovered(std::nullopt);
}

void PhysmapView::moveRow(int by) {
    const int last = static_cast<int>(m_layout.rows.size()) - 1;
    m_row = static_cast<std::size_t>(std::clamp(static_cast<int>(m_row) + by, 0, std::max(0, last)));
    update();
}

void PhysmapView::selectNeighbour(int direction) {
    if (m_row >= m_strips.strips.size() || m_strips.strips[m_row].pieces.empty()) return;
    const auto& pieces = m_strips.strips[m_row].pieces;
    const PfnRange chosen = m_state.selection().frames;
    auto next = pieces.begin();
    for (auto p = pieces.begin(); p != pieces.end() && !chosen.empty(); ++p)
        if (touched_pfns(p->range) == chosen) {
            const auto i = std::clamp<std::ptrdiff_t>(p - pieces.begin() + direction, 0, std::ssize(pieces) - 1);
            next = pieces.begin() + i;
        }
    selectPiece(&*next);
}

void PhysmapView::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    const double middle = (m_layout.left + m_layout.right) / 2, step = (m_layout.right - m_layout.left) * panStep;
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const int direction = event->key() == Qt::Key_Left ? -1 : 1;
            if (control)
                selectNeighbour(direction);
            else if (m_axis.zoomed())
                zoomTo(m_axis.pannedBy(direction * step), false);
            break;
        }
        case Qt::Key_Up:
            moveRow(-1);
            break;
        case Qt::Key_Down:
            moveRow(1);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoomTo(m_axis.zoomedBy(keyStep, middle));
            break;
        case Qt::Key_Minus:
            zoomTo(m_axis.zoomedBy(1 / keyStep, middle));
            break;
        case Qt::Key_0:
            zoomTo({});
            break;
        case Qt::Key_Escape:
        case Qt::Key_Backspace:
            if (!m_axis.zoomed()) return View::keyPressEvent(event);
            zoomBack();
            break;
        default:
            return View::keyPressEvent(event);
    }
    event->accept();
}

}  // namespace mm::gui
