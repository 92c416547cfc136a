// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/canvas_or_words.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/style/theme.h"

namespace mm::gui {

CanvasOrWords::CanvasOrWords(const Theme& theme, QWidget* canvas, const QString& words, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_words(new QLabel(words, this)), m_scroll(new QScrollArea(this)) {
    m_words->setWordWrap(true);
    m_words->setAlignment(Qt::AlignTop);
    m_scroll->setWidget(canvas);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->hide();
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_words);
    all->addWidget(m_scroll);
    connect(&m_theme, &Theme::changed, this, &CanvasOrWords::restyle);
    restyle();
}

void CanvasOrWords::showCanvas(bool canvas) {
    m_scroll->setVisible(canvas);
    m_words->setVisible(!canvas);
}

void CanvasOrWords::restyle() {
    m_words->setFont(m_theme.body());
    QPalette palette = m_words->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_words->setPalette(palette);
    m_scroll->widget()->updateGeometry();
}

}  // namespace mm::gui
