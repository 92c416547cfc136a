// SPDX-License-Identifier: GPL-3.0-or-later
// The processes of a moment as a table, by their numbers.
#pragma once

#include "engine/snapshot/snapshot.h"
#include "gui/models/rows_model.h"

namespace mm::gui {

class ProcessModel : public RowsModel<Pid> {
    Q_OBJECT
public:
    enum Column { pid, command, resident, swapped, tables, faults, columns };
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    Pid pidAt(int row) const;  ///< 0: no such row
    int rowOf(Pid pid) const;  ///< -1: it is not there

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString words(const Task& task, const Mm* mm) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
