// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/time_slider.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/style/theme.h"

namespace mm::gui {

TimeSlider::TimeSlider(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName("Time: position in the history");
    connect(&theme, &Theme::changed, this, [this] {
        m_stripImage = {};
        updateGeometry();
        update();
    });
}

void TimeSlider::setRange(Position total, std::vector<TimeMark> marks) {
    m_total = total;
    m_marks = std::move(marks);
    m_stripImage = {};
    update();
}

void TimeSlider::setStrip(TimeStripPtr strip) {
    m_strip = std::move(strip);
    m_stripImage = {};
    update();
}

void TimeSlider::setMisses(MissesPtr misses) {
    if (m_misses == misses) return;
    m_misses = std::move(misses);
    update();
}

void TimeSlider::setFlags(std::vector<Position> flags) {
    m_flags = std::move(flags);
    update();
}

void TimeSlider::setPosition(Position at) {
    if (m_at == at) return;
    m_at = at;
    setAccessibleDescription(QString("event %1 of %2").arg(number(m_at), number(m_total)));
    update();
}

void TimeSlider::setInsets(int left, int right) {
    if (m_left == left && m_right == right) return;
    m_left = left;
    m_right = right;
    update();
}

QSize TimeSlider::sizeHint() const {
    return {m_theme.px(400), m_theme.px(62)};
}

QSize TimeSlider::minimumSizeHint() const {
    return {m_theme.px(120), m_theme.px(62)};
}

QRectF TimeSlider::lineRect() const {
    const double knob = m_theme.px(7), left = std::max<double>(m_left, knob), right = std::max<double>(m_right, knob);
    return {left, double(m_theme.px(37)), std::max(1.0, width() - left - right), double(m_theme.px(5))};
}

QRectF TimeSlider::stripRect() const {
    const QRectF line = lineRect();
    return {line.left(), 0, line.width(), double(m_theme.px(28))};
}

double TimeSlider::xOf(Position at) const {
    const QRectF line = lineRect();
    const double share = m_total == 0 ? 0 : static_cast<double>(std::min(at, m_total)) / static_cast<double>(m_total);
    return line.left() + share * line.width();
}

Position TimeSlider::positionAt(double x) const {
    const QRectF line = lineRect();
    const double share = std::clamp((x - line.left()) / line.width(), 0.0, 1.0);
    return static_cast<Position>(std::llround(share * static_cast<double>(m_total)));
}

void TimeSlider::ask(Position to) {
    to = std::min(to, m_total);
    if (to == m_at) return;
    setPosition(to);  // the knob follows the hand at once; the snapshot comes when it is ready
    Q_EMIT moved(to);
}

void TimeSlider::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& ink = m_theme.tokens();
    const QRectF line = lineRect();
    const double round = line.height() / 2, x = xOf(m_at);
    paintStrip(painter);
    paintMisses(painter);
    paintMark(painter);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink.track);
    painter.drawRoundedRect(line, round, round);
    painter.setBrush(ink.accent);
    painter.drawRoundedRect(QRectF(line.topLeft(), QPointF(x, line.bottom())), round, round);
    paintMarks(painter);
    paintFlags(painter);
    const QPointF knob(x, line.center().y());
    if (hasFocus()) {
        painter.setPen(QPen(ink.accent, 1.5));
        painter.setBrush(ink.panel);
        painter.drawEllipse(knob, m_theme.px(7) - 1.0, m_theme.px(7) - 1.0);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink.accent);
        painter.drawEllipse(knob, m_theme.px(7) - 3.5, m_theme.px(7) - 3.5);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink.accent);
        painter.drawEllipse(knob, m_theme.px(6), m_theme.px(6));
    }
}

void TimeSlider::paintMarks(QPainter& painter) const {
    const Tokens& ink = m_theme.tokens();
    painter.setFont(m_theme.axis());
    const QFontMetrics metrics(m_theme.axis());
    const QRectF line = lineRect();
    const double top = line.bottom() + m_theme.px(6);
    std::vector<const TimeMark*> order;
    for (const TimeMark& mark : m_marks)
        order.push_back(&mark);
    std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->importance > b->importance; });

    std::vector<QRectF> taken;
    for (const TimeMark* mark : order) {
        const double w = metrics.horizontalAdvance(mark->name) + 2, at = xOf(mark->at);
        QRectF box(at - w / 2, top, w, metrics.height());
        box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, width() - w)));
        const QRectF apart = box.adjusted(-m_theme.px(6), 0, m_theme.px(6), 0);
        if (std::any_of(taken.begin(), taken.end(), [&](const QRectF& r) { return r.intersects(apart); })) continue;
        taken.push_back(box);
        painter.setPen(QPen(ink.faint, 1));
        painter.drawLine(QPointF(std::round(at) + 0.5, line.bottom() + 2), QPointF(std::round(at) + 0.5, top));
        painter.setPen(ink.dim);
        painter.drawText(box, Qt::AlignCenter, mark->name);
    }
}

void TimeSlider::paintFlags(QPainter& painter) const {
    const QRectF line = lineRect();
    const double high = m_theme.px(8);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.tokens().text);
    for (const Position at : m_flags) {
        const double x = xOf(at), top = std::max(0.0, line.center().y() - high);
        painter.drawRect(QRectF(x - 0.5, top, m_theme.px(1.5), high));
        const QPointF flag[] = {{x, top}, {x + high * 0.7, top + high * 0.25}, {x, top + high * 0.5}};
        painter.drawPolygon(flag, 3);
    }
}

}  // namespace mm::gui
