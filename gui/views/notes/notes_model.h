// SPDX-License-Identifier: GPL-3.0-or-later
// Bookmarks and notes as a table; the words can be written in place.
#pragma once

#include <QAbstractTableModel>

#include "engine/snapshot/snapshot.h"
#include "gui/state/notes.h"

namespace mm::gui {

class NotesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { event, stage, frames, words, columns };
    explicit NotesModel(Notes& notes, QObject* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);  ///< for the names of stages
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(int row, int column) const;
    Notes& m_notes;
    std::size_t m_rows;
    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
