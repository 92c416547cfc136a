// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of a snapshot's log as an item model. Stepping back and forth only inserts or removes at the end.
#pragma once

#include <QAbstractListModel>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

class LogModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    /// What lines are compared with (differsRole); null: with nothing.
    void setMark(const SnapshotPtr& mark);
    /// Lines that were not printed, or otherwise, at A; and of those printed at A how many are not there now.
    struct SinceMark {
        int fresh = 0, gone = 0;
    };
    SinceMark sinceMark() const;
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : m_rows; }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// The moment just after the event that printed the line.
    Position positionOf(int row) const;

private:
    bool differs(int row) const;

    SnapshotPtr m_snapshot, m_mark;
    int m_rows = 0;
};

}  // namespace mm::gui
