// SPDX-License-Identifier: GPL-3.0-or-later
// The mark that drawn boxes have where they are not what they were at the moment A: a bar along the left edge, in the
// ink of differences.
#pragma once

#include <QPainter>

#include "gui/style/theme.h"

namespace mm::gui {

inline void paintDiffers(QPainter& painter, const Theme& theme, const QRectF& box) {
    painter.fillRect(QRectF(box.left(), box.top(), theme.px(3), box.height()), theme.difference().ink);
}

}  // namespace mm::gui
