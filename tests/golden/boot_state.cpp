// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/golden/boot_state.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace mm::test {
namespace {

/// The lines of a file, without the comment at its start.
std::vector<std::istringstream> lines_of(const std::string& path) {
    std::ifstream in(path);
    if (!in) ADD_FAILURE() << path << " cannot be read";
    std::vector<std::istringstream> out;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') out.emplace_back(line);
    return out;
}

std::vector<MemblockRegion> read_regions(const std::string& path) {
    std::vector<MemblockRegion> out;
    for (auto& line : lines_of(path)) {
        MemblockRegion r;
        line >> r.base >> r.size >> r.flags >> r.nid;
        if (line.fail()) ADD_FAILURE() << path << ": not a region: " << line.str();
        out.push_back(r);
    }
    return out;
}

void read_free_lists(const std::string& path, BootState& state) {
    for (auto& line : lines_of(path)) {
        std::string zone, type, count;
        unsigned order = 0;
        line >> zone >> type >> order >> count;
        auto& list = state.free_lists[zone + " " + type + " " + std::to_string(order)];
        for (Pfn pfn = 0; line >> pfn;)
            list.push_back(pfn);
        if (std::to_string(list.size()) + ":" != count)
            ADD_FAILURE() << path << ": another number of blocks: " << line.str();
    }
}

}  // namespace

BootState read_boot_state(const std::string& folder) {
    BootState state;
    state.memory = read_regions(folder + "/memblock_memory.txt");
    state.reserved = read_regions(folder + "/memblock_reserved.txt");
    read_free_lists(folder + "/free_lists.txt", state);
    for (auto& line : lines_of(folder + "/pageblocks.txt")) {
        Pfn pfn = 0;
        std::string zone, type;
        line >> pfn >> zone >> type;
        state.pageblocks[pfn] = zone + " " + type;
    }
    std::ifstream json(folder + "/zones.json");
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    if (parsed.is_discarded()) ADD_FAILURE() << folder << "/zones.json is no JSON";
    for (const auto& zone : parsed.value("zones", nlohmann::json::array()))
        for (const char* field : {"start_pfn", "spanned", "present", "managed", "nr_free_pages"})
            state.zones[zone.at("key")][field] = zone.at(field);
    return state;
}

}  // namespace mm::test
