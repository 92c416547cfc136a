// SPDX-License-Identifier: GPL-3.0-or-later
// A capture's config.json: what neither the log nor /proc say. Every field may be missing and a broken file is ignored.
// Private to the log reader, and the only place that knows JSON.
#pragma once

#include <optional>
#include <string_view>

#include "engine/profile/kernel_profile.h"

namespace mm {

struct MachineConfig {
    std::optional<Arch> arch;
    Bytes initrd_bytes = 0;  ///< 0 unknown
};

/// Nothing if the text is no JSON object.
std::optional<MachineConfig> parse_machine_config(std::string_view text);

}  // namespace mm
