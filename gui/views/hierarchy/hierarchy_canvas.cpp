// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/hierarchy/hierarchy_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/difference_words.h"
#include "gui/widgets/difference_mark.h"

namespace mm::gui {
namespace {

constexpr double leastPitch = 56, mostPitch = 82, gapWidth = 12, stepsShare = 0.34;

}  // namespace

HierarchyCanvas::HierarchyCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Allocation hierarchy"));
    connect(&m_theme, &Theme::changed, this, &HierarchyCanvas::relayout);
}

std::optional<QString> HierarchyCanvas::wasAtMark(const HierarchyBox& box) const {
    if (m_atMark.boxes.empty()) return {};
    const auto was = m_atMark.find(box.id);
    if (!was) return QString();
    const std::string& words = m_atMark.boxes[*was].words;
    return words == box.words ? std::nullopt : std::optional(text(words));
}

void HierarchyCanvas::setHierarchy(Hierarchy hierarchy, std::vector<PathStep> path, Hierarchy atMark) {
    if (hierarchy == m_hierarchy && path == m_path && atMark == m_atMark) return;
    m_atMark = std::move(atMark);
    m_hierarchy = std::move(hierarchy);
    m_path = std::move(path);
    m_current = std::clamp(m_current, 0, std::max(0, static_cast<int>(m_hierarchy.boxes.size()) - 1));
    m_hovered = -1;
    relayout();
}

QSize HierarchyCanvas::sizeHint() const {
    double high = double(m_theme.px(leastPitch)) * std::max(1u, m_hierarchy.layers);
    if (!beside())
        high += m_theme.px(8) + (QFontMetricsF(m_theme.small()).height() + m_theme.px(3)) * double(m_path.size());
    return {m_theme.px(640), static_cast<int>(std::ceil(high))};
}

double HierarchyCanvas::drawnHeight() const {
    const double layers = std::max(1u, m_hierarchy.layers);
    const double steps = beside() ? 0 : sizeHint().height() - m_theme.px(leastPitch) * layers;
    return std::clamp((height() - steps) / layers, double(m_theme.px(leastPitch)), double(m_theme.px(mostPitch))) *
           layers;
}

void HierarchyCanvas::relayout() {
    const double share = beside() && !m_path.empty() ? 1 - stepsShare : 1;
    m_layout = HierarchyLayout::fit(m_hierarchy, {width() * share - 2, drawnHeight(), double(m_theme.px(gapWidth))});
    updateGeometry();
    update();
}

QRectF HierarchyCanvas::rectOf(const QString& box) const {
    const auto i = m_hierarchy.find(box.toStdString());
    return i && *i < m_layout.boxes.size() ? m_layout.boxes[*i] : QRectF();
}

int HierarchyCanvas::boxAt(QPointF at) const {
    for (std::size_t i = 0; i < m_layout.boxes.size(); ++i)
        if (m_layout.boxes[i].contains(at)) return static_cast<int>(i);
    return -1;
}

const PathStep* HierarchyCanvas::stepOf(std::size_t box) const {
    for (const PathStep& step : m_path)
        if (step.box == m_hierarchy.boxes[box].id) return &step;
    return nullptr;
}

bool HierarchyCanvas::lit(const HierarchyEdge& edge) const {
    for (std::size_t i = 0; i + 1 < m_path.size(); ++i)
        if (m_path[i].box == m_hierarchy.boxes[edge.from].id && m_path[i + 1].box == m_hierarchy.boxes[edge.to].id)
            return true;
    return false;
}

void HierarchyCanvas::paintBox(QPainter& painter, std::size_t i) const {
    const Tokens& ink = m_theme.tokens();
    const HierarchyBox& box = m_hierarchy.boxes[i];
    const QRectF rect = m_layout.boxes[i].adjusted(0.5, 0.5, -0.5, -0.5);
    const bool onWay = stepOf(i) != nullptr, under = static_cast<int>(i) == m_hovered;
    const bool here = hasFocus() && static_cast<int>(i) == m_current;
    painter.setPen(QPen(onWay || here ? ink.accent : under ? ink.dim : ink.line, m_theme.px(onWay ? 2 : 1)));
    painter.setBrush(onWay || under ? ink.accentWash : box.layer == 0 ? ink.panel : ink.background);
    painter.drawRoundedRect(rect, m_theme.px(5), m_theme.px(5));
    if (here) {
        painter.setPen(QPen(ink.text, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), m_theme.px(3), m_theme.px(3));
    }
    const double line = QFontMetricsF(m_theme.body()).height(), small = QFontMetricsF(m_theme.small()).height();
    const QRectF inner = rect.adjusted(m_theme.px(8), 0, -m_theme.px(6), 0);
    const double top = inner.center().y() - (line + small) / 2;
    const auto words = [&](const QString& text, const QFont& font, const QColor& colour, double y, double high) {
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(QRectF(inner.left(), y, inner.width(), high), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                         QFontMetricsF(font).elidedText(text, Qt::ElideRight, inner.width()));
    };
    words(text(box.title), onWay ? m_theme.title() : m_theme.body(), ink.text, top, line);
    const bool differs = wasAtMark(box).has_value();
    words(text(box.words), m_theme.small(), differs ? m_theme.difference().ink : ink.dim, top + line, small);
    if (differs) paintDiffers(painter, m_theme, rect.adjusted(m_theme.px(1), m_theme.px(5), 0, -m_theme.px(5)));
}

void HierarchyCanvas::paintSteps(QPainter& painter) const {
    const Tokens& ink = m_theme.tokens();
    painter.setFont(m_theme.small());
    const QFontMetricsF metrics(m_theme.small());
    if (beside()) {
        const double left = width() * (1 - stepsShare) + m_theme.px(8);
        for (const PathStep& step : m_path) {
            const QRectF box = rectOf(text(step.box));
            const QRectF place(left, box.top(), width() - left, box.height());
            painter.setPen(ink.text);
            painter.drawText(place, int{Qt::AlignLeft} | int{Qt::AlignVCenter} | int{Qt::TextWordWrap},
                             text(step.words));
        }
        return;
    }
    double y = drawnHeight();
    for (const PathStep& step : m_path) {
        const auto box = m_hierarchy.find(step.box);
        const QString name = (box ? text(m_hierarchy.boxes[*box].title) : text(step.box)) + QStringLiteral(": ");
        const double wide = metrics.horizontalAdvance(name), from = m_theme.px(gapWidth);
        painter.setPen(ink.dim);
        painter.drawText(QPointF(from, y + metrics.ascent()), name);
        painter.setPen(ink.text);
        painter.drawText(QPointF(from + wide, y + metrics.ascent()),
                         metrics.elidedText(text(step.words), Qt::ElideRight, width() - from - wide));
        y += metrics.height() + m_theme.px(3);
    }
}

void HierarchyCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const bool bright : {false, true}) {
        painter.setPen(QPen(bright ? m_theme.tokens().accent : m_theme.tokens().faint, m_theme.px(bright ? 2 : 1)));
        for (std::size_t i = 0; i < m_layout.edges.size(); ++i)
            if (lit(m_hierarchy.edges[i]) == bright) painter.drawPolyline(m_layout.edges[i]);
    }
    for (std::size_t i = 0; i < m_layout.boxes.size(); ++i)
        paintBox(painter, i);
    paintSteps(painter);
}

void HierarchyCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    relayout();
}

void HierarchyCanvas::mousePressEvent(QMouseEvent* event) {
    const int box = boxAt(event->position());
    if (box < 0 || event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    moveTo(box);
    Q_EMIT chosen(text(m_hierarchy.boxes[static_cast<std::size_t>(box)].id));
}

void HierarchyCanvas::mouseMoveEvent(QMouseEvent* event) {
    const int box = boxAt(event->position());
    setCursor(box >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (std::exchange(m_hovered, box) != box) update();
}

void HierarchyCanvas::leaveEvent(QEvent*) {
    if (std::exchange(m_hovered, -1) != -1) update();
}

void HierarchyCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void HierarchyCanvas::moveTo(int box) {
    m_current = box;
    const HierarchyBox& there = m_hierarchy.boxes[static_cast<std::size_t>(box)];
    const PathStep* step = stepOf(static_cast<std::size_t>(box));
    setAccessibleDescription(text(there.title) + ": " + text(there.words) + (step ? "; " + text(step->words) : ""));
    update();
}

/// To the nearest box in that direction.
void HierarchyCanvas::keyPressEvent(QKeyEvent* event) {
    if (m_layout.boxes.empty()) return QWidget::keyPressEvent(event);
    const auto current = static_cast<std::size_t>(m_current);
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)
        return Q_EMIT chosen(text(m_hierarchy.boxes[current].id));
    const bool across = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    const int sign = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up ? -1 : 1;
    if (!across && event->key() != Qt::Key_Up && event->key() != Qt::Key_Down) return QWidget::keyPressEvent(event);
    const QPointF from = m_layout.boxes[current].center();
    int best = -1;
    double least = 0;
    for (std::size_t i = 0; i < m_layout.boxes.size(); ++i) {
        const QPointF way = m_layout.boxes[i].center() - from;
        const double along = sign * (across ? way.x() : way.y()), off = std::abs(across ? way.y() : way.x());
        if (along < 2) continue;
        const double cost = along + 3 * off;
        if (best < 0 || cost < least) best = static_cast<int>(i), least = cost;
    }
    if (best >= 0) moveTo(best);
}

bool HierarchyCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    const int i = boxAt(help->pos());
    if (i < 0) return true;
    const HierarchyBox& box = m_hierarchy.boxes[static_cast<std::size_t>(i)];
    QString words = text(box.title) + ": " + text(box.words) + "\n" + text(box.source);
    if (const auto was = wasAtMark(box)) words += wordsOfMark(*was);
    if (const PathStep* step = stepOf(static_cast<std::size_t>(i))) words += "\n\n" + text(step->words);
    QToolTip::showText(help->globalPos(), words + tr("\n\nClick: show it"), this);
    return true;
}

}  // namespace mm::gui
