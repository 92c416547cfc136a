// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim replay: a recording of a real kernel's page allocator, predicted event by event. Exit code 2 for a folder that
// is no recording.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace mm {

struct ReplayCommandOptions {
    std::string folder;
    std::optional<std::size_t> until;  ///< events; all without
    bool blind = false, plain = false;
    std::string predictions, dump;  ///< file and folder to write; "": none
    std::string report;             ///< "json", "text", "": text unless something else is printed
    std::string print;              ///< a /proc format
};
CLI::App* add_replay(CLI::App& app, ReplayCommandOptions& options);
int replay_command(const ReplayCommandOptions& options);

}  // namespace mm
