// SPDX-License-Identifier: GPL-3.0-or-later
// The slider's hands: mouse, wheel and keys.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {

void TimeSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_dragging = true;
    ask(positionAt(event->position().x()));
}

void TimeSlider::mouseMoveEvent(QMouseEvent* event) {
    const Position under = positionAt(event->position().x());
    if (m_dragging) ask(under);
    QString where;
    for (const TimeMark& mark : m_marks)
        if (mark.at <= under) where = mark.name;
    QString words = QString("event %1%2").arg(number(under), where.isEmpty() ? QString() : " · " + where);
    if (stripRect().contains(event->position())) words += "\nThe map of page frames then, lowest frames above";
    QToolTip::showText(event->globalPosition().toPoint(), words, this);
}

void TimeSlider::mouseReleaseEvent(QMouseEvent*) {
    m_dragging = false;
}

void TimeSlider::keyPressEvent(QKeyEvent* event) {
    const Position page = std::max<Position>(1, m_total / 20);
    switch (event->key()) {
        case Qt::Key_PageUp:
            return ask(m_at + page);
        case Qt::Key_PageDown:
            return ask(m_at > page ? m_at - page : 0);
        default:
            QWidget::keyPressEvent(event);  // arrows, Home, End: the window steps
    }
}

void TimeSlider::wheelEvent(QWheelEvent* event) {
    const Position step = std::max<Position>(1, m_total / 200);
    if (event->angleDelta().y() > 0) ask(m_at + step);
    if (event->angleDelta().y() < 0) ask(m_at > step ? m_at - step : 0);
}

}  // namespace mm::gui
