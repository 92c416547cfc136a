// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a moment as a table, in the order in which they came.
#pragma once

#include "engine/snapshot/snapshot.h"
#include "gui/models/rows_model.h"

namespace mm::gui {

class FileModel : public RowsModel<FileId> {
    Q_OBJECT
public:
    enum Column { path, cached, size, dirty, maps, kept, columns };
    enum Role { inMemory = Qt::UserRole + 40 };  ///< false: all of it is on the disk alone
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    FileId fileAt(int row) const { return hasRow(row) ? rowAt(row) : no_id; }
    /// What a file is made of, in a line; "": no such file.
    QString summary(FileId id) const;

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString figures(const File& file) const;
    QString words(const File& file) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
