// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/why_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/cli/machine_option.h"
#include "engine/replay/explain.h"
#include "engine/replay/replay_timeline.h"

namespace mm {

CLI::App* add_why(CLI::App& app, WhyOptions& options) {
    auto* command = app.add_subcommand("why", "Tell why an allocation got its page frame, decision by decision");
    command
        ->add_option("FILE", options.machine.file,
                     "Folder of a recording (see: mmsim replay), or a kernel log (dmesg) of a machine to boot")
        ->required();
    auto* n = command->add_option("N", options.allocation,
                                  "Number of the allocation, from 0; of a booted machine the last one by default");
    command->add_option("--event", options.event, "The request this event belongs to, instead of N")
        ->option_text("E")
        ->excludes(n);
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    add_run(*command, options.run);
    command->add_flag("--json", options.json, "Print JSON");
    return command;
}

namespace {

int show(const Explanation& explanation, bool json) {
    std::cout << (json ? print_json(explanation) : print_text(explanation));
    const why::Answer* answer = explanation.answer();
    return answer && answer->known && answer->pfn != answer->real ? 1 : 0;
}

int why_recorded(const WhyOptions& options) {
    if (!options.allocation && !options.event) return fail("why: expected the number of an allocation, or --event E");
    if (options.run.workload != 0 || !options.run.commands.empty())
        return fail("why: a recording takes no commands; --do and --workload are for a machine to boot");
    auto replay = Replay::open(options.machine.file);
    if (!replay) return fail(replay.error().text());
    const auto& events = replay->events();
    const auto event = options.event ? options.event : event_of_allocation(events, *options.allocation);
    if (!event)
        return fail(
            fmt::format("{}: allocation {} was asked for; there are fewer", options.machine.file, *options.allocation));
    const auto span = request_of(events, *event);
    if (!span) return fail(fmt::format("{}: {}", options.machine.file, span.error().text()));
    return show(explain(*replay, *span), options.json);
}

/// The n-th request at run time; without a number the last.
std::optional<Position> event_of_request(const Timeline& timeline, std::optional<std::size_t> n) {
    std::optional<Position> found;
    const History& history = timeline.history();
    for (Position p = timeline.boot_end(); p < timeline.total(); ++p) {
        const EventKind kind = history.event(p).event.kind;
        const bool pages = ends_request_for_pages(kind);
        if (!pages && (n || !hands_out_object(kind))) continue;  // numbered are requests for pages
        found = p;
        if (n && (*n)-- == 0) return found;
    }
    return n ? std::nullopt : found;
}

int why_simulated(const WhyOptions& options) {
    return with_machine(options.machine, [&](Timeline& timeline) {
        if (const int failed = run(timeline, options.run, false); failed != 0) return failed;
        (void)timeline.snapshot();  // publishes the history
        const auto event = options.event ? options.event : event_of_request(timeline, options.allocation);
        if (event) {
            const auto explanation = timeline.explain(*event);
            return explanation ? show(*explanation, options.json) : fail(explanation.error().text());
        }
        if (!options.allocation)
            return fail("why: nothing was allocated; expected --do \"alloc_pages ...\" or \"kmalloc ...\"");
        return fail(fmt::format("why: allocation {} was asked for; there are fewer", *options.allocation));
    });
}

}  // namespace

int why_command(const WhyOptions& options) {
    return is_recording(options.machine.file) ? why_recorded(options) : why_simulated(options);
}

}  // namespace mm
