// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/presets.h"

namespace mm::gui {

bool Preset::knows(const QString& id) const {
    if (strip.contains(id)) return true;
    for (const Column& column : columns)
        for (const Cell& cell : column.cells)
            if (cell.tabs.contains(id)) return true;
    return false;
}

QString Preset::largest() const {
    double most = 0;
    QString id;
    for (const Column& column : columns)
        for (const Cell& cell : column.cells)
            if (column.share * cell.share > most) most = column.share * cell.share, id = cell.tabs.value(0);
    return id;
}

std::span<const Preset> presets() {
    // Comparing views have their place in all of them and are closed until there is something to compare.
    static const std::vector<Preset> list{
        {"Boot",
         "Stages, what happens in them, the maps of addresses and frames",
         {{0.21, {{{"stages"}, 0.52}, {{"card", "why"}, 0.48}}},
          {0.56,
           {{{"physmap", "layout", "numa", "vmalloc", "compare-maps"}, 0.36},
            {{"heatmap", "buddy", "walk", "slab", "processes", "hierarchy", "compare"}, 0.64}}},
          {0.23, {{{"zones", "compare-zones"}, 0.62}, {{"page", "experiment", "compare-moments"}, 0.38}}}},
         {"plots", "log", "events", "notes"},
         0.165,
         0},
        {"Allocation",
         "The map large, free lists and the request beside it, events below",
         {{0.24, {{{"experiment", "stages"}, 0.5}, {{"why", "card"}, 0.5}}},
          {0.52, {{{"heatmap", "physmap", "compare", "compare-maps"}, 1}}},
          {0.24,
           {{{"buddy", "zones", "slab", "vmalloc", "processes", "hierarchy", "compare-zones"}, 0.55},
            {{"page", "compare-moments"}, 0.45}}}},
         {"events", "plots", "log"},
         0.22,
         0},
        {"Fragmentation",
         "How far free memory is in pieces, over time and over addresses",
         {{0.54, {{{"heatmap", "physmap", "compare", "compare-maps"}, 1}}},
          {0.46,
           {{{"fragmentation"}, 0.56},
            {{"zones", "buddy", "experiment", "why", "page", "compare-moments", "compare-zones"}, 0.44}}}},
         {"plots", "events", "log"},
         0.18,
         0},
        {"Running",
         "What processes do to memory: the map, who lives on it, the zones' watermarks, counters over time",
         {{0.46, {{{"heatmap", "physmap", "compare", "compare-maps"}, 1}}},
          {0.54,
           {{{"processes", "cache", "hierarchy", "experiment", "slab", "fragmentation"}, 0.53},
            {{"reclaim", "zones", "buddy", "vmalloc", "page", "why", "compare-moments", "compare-zones"}, 0.47}}}},
         {"plots", "events", "log"},
         0.22,
         0},
        {"Lecture",
         "Few panels and large text, to be seen from the last row",
         {{0.26, {{{"stages"}, 0.46}, {{"card", "why", "compare-moments"}, 0.54}}},
          {0.74, {{{"physmap", "compare-maps"}, 0.42}, {{"heatmap", "compare", "compare-zones"}, 0.58}}}},
         {"plots"},
         0.15,
         1.25},
    };
    return list;
}

const Preset* presetNamed(const QString& name) {
    for (const Preset& preset : presets())
        if (preset.name.compare(name, Qt::CaseInsensitive) == 0) return &preset;
    return nullptr;
}

QString presetNames() {
    QStringList names;
    for (const Preset& preset : presets())
        names.push_back(preset.name);
    return names.join(", ");
}

}  // namespace mm::gui
