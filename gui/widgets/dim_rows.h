// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a table that matter less are dim: a role of the model tells which; those that differ from the moment A have
// its ground. Whole rows are marked, never one cell.
#pragma once

#include <QStyledItemDelegate>

#include "gui/models/difference_words.h"
#include "gui/style/theme.h"

namespace mm::gui {

class DimRows : public QStyledItemDelegate {
public:
    /// Dim where the role's value is `dimWhen`; role -1: nowhere.
    DimRows(const Theme& theme, QObject* parent) : DimRows(theme, -1, true, parent) {}
    DimRows(const Theme& theme, int role, bool dimWhen, QObject* parent)
        : QStyledItemDelegate(parent), m_theme(theme), m_role(role), m_dimWhen(dimWhen) {}

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const Tokens& ink = m_theme.tokens();
        const QColor colour = m_role >= 0 && index.data(m_role).toBool() == m_dimWhen ? ink.dim : ink.text;
        option->palette.setColor(QPalette::Text, colour);
        option->palette.setColor(QPalette::HighlightedText, colour);
        if (index.data(differsRole).toBool()) option->backgroundBrush = m_theme.difference().wash;
        option->state.setFlag(QStyle::State_HasFocus, false);
    }

private:
    const Theme& m_theme;
    const int m_role;
    const bool m_dimWhen;
};

}  // namespace mm::gui
