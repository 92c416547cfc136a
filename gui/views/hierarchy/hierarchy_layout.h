// SPDX-License-Identifier: GPL-3.0-or-later
// Where boxes of the allocation hierarchy stand and how edges run between them: layers downwards, lanes side by side.
//
//      [kmalloc][kmem_cache_alloc]   [vmalloc]   [alloc_pages]   [per-CPU]    layer 0
//          |            |                |             |             |
//        [ cache                 ]       |             |             |        lanes that share no layer share a column
//          ...
#pragma once

#include <QPolygonF>
#include <QRectF>
#include <vector>

#include "engine/snapshot/hierarchy.h"

namespace mm::gui {

struct HierarchyMetrics {
    double width = 0, height = 0;  ///< of the whole picture
    double gap = 0;                ///< between boxes, and where edges run beside them
};

struct HierarchyLayout {
    std::vector<QRectF> boxes;     ///< as Hierarchy::boxes
    std::vector<QPolygonF> edges;  ///< as Hierarchy::edges

    static HierarchyLayout fit(const Hierarchy& hierarchy, const HierarchyMetrics& metrics);
};

}  // namespace mm::gui
