// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/machine_config.h"

#include <nlohmann/json.hpp>

#include "engine/firmware/log_scanner.h"
#include "engine/profile/address_space.h"

namespace mm {
namespace {

constexpr std::size_t most_nodes = 1024;
constexpr Bytes largest_initrd = 64 * GiB;

/// "0x40000000" or a number; nothing for anything else.
std::optional<PhysAddr> address_of(const nlohmann::json& value) {
    if (value.is_number_unsigned()) return value.get<PhysAddr>();
    if (!value.is_string()) return {};
    const auto& text = value.get_ref<const std::string&>();
    LogScanner in(text);
    const auto address = in.take_number();
    return address && in.at_end() ? address : std::nullopt;
}

/// {"node": 0, "start": "0x40000000", "end": "0x7fffffff"}, the end inclusive.
std::optional<DeviceTreeMemory> memory_of(const nlohmann::json& entry) {
    if (!entry.is_object()) return {};
    const auto start = address_of(entry.value("start", nlohmann::json()));
    const auto last = address_of(entry.value("end", nlohmann::json()));
    const auto node = entry.value("node", nlohmann::json(0U));
    if (!start || !last || *last < *start || *last + 1 == 0) return {};
    if (!node.is_number_unsigned() || node.get<std::uint64_t>() >= most_nodes) return {};
    return DeviceTreeMemory{node.get<Nid>(), {*start, *last + 1}};
}

/// Without a device tree of its own a capture says what QEMU's virt board was given: RAM from 1 GiB, node after node.
std::vector<DeviceTreeMemory> virt_board_memory(const nlohmann::json& json) {
    const auto firmware = json.find("firmware"), nodes = json.find("nodes");
    if (firmware == json.end() || !firmware->is_string() || nodes == json.end() || !nodes->is_array()) return {};
    if (firmware->get_ref<const std::string&>().find("device tree") == std::string::npos) return {};
    std::vector<DeviceTreeMemory> memory;
    PhysAddr start = GiB;
    for (const auto& node : *nodes) {
        const auto bytes = node.is_object() ? node.value("memory", nlohmann::json()) : nlohmann::json();
        if (!bytes.is_number_unsigned() || bytes.get<Bytes>() > 1024 * TiB || memory.size() >= most_nodes) return {};
        memory.push_back({static_cast<Nid>(memory.size()), {start, start + bytes.get<Bytes>()}});
        start += bytes.get<Bytes>();
    }
    return memory;
}

}  // namespace

std::optional<MachineConfig> parse_machine_config(std::string_view text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return {};
    MachineConfig config;
    if (const auto arch = json.find("arch"); arch != json.end() && arch->is_string())
        for (const auto known : {Arch::x86_64, Arch::i386, Arch::arm64})
            if (arch->get_ref<const std::string&>() == name_of(known)) config.arch = known;
    if (const auto bytes = json.find("initrd_bytes"); bytes != json.end() && bytes->is_number_unsigned())
        if (const auto size = bytes->get<Bytes>(); size <= largest_initrd) config.initrd_bytes = size;
    if (const auto offset = json.find("page_offset"); offset != json.end())
        if (const auto at = address_of(*offset); at && is_i386_split(*at, false)) config.page_offset = *at;
    if (const auto memory = json.find("device_tree_memory"); memory != json.end() && memory->is_array())
        for (const auto& entry : *memory)
            if (const auto piece = memory_of(entry); piece && config.device_tree_memory.size() < most_nodes)
                config.device_tree_memory.push_back(*piece);
    if (config.arch == Arch::arm64 && config.device_tree_memory.empty())
        config.device_tree_memory = virt_board_memory(json);
    return config;
}

}  // namespace mm
