// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim why: each decision on the way to one allocation's block, or to its failure, in a recording or on a simulated
// machine. Exit code 1 if a prediction is not what the recorded kernel answered, 2 for bad input.
#pragma once

#include <optional>

#include "engine/cli/machine_option.h"

namespace mm {

struct WhyOptions {
    MachineOptions machine;  ///< file: also a recording's folder
    RunOptions run;
    std::optional<std::size_t> allocation, event;
    bool json = false;
};
CLI::App* add_why(CLI::App& app, WhyOptions& options);
int why_command(const WhyOptions& options);

}  // namespace mm
