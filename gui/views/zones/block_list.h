// SPDX-License-Identifier: GPL-3.0-or-later
// The blocks of the chosen free list in list order (head first): pfn and address of the first ones, and how many more.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "gui/state/view_state.h"

namespace mm::gui {

class BlockListModel : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr std::size_t shown = 200;

    using QAbstractListModel::QAbstractListModel;
    void setList(const SnapshotPtr& snapshot, const std::optional<ListRef>& list);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// Empty for the last row that says how many more there are.
    PfnRange framesAt(int row) const;
    PfnRange firstBlock() const { return framesAt(0); }
    QString title() const { return m_title; }

private:
    std::vector<Pfn> m_blocks;
    NrPages m_total = 0;
    unsigned m_order = 0;
    QString m_title;
};

}  // namespace mm::gui
