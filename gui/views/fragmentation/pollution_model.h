// SPDX-License-Identifier: GPL-3.0-or-later
// Pageblocks with pages that do not belong there, most first: which, what is in them, since when and by whom.
#pragma once

#include <QAbstractTableModel>

#include "gui/state/answers.h"

namespace mm::gui {

class PollutionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { pageblock, zone, type, foreign, since, oldest, owner, columns };
    using QAbstractTableModel::QAbstractTableModel;

    void setMap(std::shared_ptr<const PollutionAnswer> answer);
    /// REQUIRES: row < rowCount().
    const PollutedBlock& block(int row) const { return m_answer->map.blocks[static_cast<std::size_t>(row)]; }
    int rowOf(Pfn first) const;  ///< -1: it is not there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::shared_ptr<const PollutionAnswer> m_answer;
};

}  // namespace mm::gui
