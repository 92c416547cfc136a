// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/lives_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/cli/machine_option.h"
#include "engine/replay/biography.h"
#include "engine/replay/pollution.h"
#include "engine/replay/trace_reader.h"

namespace mm {

CLI::App* add_biography(CLI::App& app, BiographyOptions& options) {
    auto* command = app.add_subcommand("biography", "Tell the whole life of page frames in a recording");
    command->add_option("DIR", options.folder, "Folder of a recording (see: mmsim replay)")->required();
    command->add_option("PFN", options.frames, "Frame numbers as 0x1000 or 4096; phys:0x1000000 for an address")
        ->required();
    command->add_option("--until", options.until, "Only the first so many events")->option_text("N");
    command->add_flag("--json", options.json, "Print JSON: an array, one object a frame");
    return command;
}

int biography_command(const BiographyOptions& options) {
    auto replay = Replay::open(options.folder);
    if (!replay) return fail(replay.error().text());
    const SnapshotPtr start = replay->snapshot();
    std::vector<Pfn> frames;
    for (const std::string& text : options.frames) {
        const auto pfn = parse_pfn(*start, text);
        if (!pfn) return fail(pfn.error().text());
        frames.push_back(*pfn);
    }
    const auto text = read_trace_text(options.folder);
    if (!text) return fail(text.error().text());
    const TaskNames tasks = task_names(*text);
    const LifeIndex index = LifeIndex::record(*replay, options.until.value_or(replay->events().size()));
    std::string out;
    for (const Pfn pfn : frames) {
        const Biography life = biography(index, pfn, replay->events());
        out += options.json ? (out.empty() ? "[" : ",\n") + print_json(life, tasks) : print_text(life, tasks);
    }
    std::cout << out << (options.json ? "]\n" : "");
    return 0;
}

CLI::App* add_pollution(CLI::App& app, PollutionOptions& options) {
    auto* command =
        app.add_subcommand("pollution", "Show pages in pageblocks of another migratetype, since when and why");
    command->add_option("DIR", options.folder, "Folder of a recording (see: mmsim replay)")->required();
    command->add_option("--at", options.at, "After so many events; default: at the end")->option_text("EVENT");
    command->add_option("--first", options.first, "Show so many pageblocks")->option_text("N [20]");
    command->add_flag("--json", options.json, "Print JSON, all pageblocks and changes included");
    return command;
}

int pollution_command(const PollutionOptions& options) {
    auto replay = Replay::open(options.folder);
    if (!replay) return fail(replay.error().text());
    const auto& events = replay->events();
    PollutionWatch watch(*replay);
    watch.run(options.at.value_or(events.size()));
    const PollutionMap map = watch.map();
    std::cout << (options.json ? print_json(map, events) : print_text(map, events, options.first));
    return 0;
}

}  // namespace mm
