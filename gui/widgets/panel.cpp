// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/panel.h"

#include <QEvent>
#include <QHBoxLayout>
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

}  // namespace

PanelTitle::PanelTitle(const QString& title, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_title(title) {
    setAccessibleName(title);
    connect(&theme, &Theme::changed, this, &PanelTitle::restyle);
}

void PanelTitle::setContext(const QString& context) {
    if (m_contextText == context) return;
    m_contextText = context;
    setAccessibleDescription(context);
    arrange();
    Q_EMIT contextShown();
}

void PanelTitle::addWidget(QWidget* widget) {
    m_extra = widget;
    m_row = new QHBoxLayout(this);
    m_row->addStretch(1);
    m_row->addWidget(widget);
    arrange();
}

void PanelTitle::setTitleShown(bool shown) {
    if (std::exchange(m_tabbed, !shown) == !shown) return;
    arrange();
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

QRect PanelTitle::titlePlace() const {
    const int side = m_theme.px(padding), top = m_theme.px(4);
    const int wanted = m_tabbed ? 0 : QFontMetrics(m_theme.title()).horizontalAdvance(m_title);
    return {side, top, std::min(wanted, std::max(0, width() - 2 * side)), height() - top};
}

/// What title and widget leave; nothing where the words are said beside the tabs.
QRect PanelTitle::contextPlace() const {
    const QRect title = titlePlace();
    const int gap = m_theme.px(8), left = title.isEmpty() ? title.left() : title.right() + 1 + gap;
    const int right = m_extra ? m_extra->x() - gap : width() - m_theme.px(padding);
    return {left, title.top(), compact() ? 0 : std::max(0, right - left), title.height()};
}

void PanelTitle::paintEvent(QPaintEvent*) {
    paintHalf(*this, m_theme, Half::top, m_focused);
    QPainter painter(this);
    if (!m_tabbed) {
        painter.setPen(m_theme.tokens().text);
        painter.setFont(m_theme.title());
        painter.drawText(titlePlace(), Qt::AlignLeft | Qt::AlignVCenter, m_title);
    }
    const QRect place = contextPlace();
    if (place.isEmpty()) return;
    painter.setPen(m_theme.tokens().dim);
    painter.setFont(m_theme.small());
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_contextText, Qt::ElideRight, place.width()));
}

/// The view's widget may have become wider: the words beside it have less room.
bool PanelTitle::event(QEvent* event) {
    const bool done = QWidget::event(event);
    if (event->type() == QEvent::LayoutRequest) arrange();
    return done;
}

void PanelTitle::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

/// The view's widget stays clear of the title; words that are cut are told by the tooltip.
void PanelTitle::arrange() {
    if (m_row) {
        const QRect title = titlePlace();
        const int gap = title.isEmpty() ? 0 : m_theme.px(8);
        m_row->setContentsMargins(title.left() + title.width() + gap, title.top(), m_theme.px(padding), 0);
        m_row->activate();
    }
    update();
    if (m_contextText.isEmpty()) return setToolTip({});  // measuring words takes longer than all else here
    const int wanted = QFontMetrics(m_theme.small()).horizontalAdvance(m_contextText);
    setToolTip(contextPlace().width() < wanted ? m_contextText : QString());
}

void PanelTitle::restyle() {
    arrange();
    updateGeometry();
}

PanelBody::PanelBody(QWidget* content, const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    auto* layout = new QVBoxLayout(this);
    if (content) layout->addWidget(content, 1);
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
