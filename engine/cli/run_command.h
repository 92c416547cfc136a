// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim run: a named workload lives on a machine.
#pragma once

#include <optional>
#include <string>

#include "engine/cli/machine_option.h"

namespace mm {

struct RunStoryOptions {
    MachineOptions machine;
    std::string story;
    std::uint64_t events = 100000;
    std::optional<std::uint64_t> seconds{};  ///< of the model; else events counts
    std::uint64_t seed = 1;
    std::uint64_t history_mib = default_history_budget / MiB;
    std::string format = "summary";
};

CLI::App* add_run_story(CLI::App& app, RunStoryOptions& options);
int run_story_command(const RunStoryOptions& options);

}  // namespace mm
