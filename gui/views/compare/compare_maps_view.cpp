// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/compare_maps_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "engine/verify/report.h"
#include "gui/format/format.h"
#include "gui/widgets/strip_ink.h"

namespace mm::gui {
namespace {

constexpr double labelWidth = 128, axisHeight = 18, tallest = 26, shortest = 12, differsHeight = 5, pairGap = 10;

AddressFacts factsOf(const Comparison& comparison) {
    AddressFacts facts;
    for (const Side* side : {&comparison.left, &comparison.right}) {
        for (const E820Entry& e : side->maps.e820)
            (e.type == E820Type::ram ? facts.ram : facts.other).push_back(clampedRange(e.start, e.size));
        for (const NodeRange& node : side->maps.nodes)
            facts.ram.push_back(node.range);
    }
    return facts;
}

}  // namespace

CompareMapsView::CompareMapsView(const ViewContext& context, QWidget* parent) : View(context, parent) {
    setAccessibleName(tr("Maps, real and computed"));
    setMouseTracking(true);
    connect(&m_state, &ViewState::zoomChanged, this, [this] { setAxis(); });
    connect(&m_theme, &Theme::changed, this, [this] { setAxis(); });
}

QSize CompareMapsView::sizeHint() const {
    return {m_theme.px(480), m_theme.px(200)};
}

void CompareMapsView::setSnapshot(const SnapshotPtr&) {}

void CompareMapsView::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    m_maps = comparison ? mapPairs(*comparison) : MapPairs{};
    m_axis = AddressAxis(comparison ? factsOf(*comparison) : AddressFacts{});
    setAxis();
    Q_EMIT contextChanged();
}

QString CompareMapsView::contextText() const {
    if (m_maps.pairs.empty()) return tr("nothing to compare");
    std::size_t ranges = 0;
    for (const MapPair& pair : m_maps.pairs)
        ranges += pair.differs.size();
    if (ranges == 0) return tr("no address differs");
    return (ranges == 1 ? tr("%1 range differs, %2") : tr("%1 ranges differ, %2"))
        .arg(number(ranges), sizeText(m_maps.differing()));
}

void CompareMapsView::setAxis() {
    const double left = m_theme.px(labelWidth);
    m_axis.setView(m_state.zoom(), left, std::max(1.0, width() - left - m_theme.px(4)));
    update();
}

void CompareMapsView::resizeEvent(QResizeEvent*) {
    setAxis();
}

std::vector<CompareMapsView::Rows> CompareMapsView::rows() const {
    std::vector<Rows> result;
    const auto pairs = static_cast<double>(m_maps.pairs.size());
    if (m_maps.pairs.empty()) return result;
    const double rest = m_theme.px(differsHeight) + m_theme.px(2);
    const double room =
        (height() - m_theme.px(axisHeight) - pairs * rest - (pairs - 1) * m_theme.px(pairGap)) / pairs / 2;
    const double high = std::clamp(room, double(m_theme.px(shortest)), double(m_theme.px(tallest)));
    double y = m_theme.px(axisHeight);
    for (std::size_t i = 0; i < m_maps.pairs.size(); ++i) {
        const QRectF left(m_axis.left(), y, m_axis.right() - m_axis.left(), high - 1);
        const QRectF right = left.translated(0, high);
        result.push_back(
            {left, right,
             QRectF(left.left(), right.bottom() + m_theme.px(2), left.width(), m_theme.px(differsHeight))});
        y = result.back().differs.bottom() + m_theme.px(pairGap);
    }
    return result;
}

void CompareMapsView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (m_maps.pairs.empty()) {
        painter.setFont(m_theme.body());
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(rect(), Qt::AlignTop | Qt::TextWordWrap,
                         tr("The real maps appear here above the computed ones when a whole kernel log is open "
                            "(Ctrl+O)."));
        return;
    }
    painter.setFont(m_theme.axis());
    painter.setPen(m_theme.tokens().faint);
    const QFontMetricsF metrics(m_theme.axis());
    const auto widthOf = [&metrics](const QString& label) { return metrics.horizontalAdvance(label); };
    for (const PlacedTick& p :
         m_axis.placedTicks(m_theme.px(70), m_theme.px(6), m_axis.left(), m_axis.right(), widthOf))
        if (p.labelled) painter.drawText(QPointF(p.from, m_theme.px(11)), p.tick.label);
    const auto places = rows();
    for (std::size_t i = 0; i < places.size(); ++i)
        paintPair(painter, m_maps.pairs[i], places[i]);
}

void CompareMapsView::paintLabel(QPainter& painter, const QRectF& row, const QString& what,
                                 const QString& whose) const {
    const double name = m_theme.px(44);
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(QRectF(0, row.top(), name, row.height()), Qt::AlignVCenter | Qt::TextDontClip, what);
    painter.setPen(m_theme.tokens().text);
    const QFontMetricsF metrics(m_theme.small());
    const double room = m_axis.left() - name - m_theme.px(8);
    painter.drawText(QRectF(name, row.top(), room, row.height()), Qt::AlignVCenter | Qt::TextDontClip,
                     metrics.elidedText(whose, Qt::ElideRight, room));
}

void CompareMapsView::paintPair(QPainter& painter, const MapPair& pair, const Rows& rows) const {
    const InkFilter all;
    const StripPainter strips{m_theme, m_axis, m_maps.strips, all, devicePixelRatioF()};
    paintLabel(painter, rows.left, pair.title, text(left_name(*m_comparison)));
    paintLabel(painter, rows.right, {}, text(right_name(*m_comparison)));
    strips.paint(painter, pair.left, rows.left);
    strips.paint(painter, pair.right, rows.right);
    for (const PhysRange& range : pair.differs) {
        if (!range.overlaps(m_axis.view())) continue;
        const double from = std::max(m_axis.left(), m_axis.x(range.start));
        const double to = std::min(m_axis.right(), m_axis.x(range.end));
        const double wide = std::max<double>(m_theme.px(3), to - from);
        painter.fillRect(QRectF(std::min(from, m_axis.right() - wide), rows.differs.top(), wide, rows.differs.height()),
                         m_theme.difference().ink);
    }
}

QString CompareMapsView::tipAt(QPointF at) const {
    if (at.x() < m_axis.left() || at.x() > m_axis.right()) return {};
    const PhysAddr address = m_axis.at(at.x());
    const auto places = rows();
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (at.y() < places[i].left.top() || at.y() > places[i].differs.bottom()) continue;
        const MapPair& pair = m_maps.pairs[i];
        QString words = tr("<b>%1</b> at %2").arg(pair.title, hex(address));
        const InkFilter all;
        const StripPainter strips{m_theme, m_axis, m_maps.strips, all, devicePixelRatioF()};
        for (const auto& [strip, row, whose] : {std::tuple{&pair.left, places[i].left, left_name(*m_comparison)},
                                                std::tuple{&pair.right, places[i].right, right_name(*m_comparison)}}) {
            const Piece* piece = strips.hit(*strip, at.x(), row.center().y(), row);
            words += QStringLiteral("<br>%1: ").arg(text(whose));
            words += piece ? m_maps.strips.inks[piece->ink].name.toHtmlEscaped() + " " + rangeText(piece->range)
                           : tr("nothing");
        }
        for (const PhysRange& range : pair.differs)
            if (range.contains(address)) words += tr("<br>they differ in %1").arg(rangeText(range));
        return words + QStringLiteral("<br><span style='color:%1'>%2</span>")
                           .arg(m_theme.tokens().dim.name(), QLatin1String(pair.left.source));
    }
    return {};
}

bool CompareMapsView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return View::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const QString tip = tipAt(help->pos());
    if (tip.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), tip, this);
    return true;
}

void CompareMapsView::zoomTo(PhysRange zoom) {
    m_state.setZoom(zoom == m_axis.whole() ? PhysRange{} : zoom);
}

void CompareMapsView::wheelEvent(QWheelEvent* event) {
    if (m_maps.pairs.empty()) return;
    zoomTo(m_axis.zoomedBy(std::pow(0.8, event->angleDelta().y() / 120.0), event->position().x()));
    event->accept();
}

void CompareMapsView::mousePressEvent(QMouseEvent* event) {
    m_dragged = event->position();
}

void CompareMapsView::mouseMoveEvent(QMouseEvent* event) {
    if (!(event->buttons() & Qt::LeftButton) || !m_axis.zoomed()) return;
    zoomTo(m_axis.pannedBy(m_dragged.x() - event->position().x()));
    m_dragged = event->position();
}

/// To the difference there, with as much around it on both sides; elsewhere back to everything.
void CompareMapsView::mouseDoubleClickEvent(QMouseEvent* event) {
    const PhysAddr address = m_axis.at(event->position().x());
    const double slack = m_axis.bytesPerPixel(event->position().x()) * m_theme.px(4);
    for (const MapPair& pair : m_maps.pairs)
        for (const PhysRange& range : pair.differs) {
            const auto near = static_cast<Bytes>(std::max(0.0, slack));
            if (address + near < range.start || address > range.end + near) continue;
            const Bytes around = std::max<Bytes>(range.size(), AddressAxis::closest);
            return zoomTo({range.start - std::min(range.start, around), range.end + around});
        }
    zoomTo(m_axis.whole());
}

Table CompareMapsView::table() const {
    Table table{{tr("map"), tr("side"), tr("start"), tr("end"), tr("what")}, {}};
    for (const MapPair& pair : m_maps.pairs) {
        for (const Strip* strip : {&pair.left, &pair.right})
            for (const Piece& piece : strip->pieces)
                table.rows.push_back({pair.title, strip == &pair.left ? tr("left") : tr("right"),
                                      hex(piece.range.start), hex(piece.range.end - 1),
                                      m_maps.strips.inks[piece.ink].name});
        for (const PhysRange& range : pair.differs)
            table.rows.push_back({pair.title, tr("differs"), hex(range.start), hex(range.end - 1), QString()});
    }
    return table;
}

}  // namespace mm::gui
