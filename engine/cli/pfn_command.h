// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim pfn: what is known about page frames. Exit code 2 and nothing printed if one of them is none.
#pragma once

#include <vector>

#include "engine/cli/machine_option.h"

namespace mm {

struct PfnOptions {
    MachineOptions machine;
    std::vector<std::string> frames;
};
int pfn_command(const PfnOptions& options);

}  // namespace mm
