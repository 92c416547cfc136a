// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim biography, mmsim pollution: what became of frames and pageblocks, in a recording or on a simulated machine.
// Exit code 2 for bad input.
#pragma once

#include <optional>

#include "engine/cli/machine_option.h"

namespace mm {

struct BiographyOptions {
    MachineOptions machine;  ///< file: also a recording's folder
    RunOptions run;
    std::vector<std::string> frames;
    std::optional<std::size_t> until;
    bool json = false;
};
CLI::App* add_biography(CLI::App& app, BiographyOptions& options);
int biography_command(const BiographyOptions& options);

struct PollutionOptions {
    MachineOptions machine;  ///< file: also a recording's folder
    RunOptions run;
    std::optional<std::size_t> at;
    std::size_t first = 20;
    bool json = false;
};
CLI::App* add_pollution(CLI::App& app, PollutionOptions& options);
int pollution_command(const PollutionOptions& options);

}  // namespace mm
