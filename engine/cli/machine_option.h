// SPDX-License-Identifier: GPL-3.0-or-later
// What commands that boot one machine share: its options, opening it, running to a stage, and how failures are told.
#pragma once

#include <functional>
#include <string>

#include "engine/sim/open.h"

namespace CLI {
class App;
}

namespace mm {

inline constexpr int bad_input = 2;  ///< exit code

struct MachineOptions {
    std::string file, until, kernel;
    std::string page_offset = {};  ///< i386: where the kernel begins, "" as known
    std::string branch = {};       ///< of a session: which one, "" the current one
};

/// What is done after the boot.
struct RunOptions {
    std::uint64_t workload = 0, seed = 7;  ///< so many commands of the standard workload
    std::vector<std::string> commands;     ///< then these
};
void add_run(CLI::App& command, RunOptions& options);
/// 0, or what fail() returned. told: the answers go to stderr.
int run(Timeline& timeline, const RunOptions& options, bool told);

/// Prints the message and returns bad_input.
int fail(const std::string& message);

/// Boots to the end, or to the end of the stage asked for, and calls back; any failure has been reported when it
/// returns non-zero.
int with_machine(const MachineOptions& options, const std::function<int(Timeline&)>& then);

}  // namespace mm
