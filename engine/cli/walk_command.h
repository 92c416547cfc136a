// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim walk: addresses followed through the page tables, level by level. Exit code 2 and nothing printed if one of
// them is no address.
#pragma once

#include <vector>

#include "engine/cli/machine_option.h"

namespace mm {

struct WalkOptions {
    MachineOptions machine;
    std::vector<std::string> addresses;
};
int walk_command(const WalkOptions& options);

}  // namespace mm
