// SPDX-License-Identifier: GPL-3.0-or-later
// A capture's config.json: what neither the log nor /proc say. Every field may be missing and a broken file is ignored.
// Private to the log reader, and the only place that knows JSON.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/firmware/machine.h"

namespace mm {

struct MachineConfig {
    std::optional<Arch> arch = {};
    VirtAddr page_offset = 0;                               ///< CONFIG_PAGE_OFFSET of a 32-bit kernel; 0 unknown
    Bytes initrd_bytes = 0;                                 ///< 0 unknown
    std::vector<DeviceTreeMemory> device_tree_memory = {};  ///< what the firmware's device tree says
};

/// Nothing if the text is no JSON object.
std::optional<MachineConfig> parse_machine_config(std::string_view text);

}  // namespace mm
