// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/why_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/cli/machine_option.h"
#include "engine/replay/explain.h"

namespace mm {

CLI::App* add_why(CLI::App& app, WhyOptions& options) {
    auto* command =
        app.add_subcommand("why", "Tell why a recorded allocation got its page frame, decision by decision");
    command->add_option("DIR", options.folder, "Folder of a recording (see: mmsim replay)")->required();
    auto* n = command->add_option("N", options.allocation, "Number of the allocation, from 0");
    command->add_option("--event", options.event, "The request this event belongs to, instead of N")
        ->option_text("E")
        ->excludes(n);
    command->add_flag("--json", options.json, "Print JSON");
    return command;
}

int why_command(const WhyOptions& options) {
    if (!options.allocation && !options.event) return fail("why: expected the number of an allocation, or --event E");
    auto replay = Replay::open(options.folder);
    if (!replay) return fail(replay.error().text());
    const auto& events = replay->events();
    const auto event = options.event ? options.event : event_of_allocation(events, *options.allocation);
    if (!event)
        return fail(
            fmt::format("{}: allocation {} was asked for; there are fewer", options.folder, *options.allocation));
    if (*event >= events.size())
        return fail(fmt::format("{}: event {} was asked for; there are {}", options.folder, *event, events.size()));
    const auto span = request_around(events, *event);
    if (!span)
        return fail(fmt::format("{}: event {} ({}) belongs to no request", options.folder, *event,
                                name_of(events[*event].kind)));
    const Explanation explanation = explain(*replay, *span);
    std::cout << (options.json ? print_json(explanation, events) : print_text(explanation, events));
    const auto* answer = std::get_if<why::Answer>(&explanation.steps.back().fact);
    return answer && answer->known && answer->pfn != answer->real ? 1 : 0;
}

}  // namespace mm
