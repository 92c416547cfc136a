// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/observe/zone_facts.h"

#include <algorithm>

#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

/// "Node 0, zone    DMA32" is "0/DMA32"; "" for another line.
std::string zone_title(std::string_view line) {
    LogScanner in(line);
    if (!in.take("Node ")) return {};
    const auto nid = in.take_decimal();
    if (!nid || !in.take(", zone")) return {};
    in.skip_blanks();
    return std::to_string(*nid) + "/" + std::string(in.rest());
}

/// "  pages free     3840", "        min      11", "  start_pfn:           1".
const ZoneField* field_of(LogScanner& in) {
    in.skip_blanks();
    in.take("pages ");
    for (const ZoneField& field : zone_fields) {
        if (!in.take(field.label)) continue;
        in.skip_blanks();
        return &field;
    }
    return nullptr;
}

}  // namespace

std::vector<ZoneFact> zone_facts(std::string_view text) {
    std::vector<ZoneFact> facts;
    std::string zone;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = line.substr(0, line.find_last_not_of(" \r") + 1);
        if (auto title = zone_title(line); !title.empty()) {
            zone = std::move(title);
            continue;
        }
        LogScanner in(line);
        if (zone.empty() || !line.starts_with(' ')) continue;
        if (const ZoneField* field = field_of(in))
            facts.push_back({zone, std::string(field->name), std::string(in.rest())});
    }
    return facts;
}

std::string_view function_of_zone_field(std::string_view name) {
    for (const ZoneField& field : zone_fields)
        if (field.name == name) return field.function;
    return {};
}

}  // namespace mm
