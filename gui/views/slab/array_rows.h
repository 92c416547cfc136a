// SPDX-License-Identifier: GPL-3.0-or-later
// The arrays of a cache of SLAB as rows above its slabs: objects that wait to be handed out, the next one at the right
// end.
//
//      CPU 0          [o][o][o][o][ ][ ][ ][ ]
//      node 0 shared  [o][o][ ][ ][ ][ ][ ][ ]
//      node 0 alien 1 [o][ ]
#pragma once

#include <QRectF>
#include <QString>
#include <optional>
#include <vector>

#include "engine/slab_common/kmem_cache.h"
#include "gui/style/theme.h"

class QPainter;

namespace mm::gui {

/// Lasts as long as the cache it was made of.
struct ArrayRow {
    QString name;
    const ArrayCache* array = nullptr;
};
/// Of each CPU, then of each node; none for a cache of SLUB.
std::vector<ArrayRow> arrayRows(const KmemCache& s);

/// Where the entry stands in a row whose entries have that room.
QRectF entryRect(const ArrayRow& row, const QRectF& room, unsigned entry, const Theme& theme);
void paintArray(QPainter& painter, const ArrayRow& row, const QRectF& room, const QColor& waiting, const Theme& theme);
/// The entry at that place of the row; none: no object waits there.
std::optional<CachedObject> entryAt(const ArrayRow& row, const QRectF& room, double x, const Theme& theme);
/// "CPU 0: 7 of 120 objects wait, filled and emptied 60 at a time".
QString arrayWords(const ArrayRow& row);

}  // namespace mm::gui
