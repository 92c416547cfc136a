// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/hover_card.h"

#include <QPainter>
#include <algorithm>

namespace mm::gui {

HoverCard::HoverCard(const Theme& theme, QWidget* window) : QWidget(window), m_theme(theme) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

QFont HoverCard::fontOf(qsizetype line) const {
    if (line == 0) {
        QFont f = m_theme.mono();
        f.setWeight(QFont::Bold);
        return f;
    }
    return m_lines[line].startsWith('\t') ? m_theme.mono() : m_theme.small();
}

int HoverCard::lineHeight() const {
    return QFontMetrics(m_theme.body()).height() + m_theme.px(3);
}

void HoverCard::showLines(const QStringList& lines, QPoint pointer) {
    m_lines = lines;
    int width = 0;
    for (qsizetype i = 0; i < m_lines.size(); ++i)
        width = std::max(width, QFontMetrics(fontOf(i)).horizontalAdvance(m_lines[i].trimmed()));
    const QSize area = parentWidget()->size();
    const int pad = m_theme.px(12);
    const QSize size(std::min(width + 2 * pad, area.width()),
                     static_cast<int>(m_lines.size()) * lineHeight() + m_theme.px(16));
    const QPoint at = parentWidget()->mapFromGlobal(pointer);
    int x = at.x() + m_theme.px(16), y = at.y() + m_theme.px(16);
    if (x + size.width() > area.width()) x = at.x() - m_theme.px(12) - size.width();
    if (y + size.height() > area.height()) y = at.y() - m_theme.px(12) - size.height();
    setGeometry(QRect(QPoint(std::max(0, x), std::max(0, y)), size));
    raise();
    show();
    update();
}

void HoverCard::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = m_theme.tokens();
    p.setPen(QPen(t.line, 1));
    p.setBrush(t.panel);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(6), m_theme.px(6));
    QRect line(m_theme.px(12), m_theme.px(8), width() - m_theme.px(24), lineHeight());
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        const bool mono = m_lines[i].startsWith('\t');
        p.setFont(fontOf(i));
        p.setPen(i == 0 || mono ? t.text : t.dim);
        const QString shown = QFontMetrics(p.font()).elidedText(m_lines[i].trimmed(), Qt::ElideRight, line.width());
        p.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, shown);
        line.translate(0, line.height());
    }
}

}  // namespace mm::gui
