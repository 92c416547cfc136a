// SPDX-License-Identifier: GPL-3.0-or-later
// Where the picture of reclaim has what: for each node a gauge of free memory, its LRU lists and what its shrinkers
// have, then counters. Geometry only, in pixels.
//
//      Node 0    [ free ........|min|low|high ]
//      inactive anon    12 MiB  [#####      ]  [ ][ ][#][ ] ...   from the tail: looked at first
//      active anon      ...
//      dentries         1 200
//      pgscan_kswapd    ...     pgsteal_kswapd ...
#pragma once

#include <QRectF>
#include <vector>

#include "engine/mm/lru.h"
#include "gui/style/theme.h"

namespace mm::gui {

struct ListsLayout {
    struct NodeRows {
        Nid nid = 0;
        double caption = 0;  ///< top of its line of words
        QRectF gauge;
        std::array<double, nr_lru_lists> lists{};  ///< tops of rows
        double shrinkers = 0;
    };
    std::vector<NodeRows> nodes;
    double line = 0, row = 0;                          ///< heights
    double amount = 0, bar = 0, barEnd = 0, tail = 0;  ///< left edges of columns; names begin at 0
    double cell = 0;
    std::size_t tailCells = 0;
    double counters = 0, legend = 0, height = 0;
    std::size_t counterColumns = 1;
    double counterWidth = 0;

    static ListsLayout fit(const std::vector<Nid>& nodes, std::size_t counters, const Theme& theme, double width);
    QRectF cellOf(std::size_t node, LruList list, std::size_t i) const;
    QRectF barOf(std::size_t node, LruList list) const;
};

}  // namespace mm::gui
