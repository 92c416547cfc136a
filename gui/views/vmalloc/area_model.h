// SPDX-License-Identifier: GPL-3.0-or-later
// Areas of the vmalloc window as a table by address, as /proc/vmallocinfo: those in use and those that wait for a
// flush.
#pragma once

#include "gui/models/rows_model.h"
#include "gui/models/vm_pieces.h"

namespace mm::gui {

/// An area, or one that waits.
struct VmRow {
    VirtRange range;  ///< without the guard page
    VmKind kind{};
    friend bool operator==(const VmRow&, const VmRow&) = default;
};

class AreaModel : public RowsModel<VmRow> {
    Q_OBJECT
public:
    enum Column { address, size, pages, kind, phys, caller, columns };
    /// Whether it waits for a flush.
    static constexpr int waits = Qt::UserRole;
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    /// The area in use of that row; null where it is none.
    const VmArea* areaAt(int row) const;
    int rowOf(VirtAddr start) const;  ///< -1: it is not there

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString cell(const VmRow& row, int column) const;
    bool differs(const VmRow& row) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
