// SPDX-License-Identifier: GPL-3.0-or-later
// What a view without anything to show says: what will appear there and how to get it.
#pragma once

#include <QLabel>

#include "gui/style/theme.h"

namespace mm::gui {

class EmptyWords : public QLabel {
public:
    EmptyWords(const Theme& theme, const QString& words, QWidget* parent) : QLabel(words, parent), m_theme(theme) {
        setWordWrap(true);
        setAlignment(Qt::AlignTop);
        connect(&m_theme, &Theme::changed, this, &EmptyWords::restyle);
        restyle();
    }

private:
    void restyle() {
        setFont(m_theme.body());
        QPalette inks = palette();
        inks.setColor(QPalette::WindowText, m_theme.tokens().dim);
        setPalette(inks);
    }

    const Theme& m_theme;
};

}  // namespace mm::gui
