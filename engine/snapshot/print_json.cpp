// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/snapshot/describe.h"
#include "engine/snapshot/proc_format.h"

namespace mm {
namespace {

using nlohmann::ordered_json;

constexpr int json_version = 1;

std::string hex(std::uint64_t v) {
    return fmt::format("{:#x}", v);
}
ordered_json range(PhysRange r) {
    return {{"start", hex(r.start)}, {"end", hex(r.end)}};
}

ordered_json e820_json(const E820Table& table) {
    ordered_json out = ordered_json::array();
    for (const auto& e : table.entries())
        out.push_back({{"start", hex(e.start)}, {"size", hex(e.size)}, {"type", e820_type_name(e.type)}});
    return out;
}

ordered_json regions_json(const std::vector<MemblockRegion>& regions) {
    ordered_json out = ordered_json::array();
    for (const auto& r : regions) {
        ordered_json o = range(r.range());
        o["flags"] = r.flags;
        if (r.nid != MemblockRegion::max_numnodes) o["node"] = r.nid;
        out.push_back(std::move(o));
    }
    return out;
}

ordered_json zone_json(const Zone& z, unsigned max_order) {
    ordered_json free = ordered_json::object();
    for (unsigned t = 0; t < nr_migratetypes; ++t) {
        ordered_json blocks = ordered_json::array();
        for (unsigned order = 0; order < max_order; ++order)
            blocks.push_back(z.free_area[order].free_list[t].blocks);
        free[std::string(name_of(static_cast<MigrateType>(t)))] = std::move(blocks);
    }
    return {{"zone", name_of(z.type)},
            {"node", z.nid},
            {"start_pfn", z.start_pfn},
            {"spanned", z.spanned},
            {"present", z.present},
            {"managed", z.managed},
            {"free", z.free_pages},
            {"watermark", {{"min", z.watermark[0]}, {"low", z.watermark[1]}, {"high", z.watermark[2]}}},
            {"free_blocks_by_order", std::move(free)}};
}

ordered_json zones_json(const Snapshot& s) {
    ordered_json out = ordered_json::array();
    for (const Node& node : s.state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated()) out.push_back(zone_json(zone, s.profile->max_order));
    return out;
}

ordered_json memblock_json(const Memblock& mb) {
    ordered_json claims = ordered_json::array();
    for (const auto& claim : mb.claims()) {
        ordered_json o = range(claim.range);
        o["owner"] = claim.owner;
        claims.push_back(std::move(o));
    }
    return {{"memory", regions_json(mb.memory())},
            {"reserved", regions_json(mb.reserved())},
            {"claims", std::move(claims)}};
}

ordered_json stages_json(const Snapshot& s) {
    ordered_json out = ordered_json::array();
    for (std::size_t i = 0; i < s.history.stages().size(); ++i) {
        const StageInfo& stage = s.history.stages()[i];
        const StageSpan span = s.history.spans()[i];
        out.push_back({{"name", stage.name},
                       {"file", stage.file},
                       {"depth", stage.depth},
                       {"first_event", span.first},
                       {"end_event", span.last}});
    }
    return out;
}

}  // namespace

std::string print_json(const Snapshot& s) {
    ordered_json j;
    j["mmscope"] = json_version;
    j["machine"] = {
        {"name", s.machine->name},    {"arch", name_of(s.machine->arch)},        {"kernel", s.machine->version.text()},
        {"profile", s.profile->name}, {"command_line", s.machine->command_line}, {"efi", s.machine->efi},
        {"notes", s.machine->notes}};
    j["at"] = {{"event", s.at},
               {"of", s.total},
               {"stage", s.stage < 0 ? "" : s.history.stages()[static_cast<std::size_t>(s.stage)].name},
               {"booted", s.booted},
               {"panic", s.state.panic}};
    j["e820"] = {{"firmware", e820_json(s.state.e820_firmware)}, {"kernel", e820_json(s.state.e820)}};
    j["max_pfn"] = s.state.max_pfn;
    j["max_low_pfn"] = s.state.max_low_pfn;
    j["max_arch_pfn"] = s.state.max_arch_pfn;
    j["memblock"] = memblock_json(s.state.memblock);
    j["zones"] = zones_json(s);
    j["totalram_pages"] = s.state.totalram_pages;
    j["stages"] = stages_json(s);
    ordered_json log = ordered_json::array();
    for (std::size_t i = 0; i < s.history.log_lines_at(s.at); ++i)
        log.push_back({{"event", s.history.log_line(i).at}, {"text", s.history.log_line(i).text}});
    j["log"] = std::move(log);
    return j.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mm
