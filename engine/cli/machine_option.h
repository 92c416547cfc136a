// SPDX-License-Identifier: GPL-3.0-or-later
// What commands that boot one machine share: its options, opening it, running to a stage, and how failures are told.
#pragma once

#include <functional>
#include <string>

#include "engine/sim/open.h"

namespace mm {

inline constexpr int bad_input = 2;  ///< exit code

struct MachineOptions {
    std::string file, until, kernel;
    std::string page_offset = {};  ///< i386: where the kernel begins, "" as known
};

/// Prints the message and returns bad_input.
int fail(const std::string& message);

/// Boots to the end, or to the end of the stage asked for, and calls back; any failure has been reported when it
/// returns non-zero.
int with_machine(const MachineOptions& options, const std::function<int(Timeline&)>& then);

}  // namespace mm
