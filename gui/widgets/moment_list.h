// SPDX-License-Identifier: GPL-3.0-or-later
// What lists of moments share (events, notes, biographies): flat rows without a grid, what is to come grey, the last
// thing that happened in the colour of time.
#pragma once

#include <QStyledItemDelegate>

class QTableView;

namespace mm::gui {

class Theme;

class MomentDelegate : public QStyledItemDelegate {
public:
    /// Roles of the model that tell a row of the future and that of now; what: its column of full ink.
    MomentDelegate(const Theme& theme, int futureRole, int nowRole, int what, QObject* parent)
        : QStyledItemDelegate(parent), m_theme(theme), m_futureRole(futureRole), m_nowRole(nowRole), m_what(what) {}

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
    const int m_futureRole, m_nowRole, m_what;
};

/// Whole rows are selected, one line each; the last column takes what is left.
void makeList(QTableView& list);

}  // namespace mm::gui
