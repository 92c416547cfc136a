// SPDX-License-Identifier: GPL-3.0-or-later
// The few icons of the window, drawn as paths on a 16 x 16 grid, so that they are sharp at any size and in any ink.
#pragma once

#include <QIcon>

namespace mm::gui {

enum class Glyph {
    toStart,
    stepBack,
    backOver,
    play,
    pause,
    stepInto,
    stepOver,
    stepOut,
    toEnd,
    before,
    after,
    halfMoon
};

/// normal and, where the widget is disabled, faint ink.
QIcon glyphIcon(Glyph glyph, const QColor& ink, const QColor& faint, int pixels);

}  // namespace mm::gui
