// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/machine_config.h"

#include <nlohmann/json.hpp>

namespace mm {
namespace {

constexpr Bytes largest_initrd = 64 * GiB;

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
    return config;
}

}  // namespace mm
