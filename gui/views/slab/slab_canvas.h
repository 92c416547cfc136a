// SPDX-License-Identifier: GPL-3.0-or-later
// One cache's slabs, a row each: where the slab is to be found and its objects, used or free. A click on a row selects
// the slab's frames everywhere, and the object under the pointer here.
//
//      pfn 0x1a8c0   CPU 0          [x][x][ ][x][ ][ ][ ][ ]
//      pfn 0x1a8c2   node partial   [ ][x][x][x][x][x][x][x]
//
// Of SLAB the arrays stand above (array_rows.h); objects that wait in them are told apart in their slabs, too.
#pragma once

#include <QWidget>
#include <optional>

#include "engine/snapshot/hierarchy.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/slab/array_rows.h"

class QPainter;

namespace mm::gui {

class SlabCanvas : public QWidget {
    Q_OBJECT
public:
    SlabCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setCache(CacheId id);
    CacheId cache() const { return m_cache; }
    void setObject(std::optional<PhysAddr> object);
    /// The object that was clicked or answered last, if it is in use.
    std::optional<PhysAddr> object() const { return m_object; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }
    /// Row and objects of a slab, for the width the canvas has; empty where it is not shown.
    QRectF rowOf(SlabId slab) const;
    QRectF cellOf(SlabId slab, ObjectId object) const;
    /// What an array's entries have of the row; empty where there is no such row.
    QRectF arrayRoom(std::size_t row) const;

Q_SIGNALS:
    void objectChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    const KmemCache* shown() const;
    void listSlabs();
    double rowHeight() const { return m_theme.px(20); }
    double slabsFrom() const { return rowHeight() * double(m_arrays.size()); }
    double cellsFrom() const;
    double cellWidth(const KmemCache& s) const;
    QColor ink(const KmemCache& s, ObjectId link) const;
    void paintArrayRow(QPainter& painter, const KmemCache& s, std::size_t row) const;
    void paintSlab(QPainter& painter, const KmemCache& s, std::size_t row) const;
    void paintObjects(QPainter& painter, const KmemCache& s, SlabId id) const;
    std::optional<ObjectPlace> placeAt(QPointF at) const;
    std::optional<std::size_t> arrayAt(QPointF at) const;
    QString placeWords(const KmemCache& s, SlabId id) const;
    QString words(const KmemCache& s, const ObjectPlace& place) const;
    /// The row of the selected frames' slab; none: they are no part of this cache.
    std::optional<std::size_t> chosenRow() const;
    void choose(std::size_t row);

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    CacheId m_cache = no_cache;
    std::vector<ArrayRow> m_arrays;    ///< rows above the slabs
    std::vector<SlabId> m_slabs;       ///< rows
    std::vector<std::size_t> m_rowOf;  ///< of each slab; noRow: it is not there
    std::optional<PhysAddr> m_object;
};

}  // namespace mm::gui
