// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/table_and_canvas.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include "gui/style/theme.h"
#include "gui/widgets/elided_label.h"

namespace mm::gui {

void makeScroll(QScrollArea& scroll, QWidget* canvas) {
    scroll.setWidget(canvas);
    scroll.setWidgetResizable(true);
    scroll.setFrameShape(QFrame::NoFrame);
    scroll.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void styleScroll(QScrollArea& scroll, const Theme& theme) {
    QPalette ground = scroll.palette();
    ground.setColor(QPalette::Window, theme.tokens().panel);
    scroll.setPalette(ground);
}

void styleRows(QTableView& table, const Theme& theme) {
    table.setFont(theme.mono());
    table.horizontalHeader()->setFont(theme.small());
    table.verticalHeader()->setMinimumSectionSize(1);
    table.verticalHeader()->setDefaultSectionSize(QFontMetrics(theme.mono()).height() + theme.px(5));
}

TableAndCanvas::TableAndCanvas(const Theme& theme, QTableView* table, QWidget* canvas, QWidget* parent)
    : QSplitter(Qt::Vertical, parent),
      m_theme(theme),
      m_table(table),
      m_words(new ElidedLabel),
      m_scroll(new QScrollArea) {
    makeScroll(*m_scroll, canvas);
    addWidget(m_table);
    auto* below = new QWidget;
    auto* lines = new QVBoxLayout(below);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(0);
    lines->addWidget(m_words);
    lines->addWidget(m_scroll, 1);
    addWidget(below);
    setChildrenCollapsible(false);
}

void TableAndCanvas::chooseRow(int row) {
    if (row < 0) return;
    m_table->selectRow(row);
    m_table->scrollTo(m_table->model()->index(row, 0));
}

void TableAndCanvas::reveal(const QRectF& row) {
    m_scroll->ensureVisible(0, static_cast<int>(row.center().y()), 0, static_cast<int>(row.height()));
}

void TableAndCanvas::arrange(const QWidget& panel, int share) {
    m_words->setFixedHeight(m_table->horizontalHeader()->height());
    const bool wide = panel.width() > m_theme.px(900) && 4 * panel.width() > 5 * panel.height();
    const Qt::Orientation wanted = wide ? Qt::Horizontal : Qt::Vertical;
    if (m_arranged && orientation() == wanted) return;
    m_arranged = true;
    setOrientation(wanted);
    widget(1)->layout()->setContentsMargins(wide ? m_theme.px(8) : 0, 0, 0, 0);
    setSizes({1000, wide ? share : 1000});  // shares of what there is
    for (const int part : {0, 1})
        setStretchFactor(part, 1);
}

void TableAndCanvas::restyle() {
    m_words->setFont(m_theme.small());
    QPalette palette = m_words->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_words->setPalette(palette);
    styleRows(*m_table, m_theme);
    styleScroll(*m_scroll, m_theme);
}

}  // namespace mm::gui
