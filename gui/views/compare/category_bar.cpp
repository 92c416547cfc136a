// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/category_bar.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/format/format.h"

namespace mm::gui {

CategoryBar::CategoryBar(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Categories"));
}

void CategoryBar::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    m_chosen.reset();
    updateGeometry();
    update();
}

void CategoryBar::setChosen(std::optional<Category> category) {
    m_chosen = category;
    update();
}

std::vector<CategoryBar::Chip> CategoryBar::layout(int width) const {
    std::vector<Chip> chips;
    if (!m_comparison) return chips;
    const QFontMetrics metrics(m_theme.small());
    const int gap = m_theme.px(6), pad = m_theme.px(7), high = metrics.height() + m_theme.px(6);
    int x = 0, y = 0;
    for (const CategoryCount& count : m_comparison->counts) {
        if (count.category == Category::zoneinfo) continue;  // it has a view of its own
        Chip chip{&count, {}, text(name_of(count.category)) + " " + number(count.equal), {}};
        if (count.different() != 0) chip.differs = QStringLiteral("≠ ") + number(count.different());
        int wide = metrics.horizontalAdvance(chip.words) + 2 * pad;
        if (!chip.differs.isEmpty()) wide += gap + metrics.horizontalAdvance(chip.differs);
        if (x > 0 && x + wide > width) {
            x = 0;
            y += high + gap / 2;
        }
        chip.rect = QRect(x, y, wide, high);
        x += wide + gap;
        chips.push_back(std::move(chip));
    }
    return chips;
}

int CategoryBar::heightForWidth(int width) const {
    const auto chips = layout(width);
    return chips.empty() ? 0 : chips.back().rect.bottom() + 1;
}

QSize CategoryBar::sizeHint() const {
    const int width = m_theme.px(480);
    return {width, heightForWidth(width)};
}

void CategoryBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.small());
    for (const Chip& chip : layout(width())) {
        const bool chosen = m_chosen == chip.count->category, differs = !chip.differs.isEmpty();
        painter.setPen(chosen ? m_theme.tokens().accent : m_theme.tokens().line);
        painter.setBrush(chosen    ? m_theme.tokens().accentWash
                         : differs ? m_theme.difference().wash
                                   : m_theme.tokens().panel);
        painter.drawRoundedRect(QRectF(chip.rect).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(4), m_theme.px(4));
        const QRect inside = chip.rect.adjusted(m_theme.px(7), 0, -m_theme.px(7), 0);
        painter.setPen(m_theme.tokens().text);
        painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, chip.words);
        painter.setPen(chosen ? m_theme.tokens().text : m_theme.difference().ink);
        painter.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, chip.differs);
    }
}

void CategoryBar::mousePressEvent(QMouseEvent* event) {
    for (const Chip& chip : layout(width()))
        if (chip.rect.contains(event->position().toPoint())) {
            setChosen(m_chosen == chip.count->category ? std::nullopt : std::optional(chip.count->category));
            Q_EMIT chosen(m_chosen);
            return;
        }
}

bool CategoryBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    for (const Chip& chip : layout(width()))
        if (chip.rect.contains(help->pos())) {
            const CategoryCount& c = *chip.count;
            QString words =
                tr("<b>%1</b>: %2<br>%3 equal, %4 different")
                    .arg(text(name_of(c.category)), text(words_of(c.category)), number(c.equal), number(c.different()));
            if (c.given != 0) words += tr(", %1 given").arg(number(c.given));
            QToolTip::showText(help->globalPos(), words + tr("<br>click: only these lines"), this);
        }
    return true;
}

}  // namespace mm::gui
