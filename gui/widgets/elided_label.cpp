// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/elided_label.h"

#include <QPainter>

namespace mm::gui {

void ElidedLabel::paintEvent(QPaintEvent* event) {
    if (Qt::mightBeRichText(text())) return QLabel::paintEvent(event);  // with marks in it: cut at the edge
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect place = contentsRect();
    painter.drawText(place, static_cast<int>(alignment()),
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, place.width()));
}

}  // namespace mm::gui
