// SPDX-License-Identifier: GPL-3.0-or-later
// {"name", "left", "right", "equal", "different", "given", "not_compared",
//  "categories": [{"category", "equal", "different", "left", "right", "given"}],
//  "differences": [{"category", "left": {"line", "text"} or null, "right": {"text", "stage", "position"} or null,
//                   "explanation"}],
//  "zones": [{"zone", "field", "left", "right", "equal", "function"}]}
#include <nlohmann/json.hpp>

#include "engine/verify/report.h"

namespace mm {
namespace {

using Json = nlohmann::ordered_json;

Json line_json(const SideLine& line) {
    Json json;
    if (line.number != 0) json["line"] = line.number;
    json["text"] = line.text;
    if (!line.stage.empty()) json["stage"] = line.stage;
    if (line.at) json["position"] = *line.at;
    return json;
}

Json text_or_null(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

}  // namespace

std::string report_json(const Comparison& c, const std::string& name) {
    Json json{{"name", name},
              {"left", c.left.title},
              {"right", c.right.title},
              {"equal", c.equal()},
              {"different", c.different()},
              {"given", c.given},
              {"not_compared", c.not_compared},
              {"categories", Json::array()},
              {"differences", Json::array()},
              {"zones", Json::array()}};
    for (const CategoryCount& count : c.counts)
        json["categories"].push_back({{"category", name_of(count.category)},
                                      {"equal", count.equal},
                                      {"different", count.different()},
                                      {"left", count.left},
                                      {"right", count.right},
                                      {"given", count.given}});
    for (const Row& row : c.rows)
        if (row.differs())
            json["differences"].push_back({{"category", name_of(row.category)},
                                           {"left", row.left ? line_json(c.left.lines[*row.left]) : Json(nullptr)},
                                           {"right", row.right ? line_json(c.right.lines[*row.right]) : Json(nullptr)},
                                           {"explanation", explain(c, row)}});
    for (const ZoneRow& row : c.zones)
        json["zones"].push_back({{"zone", row.zone},
                                 {"field", row.field},
                                 {"left", text_or_null(row.left)},
                                 {"right", text_or_null(row.right)},
                                 {"equal", !row.differs()},
                                 {"function", row.function}});
    // Logs may hold bytes that are no UTF-8.
    return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mm
