// SPDX-License-Identifier: GPL-3.0-or-later
// The card beside the pointer: a bold first line and a few quieter ones. Lies over the whole window, never takes the
// mouse, stays inside the window.
#pragma once

#include <QStringList>
#include <QWidget>

#include "gui/style/theme.h"

namespace mm::gui {

class HoverCard : public QWidget {
public:
    HoverCard(const Theme& theme, QWidget* window);
    /// Lines after the first: those that begin with a tab are set in the fixed-width face.
    void showLines(const QStringList& lines, QPoint globalPointer);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QFont fontOf(qsizetype line) const;
    int lineHeight() const;
    const Theme& m_theme;
    QStringList m_lines;
};

}  // namespace mm::gui
