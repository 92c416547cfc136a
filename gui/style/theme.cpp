// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/style/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QWidget>
#include <algorithm>
#include <cmath>

#include "gui/style/style_sheet.h"

namespace mm::gui {
namespace {

/// hasFamily() would ask fontconfig what each name could stand for, which takes a tenth of a window's start.
QString firstInstalled(const QStringList& wanted, QFontDatabase::SystemFont otherwise) {
    const QStringList installed = QFontDatabase::families();  // "Noto Sans [GOOG]" where two foundries have it
    for (const QString& family : wanted)
        for (const QString& name : installed)
            if (name.section(" [", 0, 0).compare(family, Qt::CaseInsensitive) == 0) return family;
    return QFontDatabase::systemFont(otherwise).family();
}

QFont sized(const QString& family, int pixels, QFont::Weight weight = QFont::Normal) {
    QFont font(family);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

}  // namespace

Theme::Theme(bool dark, QObject* parent)
    : QObject(parent),
      m_dark(dark),
      m_bodyFamily(
          firstInstalled({"Inter", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans"}, QFontDatabase::GeneralFont)),
      m_monoFamily(
          firstInstalled({"DejaVu Sans Mono", "JetBrains Mono", "Noto Sans Mono", "Noto Mono", "Liberation Mono"},
                         QFontDatabase::FixedFont)) {
    build();
}

void Theme::setDark(bool dark) {
    if (m_dark == dark) return;
    m_dark = dark;
    build();
    Q_EMIT changed();
}

void Theme::setZoom(double zoom) {
    zoom = std::clamp(zoom, 0.75, 3.0);
    if (std::abs(zoom - m_zoom) < 1e-9) return;
    m_zoom = zoom;
    Q_EMIT changed();
}

void Theme::setHighContrastTextures(bool on) {
    if (m_letters == on) return;
    m_letters = on;
    Q_EMIT changed();
}

int Theme::px(double at100) const {
    return static_cast<int>(std::lround(at100 * m_zoom));
}

QFont Theme::body() const {
    return sized(m_bodyFamily, px(12));
}
QFont Theme::small() const {
    return sized(m_bodyFamily, px(11));
}
QFont Theme::axis() const {
    return sized(m_bodyFamily, px(10));
}
QFont Theme::title() const {
    return sized(m_bodyFamily, px(12), QFont::DemiBold);
}
QFont Theme::mono() const {
    QFont font = sized(m_monoFamily, px(11));
    font.setStyleHint(QFont::Monospace);
    return font;
}

QFont enlarged(QFont font, double factor) {
    font.setPixelSize(static_cast<int>(std::lround(font.pixelSize() * factor)));
    return font;
}

QBrush Theme::hatch() const {
    const int side = std::max(6, px(6));
    QPixmap tile(side, side);
    tile.fill(m_tokens.hole);
    QPainter painter(&tile);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_tokens.holeHatch, std::max(1.0, m_zoom)));
    // Three parallels, so that the strokes meet across the tile's corners.
    for (const int shift : {-side, 0, side})
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1));
    return QBrush(tile);
}

namespace {

/// Fusion whose cells of tables have margins that grow with their letters, so that columns stay apart when text is
/// large.
class ItemStyle : public QProxyStyle {
public:
    ItemStyle() : QProxyStyle("Fusion") {}
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
        const int margin = QProxyStyle::pixelMetric(metric, option, widget);
        return metric == PM_FocusFrameHMargin && widget ? std::max(margin, widget->fontMetrics().height() / 4) : margin;
    }
};

}  // namespace

void Theme::prepareApplication() {
    const bool there = !qApp->styleSheet().isEmpty() || dynamic_cast<ItemStyle*>(QApplication::style());
    if (!there) QApplication::setStyle(new ItemStyle);
}

void Theme::applyToApplication() const {
    prepareApplication();
    QPalette palette;
    palette.setColor(QPalette::Window, m_tokens.background);
    palette.setColor(QPalette::Base, m_tokens.panel);
    palette.setColor(QPalette::AlternateBase, m_tokens.background);
    palette.setColor(QPalette::Button, m_tokens.panel);
    palette.setColor(QPalette::ToolTipBase, m_tokens.panel);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, m_tokens.text);
    palette.setColor(QPalette::PlaceholderText, m_tokens.faint);
    palette.setColor(QPalette::Highlight, m_tokens.accent);
    palette.setColor(QPalette::HighlightedText, textOn(m_tokens.accent));
    palette.setColor(QPalette::Link, m_tokens.accent);
    palette.setColor(QPalette::Mid, m_tokens.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, m_tokens.faint);
    QApplication::setPalette(palette);
    QApplication::setFont(body());
    qApp->setStyleSheet(styleSheetFor(*this));
}

}  // namespace mm::gui
