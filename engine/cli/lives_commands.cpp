// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/lives_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/replay/block_watch.h"
#include "engine/replay/replay_timeline.h"
#include "engine/replay/task_names.h"
#include "engine/replay/trace_reader.h"

namespace mm {
namespace {

constexpr const char* file_help = "Folder of a recording (see: mmsim replay), or a kernel log of a machine to boot";

Outcome<std::vector<Pfn>> parse_frames(const Snapshot& s, const std::vector<std::string>& texts) {
    std::vector<Pfn> frames;
    for (const std::string& text : texts) {
        const auto pfn = parse_pfn(s, text);
        if (!pfn) return pfn.error();
        frames.push_back(*pfn);
    }
    return frames;
}

template<class LifeOf>
void print_lives(const std::vector<Pfn>& frames, bool json, LifeOf life_of) {
    std::string out;
    for (const Pfn pfn : frames) {
        const Biography life = life_of(pfn);
        out += json ? (out.empty() ? "[" : ",\n") + print_json(life) : print_text(life);
    }
    std::cout << out << (json ? "]\n" : "");
}

/// A recording, replayed to a moment with all lives on the way.
struct Recorded {
    Replay replay;
    TaskNames tasks;
    SnapshotPtr start;
    LifeIndex lives;
    Moments moments() const { return recorded_moments(replay.events(), tasks); }
};
Outcome<Recorded> read_recorded(const std::string& folder, std::optional<std::size_t> until) {
    auto replay = Replay::open(folder);
    if (!replay) return replay.error();
    const auto text = read_trace_text(folder);
    if (!text) return text.error();
    Recorded out{std::move(*replay), task_names(*text), {}, {}};
    out.start = out.replay.snapshot();
    out.lives = record_lives(out.replay, until.value_or(out.replay.events().size()));
    return out;
}

int no_commands(const RunOptions& run) {
    if (run.workload == 0 && run.commands.empty()) return 0;
    return fail("a recording takes no commands; --do and --workload are for a machine to boot");
}

}  // namespace

CLI::App* add_biography(CLI::App& app, BiographyOptions& options) {
    auto* command = app.add_subcommand("biography", "Tell the whole life of page frames");
    command->add_option("FILE", options.machine.file, file_help)->required();
    command->add_option("PFN", options.frames, "Frame numbers as 0x1000 or 4096; phys:0x1000000 for an address")
        ->required();
    command->add_option("--until", options.until, "Only the first so many events of a recording")->option_text("N");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    add_run(*command, options.run);
    command->add_flag("--json", options.json, "Print JSON: an array, one object a frame");
    return command;
}

int biography_command(const BiographyOptions& options) {
    if (is_recording(options.machine.file)) {
        if (const int failed = no_commands(options.run); failed != 0) return failed;
        const auto recorded = read_recorded(options.machine.file, options.until);
        if (!recorded) return fail(recorded.error().text());
        const auto frames = parse_frames(*recorded->start, options.frames);
        if (!frames) return fail(frames.error().text());
        print_lives(*frames, options.json, [&](Pfn pfn) {
            return Biography{pfn_report(*recorded->start, pfn), false,
                             lines_of(recorded->lives, pfn, recorded->moments())};
        });
        return 0;
    }
    return with_machine(options.machine, [&](Timeline& timeline) {
        if (const int failed = run(timeline, options.run, false); failed != 0) return failed;
        const auto frames = parse_frames(*timeline.snapshot(), options.frames);
        if (!frames) return fail(frames.error().text());
        print_lives(*frames, options.json, [&](Pfn pfn) { return timeline.biography(pfn); });
        return 0;
    });
}

CLI::App* add_pollution(CLI::App& app, PollutionOptions& options) {
    auto* command =
        app.add_subcommand("pollution", "Show pages in pageblocks of another migratetype, since when and why");
    command->add_option("FILE", options.machine.file, file_help)->required();
    command->add_option("--at", options.at, "After so many events; default: at the end")->option_text("EVENT");
    command->add_option("--first", options.first, "Show so many pageblocks")->option_text("N [20]");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    add_run(*command, options.run);
    command->add_flag("--json", options.json, "Print JSON, all pageblocks and changes included");
    return command;
}

int pollution_command(const PollutionOptions& options) {
    const auto show = [&](const PollutionMap& map, const Moments& moments) {
        std::cout << (options.json ? print_json(map, moments) : print_text(map, moments, options.first));
        return 0;
    };
    if (is_recording(options.machine.file)) {
        if (const int failed = no_commands(options.run); failed != 0) return failed;
        auto recorded = read_recorded(options.machine.file, options.at);
        if (!recorded) return fail(recorded.error().text());
        const Moments moments = recorded->moments();
        return show(pollution_map(recorded->lives, recorded->start.get(), *recorded->replay.snapshot(), moments),
                    moments);
    }
    return with_machine(options.machine, [&](Timeline& timeline) {
        if (const int failed = run(timeline, options.run, false); failed != 0) return failed;
        if (options.at) timeline.seek(*options.at);
        return show(timeline.pollution(), [&](Position event) { return timeline.moment(event); });
    });
}

}  // namespace mm
