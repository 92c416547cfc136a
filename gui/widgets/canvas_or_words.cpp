// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/canvas_or_words.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/widgets/empty_words.h"

namespace mm::gui {

CanvasOrWords::CanvasOrWords(const Theme& theme, QWidget* canvas, const QString& words, QWidget* parent)
    : QWidget(parent), m_words(new EmptyWords(theme, words, this)), m_scroll(new QScrollArea(this)) {
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
    connect(&theme, &Theme::changed, canvas, &QWidget::updateGeometry);
}

void CanvasOrWords::showCanvas(bool canvas) {
    m_scroll->setVisible(canvas);
    m_words->setVisible(!canvas);
}

void CanvasOrWords::setWords(const QString& words) {
    m_words->setText(words);
}

}  // namespace mm::gui
