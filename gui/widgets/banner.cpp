// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/banner.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include "gui/style/theme.h"

namespace mm::gui {
Banner::Banner(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_label(new QLabel(this)), m_dismiss(new QToolButton(this)) {
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_dismiss->setText("Dismiss");
    m_dismiss->setProperty("flat", true);
    m_dismiss->setToolTip("Hide this message (Esc)");
    auto* layout = new QHBoxLayout(this);
    layout->addWidget(m_label, 1);
    layout->addWidget(m_dismiss, 0, Qt::AlignTop);
    connect(m_dismiss, &QToolButton::clicked, this, &QWidget::hide);
    connect(&theme, &Theme::changed, this, &Banner::restyle);
    setAccessibleName("Error message");
    restyle();
    hide();
}

void Banner::showError(const QString& sentence) {
    m_label->setText(sentence);
    m_label->setAccessibleName(sentence);
    show();
}

QString Banner::sentence() const {
    return m_label->text();
}

void Banner::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Alarm colours = m_theme.alarm();
    painter.setPen(colours.edge);
    painter.setBrush(colours.wash);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(6), m_theme.px(6));
}

void Banner::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return hide();
    QWidget::keyPressEvent(event);
}

void Banner::restyle() {
    const QString ink = QString("color: %1;").arg(m_theme.alarm().ink.name());
    m_label->setStyleSheet(ink);
    m_dismiss->setStyleSheet(ink);
    layout()->setContentsMargins(m_theme.px(12), m_theme.px(6), m_theme.px(6), m_theme.px(6));
    update();
}

}  // namespace mm::gui
