// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/sides.h"

#include <algorithm>

#include "engine/snapshot/proc_format.h"

namespace mm {
namespace {

MapFacts maps_of(const std::vector<SideLine>& lines) {
    std::vector<std::string_view> texts;
    for (const SideLine& line : lines)
        texts.push_back(line.text);
    return map_facts(texts);
}

}  // namespace

Side real_side(const CaptureFiles& files, const std::vector<ObservedLine>& lines, const Machine& machine,
               const std::vector<std::string>& handed_over) {
    Side side;
    side.title = "real: Linux " + machine.version.text();
    side.real = true;
    for (const ObservedLine& line : lines) {
        SideLine l{.text = line.text, .kind = kind_of(line.text), .number = line.number};
        l.handed_over = std::find(handed_over.begin(), handed_over.end(), line.text) != handed_over.end();
        side.lines.push_back(std::move(l));
    }
    side.zones = zone_facts(files.zoneinfo);
    side.maps = maps_of(side.lines);
    return side;
}

Side computed_side(const Snapshot& booted) {
    Side side;
    side.title = "computed: Linux " + std::string(booted.profile->name);
    const History& history = booted.history;
    for (std::size_t i = 0; i < history.log_size(); ++i) {
        const LogLine& line = history.log_line(i);
        SideLine l{.text = line.text, .kind = kind_of(line.text), .at = line.at + 1};
        const RecordedEvent event = history.event(line.at);
        if (event.stage < history.stages().size()) {
            l.stage = history.stages()[event.stage].name;
            l.file = history.stages()[event.stage].file;
        }
        side.lines.push_back(std::move(l));
    }
    side.zones = zone_facts(print_zoneinfo(booted));
    side.maps = maps_of(side.lines);
    return side;
}

std::vector<std::string> underived_map_changes(const Comparison& comparison) {
    std::vector<std::string> changes;
    for (const Row& row : comparison.rows) {
        const bool real_differs = row.state == RowState::changed || row.state == RowState::only_left;
        if (row.category != Category::e820 || !real_differs) continue;
        const std::string& text = comparison.left.lines[*row.left].text;
        const bool change = text.starts_with("e820: update ") || text.starts_with("e820: remove ") ||
                            text.starts_with("e820 update range: ") || text.starts_with("e820 remove range: ");
        if (change) changes.push_back(text);
    }
    return changes;
}

}  // namespace mm
