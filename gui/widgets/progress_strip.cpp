// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/progress_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>

#include "gui/style/theme.h"

namespace mm::gui {
namespace {

constexpr int delay = 300;  ///< milliseconds

}  // namespace

ProgressStrip::ProgressStrip(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_words(new QLabel(this)),
      m_bar(new QProgressBar(this)),
      m_cancel(new QToolButton(this)) {
    m_words->setTextFormat(Qt::PlainText);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("How far it is"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setToolTip(tr("Stop it; what is shown stays (Esc)"));
    auto* row = new QHBoxLayout(this);
    row->addWidget(m_words);
    row->addWidget(m_bar, 1);
    row->addWidget(m_cancel);
    m_delay.setSingleShot(true);
    m_delay.setInterval(delay);
    connect(&m_delay, &QTimer::timeout, this, [this] { setVisible(true); });
    connect(m_cancel, &QToolButton::clicked, this, &ProgressStrip::cancel);
    connect(&theme, &Theme::changed, this, &ProgressStrip::restyle);
    setAccessibleName(tr("Progress"));
    restyle();
    hide();
}

void ProgressStrip::show(const QString& what, double done) {
    m_words->setText(what);
    m_bar->setRange(0, done < 0 ? 0 : 1000);
    if (done >= 0) m_bar->setValue(static_cast<int>(done * 1000));
    m_cancel->setEnabled(true);
    if (!isVisible() && !m_delay.isActive()) m_delay.start();
}

void ProgressStrip::finish() {
    m_delay.stop();
    hide();
}

QString ProgressStrip::words() const {
    return m_words->text();
}

int ProgressStrip::percent() const {
    return m_bar->value() / 10;
}

void ProgressStrip::cancel() {
    m_cancel->setEnabled(false);
    Q_EMIT cancelled();
}

void ProgressStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_theme.tokens().line);
    painter.setBrush(m_theme.tokens().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(6), m_theme.px(6));
}

void ProgressStrip::restyle() {
    m_words->setFont(m_theme.body());
    m_cancel->setFont(m_theme.body());
    m_bar->setFixedHeight(m_theme.px(8));
    layout()->setContentsMargins(m_theme.px(12), m_theme.px(6), m_theme.px(6), m_theme.px(6));
    layout()->setSpacing(m_theme.px(12));
    update();
}

}  // namespace mm::gui
