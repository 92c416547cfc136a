// SPDX-License-Identifier: GPL-3.0-or-later
// The chunks of per-CPU memory as a table: those of boot first.
#pragma once

#include "gui/models/rows_model.h"

namespace mm::gui {

class ChunkModel : public RowsModel<ChunkId> {
    Q_OBJECT
public:
    enum Column { base, allocations, used, free, largest, pages, list, columns };
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    ChunkId chunkAt(int row) const { return hasRow(row) ? rowAt(row) : no_chunk; }

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// In a line: "first chunk at 0xffff88801f200000: 3 allocations, 28.6 KiB free in 8 pages".
    QString summary(ChunkId id) const;

private:
    static QString figures(const PercpuChunk& chunk);
    QString name(ChunkId id) const;
    /// On which of the lists it is: "slot 11", "sidelined".
    QString listOf(ChunkId id) const;
    QString cell(ChunkId id, int column) const;
    /// The same chunk at the moment that is compared with; null: it was not there.
    const PercpuChunk* atMark(ChunkId id) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
