// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/machine_config.h"

#include <nlohmann/json.hpp>

namespace mm {

std::optional<MachineConfig> parse_machine_config(std::string_view text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return {};
    MachineConfig config;
    if (const auto arch = json.find("arch"); arch != json.end() && arch->is_string())
        for (const auto known : {Arch::x86_64, Arch::i386, Arch::arm64})
            if (arch->get_ref<const std::string&>() == name_of(known)) config.arch = known;
    return config;
}

}  // namespace mm
