// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/replay_command.h"

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "engine/cli/formats.h"
#include "engine/cli/machine_option.h"
#include "engine/replay/replay.h"

namespace mm {
namespace {

/// Of all formats, those that a recording can fill.
constexpr std::array printable{"buddyinfo", "pagetypeinfo", "zoneinfo", "meminfo"};

Outcome<Done> write_predictions(const Replay& replay, const std::string& path) {
    std::string text;
    std::size_t n = 0;
    for (const Pfn pfn : replay.predictions())
        text += std::to_string(n++) + " " + std::to_string(pfn) + "\n";
    std::ofstream out(path, std::ios::binary);
    if (!(out << text) || !out.flush()) return Error{"cannot be written", path, 0};
    return Done{};
}

}  // namespace

CLI::App* add_replay(CLI::App& app, ReplayCommandOptions& options) {
    auto* command =
        app.add_subcommand("replay", "Predict a recording of a real kernel's page allocator, event by event");
    command->add_option("DIR", options.folder, "Folder with zones.json, free_lists.txt, pcp.txt, trace.txt.zst ...")
        ->required();
    command->add_option("--until", options.until, "Stop after so many events")->option_text("N");
    command->add_flag("--blind", options.blind, "Do not put wrong answers right");
    command->add_flag("--plain", options.plain, "Use the kernel's own tracepoints alone, without probes");
    command->add_option("--predictions", options.predictions, "Write \"n pfn\" for each allocation")
        ->option_text("FILE");
    command->add_option("--dump", options.dump, "Write the lists as they are at the end")->option_text("DIR");
    command->add_option("--report", options.report, "How it went")->check(CLI::IsMember({"text", "json"}));
    const std::vector<std::string> names(printable.begin(), printable.end());
    command->add_option("--print", options.print, "The state at the end as in /proc")->check(CLI::IsMember(names));
    return command;
}

int replay_command(const ReplayCommandOptions& options) {
    auto replay = Replay::open(options.folder, {options.blind, options.plain});
    if (!replay) return fail(replay.error().text());
    const std::size_t events = replay->events().size();
    replay->run(options.until.value_or(events));
    if (!options.predictions.empty())
        if (const auto done = write_predictions(*replay, options.predictions); !done) return fail(done.error().text());
    if (!options.dump.empty()) {
        std::error_code ignored;
        std::filesystem::create_directories(options.dump, ignored);
        if (const auto done = replay->write_lists(options.dump); !done) return fail(done.error().text());
    }
    if (!options.print.empty()) std::cout << format_named(options.print).print(*replay->snapshot());
    const bool at_end = replay->position() == events;
    const auto end_state = at_end ? replay->compare_end_state() : std::vector<EndStateDiff>{};
    if (options.report == "json") std::cout << print_json(replay->report(), end_state);
    if (options.report == "text" || (options.report.empty() && options.print.empty()))
        std::cout << print_text(replay->report(), end_state);
    return 0;
}

}  // namespace mm
