// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "engine/snapshot/pollution.h"

namespace mm {
namespace {

std::string put_pages(const PollutionMap& map) {
    std::string out = fmt::format("{:<12} {:>10}", "pageblocks", "number");
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        out += fmt::format(" {:>12}", page_class_name(c));
    out += "   pages in use, by what they were allocated as\n";
    for (std::size_t t = 0; t < nr_migratetypes; ++t) {
        if (map.pageblocks[t] == 0) continue;
        const auto type = static_cast<MigrateType>(t);
        out += fmt::format("{:<12} {:>10}", name_of(type), map.pageblocks[t]);
        for (std::size_t c = 0; c < nr_page_classes; ++c)
            out += fmt::format(" {:>11}{}", map.pages[t][c], is_foreign(c, type) && map.pages[t][c] ? '*' : ' ');
        out += '\n';
    }
    return out;
}

std::string put_block(const PollutedBlock& b, const Moments& moments) {
    std::string kinds;
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        if (b.pages[c] != 0 && is_foreign(c, b.type))
            kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", b.pages[c], page_class_name(c));
    return fmt::format("  {:>8} {:<10} {:<12} {}; since {}; the oldest, pfn {}, from {}\n", b.first, zone_key(b.zone),
                       name_of(b.type), kinds, when_text(b.since, moments), b.oldest_pfn, when_text(b.oldest, moments));
}

std::string put_transitions(const PollutionMap& map, const Moments& moments) {
    std::map<std::pair<MigrateType, MigrateType>, Transition> all;
    for (const Transition& each : transitions(map))
        all[{each.from, each.to}] = each;
    std::string out = fmt::format("changes of pageblocks' types: {}\n", map.changes.size());
    if (all.empty()) return out;
    out += fmt::format("  {:<12}", "from \\ to");
    std::array<bool, nr_migratetypes> used{};
    for (const auto& [kind, t] : all)
        used[static_cast<std::size_t>(kind.first)] = used[static_cast<std::size_t>(kind.second)] = true;
    const auto each_used = [&used](auto&& then) {
        for (std::size_t t = 0; t < nr_migratetypes; ++t)
            if (used[t]) then(static_cast<MigrateType>(t));
    };
    each_used([&](MigrateType to) { out += fmt::format(" {:>12}", name_of(to)); });
    out += '\n';
    each_used([&](MigrateType from) {
        out += fmt::format("  {:<12}", name_of(from));
        each_used([&](MigrateType to) {
            const auto it = all.find({from, to});
            out += fmt::format(" {:>12}", it == all.end() ? 0 : it->second.count);
        });
        out += '\n';
    });
    for (const auto& [kind, t] : all)
        out += fmt::format("  {} -> {}: {} times, first at {}, last at {}\n", name_of(kind.first), name_of(kind.second),
                           t.count, when_text(t.first, moments), when_text(t.last, moments));
    return out;
}

nlohmann::ordered_json json_of(const PollutedBlock& b) {
    nlohmann::ordered_json pages;
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        pages[std::string(page_class_name(c))] = b.pages[c];
    nlohmann::ordered_json j{{"first", b.first},  {"zone", zone_key(b.zone)},  {"type", name_of(b.type)},
                             {"pages", pages},    {"foreign", b.foreign},      {"since", nullptr},
                             {"oldest", nullptr}, {"oldest_pfn", b.oldest_pfn}};
    if (!b.owner.empty()) j["owner"] = b.owner;
    if (b.since) j["since"] = *b.since;
    if (b.oldest) j["oldest"] = *b.oldest;
    return j;
}

}  // namespace

std::vector<Transition> transitions(const PollutionMap& map) {
    std::map<std::pair<MigrateType, MigrateType>, Transition> all;
    for (const TypeChange& c : map.changes) {
        Transition& t = all[{c.from, c.to}];
        if (t.count++ == 0) t = {c.from, c.to, 1, c.event, c.event};
        t.last = c.event;
    }
    std::vector<Transition> out;
    for (const auto& [kind, t] : all)
        out.push_back(t);
    return out;
}

std::string when_text(const std::optional<Position>& event, const Moments& moments) {
    if (!event) return "before the start";
    const Moment m = moments(*event);
    return m.seconds ? fmt::format("event {} ({:.6f} s, {})", *event, *m.seconds, m.who)
                     : fmt::format("event {} ({})", *event, m.who);
}

std::string print_text(const PollutionMap& map, const Moments& moments, std::size_t blocks_shown) {
    std::string out = fmt::format("after {} events\n\n", map.at) + put_pages(map);
    NrPages foreign = 0;
    for (const PollutedBlock& b : map.blocks)
        foreign += b.foreign;
    out += fmt::format("\n*: {} pages in {} pageblocks of another type\n", foreign, map.blocks.size());
    for (std::size_t i = 0; i < std::min(blocks_shown, map.blocks.size()); ++i)
        out += put_block(map.blocks[i], moments);
    if (map.blocks.size() > blocks_shown) out += fmt::format("  and {} more\n", map.blocks.size() - blocks_shown);
    return out + "\n" + put_transitions(map, moments);
}

std::string print_json(const PollutionMap& map, const Moments& moments) {
    nlohmann::ordered_json j;
    j["at"] = map.at;
    for (std::size_t t = 0; t < nr_migratetypes; ++t) {
        const std::string type(name_of(static_cast<MigrateType>(t)));
        j["pageblocks"][type] = map.pageblocks[t];
        for (std::size_t c = 0; c < nr_page_classes; ++c)
            j["pages"][type][std::string(page_class_name(c))] = map.pages[t][c];
    }
    j["blocks"] = nlohmann::ordered_json::array();
    for (const PollutedBlock& b : map.blocks)
        j["blocks"].push_back(json_of(b));
    j["transitions"] = nlohmann::ordered_json::array();
    for (const Transition& t : transitions(map))
        j["transitions"].push_back({{"from", name_of(t.from)},
                                    {"to", name_of(t.to)},
                                    {"count", t.count},
                                    {"first", t.first},
                                    {"last", t.last}});
    j["changes"] = nlohmann::ordered_json::array();
    for (const TypeChange& c : map.changes) {
        nlohmann::ordered_json one{{"event", c.event}};
        if (const Moment m = moments(c.event); m.seconds) one["seconds"] = *m.seconds;
        one["pageblock"] = c.first;
        one["from"] = name_of(c.from);
        one["to"] = name_of(c.to);
        j["changes"].push_back(std::move(one));
    }
    return j.dump(1) + "\n";
}

}  // namespace mm
