// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim why: each decision on the way to one recorded allocation's block. Exit code 1 if the prediction is not what the
// kernel answered, 2 for bad input.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace mm {

struct WhyOptions {
    std::string folder;
    std::optional<std::size_t> allocation, event;
    bool json = false;
};
CLI::App* add_why(CLI::App& app, WhyOptions& options);
int why_command(const WhyOptions& options);

}  // namespace mm
