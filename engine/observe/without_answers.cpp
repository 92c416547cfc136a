// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/observe/without_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/firmware/log_lines.h"
#include "engine/observe/line_kinds.h"

namespace mm {
namespace {

/// "Memory: 338620K/2096632K available (14343K kernel code, 2338K rwdata, 1000K reserved, ...)" keeps the image's
/// sizes.
std::string memory_line_without_answers(std::string_view line) {
    constexpr std::array<std::string_view, 6> kept{"kernel code", "rwdata", "rodata", "data", "init", "bss"};
    std::string sizes;
    auto rest = line.substr(std::min(line.find('('), line.size() - 1) + 1);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(",)"), rest.size());
        const auto field = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 2, rest.size()));
        const auto blank = field.find(' ');
        if (blank == std::string_view::npos) continue;
        if (std::find(kept.begin(), kept.end(), field.substr(blank + 1)) == kept.end()) continue;
        sizes += std::string(field) + ", ";
    }
    return "Memory: ?K/?K available (" + sizes + "?K reserved)";
}

std::string log_without_answers(const std::vector<ObservedLine>& lines, const std::vector<std::string>& also_given) {
    std::string log;
    for (const ObservedLine& line : lines) {
        const Category category = kind_of(line.text).category;
        if (category == Category::memory)
            log += memory_line_without_answers(line.text) + "\n";
        else if (category == Category::slub)
            log += "SLUB: ?\n";  // what it was built with is given, what it computes is not
        else if (category == Category::given ||
                 std::find(also_given.begin(), also_given.end(), line.text) != also_given.end())
            log += line.text + "\n";
    }
    return log;
}

/// What the device tree says of QEMU's virt machine: RAM from 1 GiB on, node after node.
nlohmann::json device_tree_memory(const nlohmann::json& nodes) {
    constexpr PhysAddr first = 1 * GiB;
    auto memory = nlohmann::json::array();
    PhysAddr start = first;
    for (const auto& node : nodes) {
        if (!node.is_object() || !node.contains("memory") || !node["memory"].is_number_unsigned()) continue;
        const Bytes size = node["memory"];
        memory.push_back({{"node", node.value("id", 0)},
                          {"start", fmt::format("{:#x}", start)},
                          {"end", fmt::format("{:#x}", start + size - 1)}});
        start += size;
    }
    return memory;
}

std::string config_without_answers(const std::string& text) {
    const auto config = nlohmann::json::parse(text, nullptr, false);
    if (!config.is_object()) return text;  // the reader complains
    nlohmann::json kept;
    for (const char* name : {"arch", "initrd_bytes", "device_tree_memory", "page_offset"})
        if (config.contains(name)) kept[name] = config[name];
    const auto firmware = config.value("firmware", nlohmann::json());
    const bool device_tree =
        firmware.is_string() && firmware.get_ref<const std::string&>().find("device tree") != std::string::npos;
    if (device_tree && !kept.contains("device_tree_memory") && config.contains("nodes"))
        kept["device_tree_memory"] = device_tree_memory(config["nodes"]);
    return kept.dump();
}

}  // namespace

std::vector<ObservedLine> log_lines(std::string_view log, unsigned first, unsigned last) {
    std::vector<ObservedLine> lines;
    LogLines reader(log);
    while (const auto line = reader.next()) {
        if (reader.number() > last) break;
        if (reader.number() >= first && !line->empty()) lines.push_back({reader.number(), std::string(*line)});
    }
    return lines;
}

CaptureFiles without_answers(const CaptureFiles& files, const std::vector<ObservedLine>& lines,
                             const std::vector<std::string>& also_given) {
    CaptureFiles given = files;
    given.log = log_without_answers(lines, also_given);
    given.zoneinfo.clear();
    if (!files.config.empty()) given.config = config_without_answers(files.config);
    return given;
}

}  // namespace mm
