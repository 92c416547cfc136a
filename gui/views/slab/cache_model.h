// SPDX-License-Identifier: GPL-3.0-or-later
// The slab caches of a moment as a table, the newest first as in /proc/slabinfo.
#pragma once

#include "engine/snapshot/snapshot.h"
#include "gui/models/rows_model.h"

namespace mm::gui {

class CacheModel : public RowsModel<CacheId> {
    Q_OBJECT
public:
    enum Column { cache, used, objects, size, perSlab, slabs, pages, columns };
    /// Whether the cache has a slab at all.
    static constexpr int hasSlabs = Qt::UserRole;
    using RowsModel::RowsModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    CacheId cacheAt(int row) const;

    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// In a line: "kmalloc-128: 6 of 32 objects in use, 1 slab of order 0".
    QString summary(CacheId id) const;

private:
    QString words(const KmemCache& s) const;
    QString wordsOfArrays(const KmemCache& s) const;
    QString figures(const KmemCache& s) const;
    /// The same cache at the moment that is compared with; null: it was not there.
    const KmemCache* atMark(CacheId id) const;

    SnapshotPtr m_snapshot;
};

}  // namespace mm::gui
