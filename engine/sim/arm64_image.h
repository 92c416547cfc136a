// SPDX-License-Identifier: GPL-3.0-or-later
// Where the arm64 kernel's image and its segments lie, and how finely the linear map is made: from what the folder says
// beside the log, else estimated from the sizes of the "Memory:" line.
#pragma once

#include <string_view>

#include "engine/firmware/machine.h"
#include "engine/pgtable/arm64_map.h"

namespace mm {

Arm64Image arm64_image(const Machine& machine, const KernelProfile& profile);

/// can_set_direct_map(), or a crashkernel whose place is not known yet: every page gets an entry of its own.
bool arm64_page_mappings_only(std::string_view command_line);

}  // namespace mm
