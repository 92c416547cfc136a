// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/recording.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/types/words.h"

namespace mm {
namespace {

using Json = nlohmann::json;

std::optional<MigrateType> type_named(std::string_view name) {
    for (unsigned t = 0; t < nr_migratetypes; ++t)
        if (name_of(static_cast<MigrateType>(t)) == name) return static_cast<MigrateType>(t);
    return std::nullopt;
}

/// Calls row(words) for each line of the file that is neither empty nor a comment; false: not understood.
template<class Row>
Outcome<Done> each_row(const std::string& path, std::string_view expected, Row row) {
    std::ifstream in(path);
    if (!in) return Error{"cannot be opened; a recording's folder has it", path, 0};
    std::string line;
    for (unsigned n = 1; std::getline(in, line); ++n) {
        if (line.empty() || line[0] == '#') continue;
        if (!row(split_words(line)))
            return Error{fmt::format("\"{}\" was read; expected {}", line.substr(0, 80), expected), path, n};
    }
    return Done{};
}

Outcome<Done> read_free_lists(const std::string& folder, RecordedState& state) {
    return each_row(folder + "/free_lists.txt", "\"0:DMA32 Movable 10 2: 1024 2048\"", [&](const auto& words) {
        if (words.size() < 4 || words[3].back() != ':') return false;
        const auto zone = parse_zone_key(words[0]);
        const auto type = type_named(words[1]);
        const auto order = whole_number<Order>(words[2]);
        const auto count = whole_number<std::size_t>(words[3].substr(0, words[3].size() - 1));
        if (!zone || !type || !order || *order >= max_orders || !count || *count != words.size() - 4) return false;
        RecordedList list{*zone, *type, *order, {}};
        for (std::size_t i = 4; i < words.size(); ++i) {
            const auto pfn = whole_number<Pfn>(words[i]);
            if (!pfn) return false;
            list.blocks.push_back(*pfn);
        }
        state.free_lists.push_back(std::move(list));
        return true;
    });
}

Outcome<Done> read_pcp_lists(const std::string& folder, RecordedState& state) {
    return each_row(folder + "/pcp.txt", "\"0:DMA32 1 Movable 0 2: 13070/1 13069/1\"", [&](const auto& words) {
        if (words.size() < 5 || words[4].back() != ':') return false;
        const auto zone = parse_zone_key(words[0]);
        const auto pindex = whole_number<unsigned>(words[1]);
        const auto order = whole_number<Order>(words[3]);
        const auto count = whole_number<std::size_t>(words[4].substr(0, words[4].size() - 1));
        if (!zone || !pindex || *pindex >= PerCpuPages::max_lists || !order || !count || *count != words.size() - 5)
            return false;
        RecordedPcpList list{*zone, *pindex, *order, {}};
        for (std::size_t i = 5; i < words.size(); ++i) {
            const std::size_t slash = words[i].find('/');
            if (slash == std::string_view::npos) return false;
            const auto pfn = whole_number<Pfn>(words[i].substr(0, slash));
            const auto type = whole_number<unsigned>(words[i].substr(slash + 1));
            if (!pfn || !type || !migrate_type_of_number(*type)) return false;
            list.pages.push_back({*pfn, *migrate_type_of_number(*type)});
        }
        state.pcp_lists.push_back(std::move(list));
        return true;
    });
}

Outcome<Done> read_pageblocks(const std::string& folder, RecordedState& state) {
    return each_row(folder + "/pageblocks.txt", "\"512 0:DMA Movable 0\"", [&](const auto& words) {
        if (words.size() < 3) return false;
        const auto first = whole_number<Pfn>(words[0]);
        const auto zone = parse_zone_key(words[1]);
        const auto type = type_named(words[2]);
        if (!first || !zone || !type) return false;
        state.pageblocks.push_back({*first, *zone, *type, words.size() > 3 && words[3] == "1"});
        return true;
    });
}

Outcome<Done> read_pages(const std::string& folder, RecordedState& state) {
    return each_row(folder + "/pages.txt", "\"0 256 R\"", [&](const auto& words) {
        if (words.size() != 3 || words[2].size() != 1) return false;
        const auto first = whole_number<Pfn>(words[0]);
        const auto count = whole_number<NrPages>(words[1]);
        if (!first || !count) return false;
        state.pages.push_back({*first, *count, words[2][0]});
        return true;
    });
}

/// enum zone_type of 64-bit x86, by which lowmem_reserve is indexed; highest: with HighMem, of 32-bit x86.
std::array<ZoneType, 5> zone_types(bool has_highmem) {
    if (has_highmem) return {ZoneType::dma, ZoneType::normal, ZoneType::highmem, ZoneType::movable, ZoneType::device};
    return {ZoneType::dma, ZoneType::dma32, ZoneType::normal, ZoneType::movable, ZoneType::device};
}

Zone zone_of(const Json& j, ZoneRef ref, bool has_highmem) {
    Zone z;
    z.nid = ref.nid;
    z.type = ref.type;
    z.start_pfn = j.at("start_pfn");
    z.spanned = j.at("spanned");
    z.present = j.at("present");
    z.managed = j.at("managed");
    z.watermark = {j.at("watermark_min"), j.at("watermark_low"), j.at("watermark_high")};
    z.watermark_boost = j.at("watermark_boost");
    z.nr_reserved_highatomic = j.at("nr_reserved_highatomic");
    z.stat_threshold = j.at("stat_threshold");
    const auto types = zone_types(has_highmem);
    std::size_t i = 0;
    for (const Json& pages : j.at("lowmem_reserve"))
        if (i < types.size()) z.lowmem_reserve[static_cast<std::size_t>(types[i++])] = pages;
    const Json& pcp = j.at("pcp");
    z.pageset_high = pcp.at("high");
    z.pageset_batch = pcp.at("batch");
    PerCpuPages lists;
    lists.high = z.pageset_high;
    lists.batch = z.pageset_batch;
    lists.free_factor = pcp.at("free_factor");
    lists.expire = pcp.at("expire");
    lists.free_diff = j.at("nr_free_pages_cpu_diff");
    z.pcp.push_back(lists);
    return z;
}

Outcome<Done> read_zonelists(const Json& j, const std::string& path, RecordedState& state) {
    for (const auto& [key, zones] : j.items()) {
        const std::size_t colon = key.find(':');
        const auto nid = whole_number<Nid>(std::string_view(key).substr(0, colon));
        if (colon == std::string::npos || !nid || *nid < 0 || *nid > 1023)
            return Error{fmt::format("zonelist \"{}\" was read; expected \"0:fallback\" or \"0:thisnode\"", key), path,
                         0};
        while (state.nodes.size() <= static_cast<std::size_t>(*nid)) {
            state.nodes.emplace_back();
            state.nodes.back().nid = static_cast<Nid>(state.nodes.size()) - 1;
        }
        Node& node = state.nodes[static_cast<std::size_t>(*nid)];
        auto& list = key.substr(colon + 1) == "thisnode" ? node.thisnode : node.fallback;
        for (const Json& zone : zones) {
            const auto ref = parse_zone_key(zone.get<std::string>());
            if (!ref) return Error{fmt::format("{} in a zonelist is no zone", zone.dump()), path, 0};
            list.push_back(*ref);
        }
    }
    return Done{};
}

Outcome<Done> read_zones(const std::string& folder, RecordedState& state) {
    const std::string path = folder + "/zones.json";
    std::ifstream in(path);
    if (!in) return Error{"cannot be opened; a recording's folder has it", path, 0};
    try {
        const Json all = Json::parse(in);
        bool has_highmem = false;
        for (const Json& j : all.at("zones"))
            has_highmem |= j.at("key").get<std::string>().ends_with(":HighMem");
        for (const Json& j : all.at("zones")) {
            const auto ref = parse_zone_key(j.at("key").get<std::string>());
            if (!ref) return Error{fmt::format("zone {} was read; expected \"0:DMA32\"", j.at("key").dump()), path, 0};
            state.zones.push_back(zone_of(j, *ref, has_highmem));
        }
        if (auto done = read_zonelists(all.at("zonelists"), path, state); !done) return done;
        const Json sysctl = all.value("sysctl", Json::object());
        state.mobility_grouping = sysctl.value("page_group_by_mobility_disabled", 0) == 0;
        state.min_free_kbytes = sysctl.value("min_free_kbytes", std::uint64_t{0});
    } catch (const Json::exception& e) {
        return Error{e.what(), path, 0};
    }
    return Done{};
}

}  // namespace

std::optional<ZoneRef> parse_zone_key(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto nid = whole_number<Nid>(text.substr(0, colon));
    if (!nid || *nid < 0) return std::nullopt;
    for (unsigned t = 0; t < nr_zone_types; ++t)
        if (name_of(static_cast<ZoneType>(t)) == text.substr(colon + 1)) return ZoneRef{*nid, static_cast<ZoneType>(t)};
    return std::nullopt;
}

std::optional<MigrateType> migrate_type_of_number(unsigned n) {
    constexpr std::array types{MigrateType::unmovable, MigrateType::movable, MigrateType::reclaimable,
                               MigrateType::highatomic, MigrateType::isolate};
    if (n >= types.size()) return std::nullopt;
    return types[n];
}

unsigned number_of(MigrateType type) {
    return type == MigrateType::isolate ? 4 : static_cast<unsigned>(type);
}

ZoneType zone_type_of_index(unsigned index, const KernelProfile& profile) {
    for (unsigned t = 0; t < nr_zone_types; ++t)
        if (has_zone(profile, static_cast<ZoneType>(t)) && index-- == 0) return static_cast<ZoneType>(t);
    return ZoneType::device;
}

Outcome<RecordedState> read_recorded_state(const std::string& folder) {
    RecordedState state;
    for (const auto read : {read_zones, read_free_lists, read_pcp_lists, read_pageblocks, read_pages})
        if (auto done = read(folder, state); !done) return done.error();
    return state;
}

}  // namespace mm
