// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include "gui/views/view.h"

namespace mm::gui {
namespace {

constexpr double radius = 6, padding = 12;

enum class Half { top, bottom };

/// One half of the panel's rounded rectangle, open towards the other. Nothing is drawn beyond the widget: files (SVG)
/// know no clipping.
void paintHalf(QWidget& widget, const Theme& theme, Half half, bool focused) {
    QPainter painter(&widget);
    painter.setRenderHint(QPainter::Antialiasing);
    const double r = theme.px(radius), w = widget.width() - 0.5, h = widget.height();
    QPainterPath path({0.5, h});
    path.lineTo(0.5, 0.5 + r);
    path.arcTo(QRectF(0.5, 0.5, 2 * r, 2 * r), 180, -90);
    path.lineTo(w - r, 0.5);
    path.arcTo(QRectF(w - 2 * r, 0.5, 2 * r, 2 * r), 90, -90);
    path.lineTo(w, h);
    if (half == Half::bottom) {
        painter.translate(0, h);
        painter.scale(1, -1);
    }
    painter.setPen(QPen(focused ? theme.tokens().accent : theme.tokens().line, 1));
    painter.setBrush(theme.tokens().panel);
    painter.drawPath(path);
}

void setInk(QLabel& label, const QColor& ink, const QFont& font) {
    QPalette palette = label.palette();
    palette.setColor(QPalette::WindowText, ink);
    label.setPalette(palette);
    label.setFont(font);
}

}  // namespace

PanelTitle::PanelTitle(const QString& title, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_title(new QLabel(title, this)), m_context(new QLabel(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->addWidget(m_title);
    layout->addWidget(m_context, 1);
    m_context->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_context->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    setAccessibleName(title);
    connect(&theme, &Theme::changed, this, &PanelTitle::restyle);
    restyle();
}

void PanelTitle::setContext(const QString& context) {
    if (m_contextText == context) return;
    m_contextText = context;
    elide();
    Q_EMIT contextShown();
}

void PanelTitle::addWidget(QWidget* widget) {
    m_extra = widget;
    auto* row = static_cast<QHBoxLayout*>(layout());
    row->insertWidget(row->count(), widget);
    m_context->show();
}

void PanelTitle::setTitleShown(bool shown) {
    if (std::exchange(m_tabbed, !shown) == !shown) return;
    m_title->setVisible(shown);
    m_context->setVisible(!compact());
    updateGeometry();
    Q_EMIT contextShown();
}

void PanelTitle::setFocused(bool focused) {
    if (std::exchange(m_focused, focused) != focused) update();
}

void PanelBody::setFocused(bool focused) {
    if (std::exchange(m_focused, focused) != focused) update();
}

QSize PanelTitle::sizeHint() const {
    if (compact()) return {m_theme.px(160), m_theme.px(padding - 2)};
    const int extra = m_extra ? m_extra->sizeHint().height() + m_theme.px(8) : 0;
    return {m_theme.px(160), std::max(m_theme.px(34), extra)};
}

QSize PanelTitle::minimumSizeHint() const {
    return {m_theme.px(60), sizeHint().height()};
}

void PanelTitle::paintEvent(QPaintEvent*) {
    paintHalf(*this, m_theme, Half::top, m_focused);
}

void PanelTitle::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    elide();
}

void PanelTitle::elide() {
    layout()->activate();
    const QString shown = m_context->fontMetrics().elidedText(m_contextText, Qt::ElideRight, m_context->width());
    m_context->setText(shown);
    m_context->setToolTip(shown == m_contextText ? QString() : m_contextText);
}

void PanelTitle::restyle() {
    setInk(*m_title, m_theme.tokens().text, m_theme.title());
    setInk(*m_context, m_theme.tokens().dim, m_theme.small());
    const int side = m_theme.px(padding);
    layout()->setContentsMargins(side, m_theme.px(4), side, 0);
    layout()->setSpacing(m_theme.px(8));
    updateGeometry();
    elide();
    update();
}

PanelBody::PanelBody(QWidget* content, const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(content, 1);
    connect(&theme, &Theme::changed, this, &PanelBody::restyle);
    restyle();
}

void PanelBody::paintEvent(QPaintEvent*) {
    paintHalf(*this, m_theme, Half::bottom, m_focused);
}

void PanelBody::restyle() {
    const int side = m_theme.px(padding);
    layout()->setContentsMargins(side, m_theme.px(2), side, m_theme.px(10));
    layout()->setSpacing(m_theme.px(4));
    update();
}

void attachTitle(PanelTitle& title, View& view) {
    if (QWidget* widget = view.titleWidget()) title.addWidget(widget);
    const auto refresh = [&title, &view] { title.setContext(view.contextText()); };
    QObject::connect(&view, &View::contextChanged, &title, refresh);
    refresh();
}

QWidget* makePanel(View* view, const QString& title, const Theme& theme, QWidget* parent) {
    auto* panel = new QWidget(parent);
    auto* line = new PanelTitle(title, theme, panel);
    auto* layout = new QVBoxLayout(panel);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(line);
    layout->addWidget(new PanelBody(view, theme, panel), 1);
    attachTitle(*line, *view);
    return panel;
}

}  // namespace mm::gui
