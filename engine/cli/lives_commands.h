// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim biography, mmsim pollution: what became of frames and pageblocks in a recording. Exit code 2 for bad input.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mm {

struct BiographyOptions {
    std::string folder;
    std::vector<std::string> frames;
    std::optional<std::size_t> until;
    bool json = false;
};
CLI::App* add_biography(CLI::App& app, BiographyOptions& options);
int biography_command(const BiographyOptions& options);

struct PollutionOptions {
    std::string folder;
    std::optional<std::size_t> at;
    std::size_t first = 20;
    bool json = false;
};
CLI::App* add_pollution(CLI::App& app, PollutionOptions& options);
int pollution_command(const PollutionOptions& options);

}  // namespace mm
