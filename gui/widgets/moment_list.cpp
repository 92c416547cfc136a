// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/moment_list.h"

#include <QHeaderView>
#include <QTableView>

#include "gui/style/theme.h"

namespace mm::gui {

void MomentDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    const Tokens& ink = m_theme.tokens();
    const bool future = index.data(m_futureRole).toBool();
    const QColor colour = future ? ink.faint : index.column() == m_what ? ink.text : ink.dim;
    option->palette.setColor(QPalette::Text, colour);
    option->palette.setColor(QPalette::HighlightedText, colour);
    if (index.data(m_nowRole).toBool()) option->backgroundBrush = ink.accentWash;
    option->state.setFlag(QStyle::State_HasFocus, false);  // the row is marked, not the cell
}

void makeList(QTableView& list) {
    list.setSelectionBehavior(QAbstractItemView::SelectRows);
    list.setSelectionMode(QAbstractItemView::SingleSelection);
    list.setShowGrid(false);
    list.setWordWrap(false);
    list.setTabKeyNavigation(false);
    list.verticalHeader()->hide();
    list.horizontalHeader()->setStretchLastSection(true);
    list.horizontalHeader()->setHighlightSections(false);
    list.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace mm::gui
