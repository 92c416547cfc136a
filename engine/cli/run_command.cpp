// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/run_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "engine/cli/formats.h"
#include "engine/sim/story_player.h"
#include "engine/snapshot/describe.h"
#include "engine/snapshot/mm_counters.h"

namespace mm {
namespace {

constexpr std::uint64_t commands_per_second = 5000;  // at first, in the window's form

std::string summary(const Timeline& timeline, const Snapshot& s, const StoryPlayer& player) {
    const MachineState& state = s.state;
    const MmState& mm = state.processes;
    const auto mib = [](NrPages pages) { return static_cast<double>(pages) / 256; };
    std::string out = fmt::format("{}: {}\n\n", player.story().name, player.story().teaches);
    const auto line = [&](std::string_view name, const std::string& words) {
        out += fmt::format("{:<12} {}\n", name, words);
    };
    const History& history = s.history;
    std::string kept = fmt::format("{} events of {} commands, {}", timeline.total() - timeline.boot_end(),
                                   timeline.command_count(), size_text(timeline.history_size().total()));
    if (history.forgotten_first() < history.forgotten_end())
        kept +=
            fmt::format("; events {} to {} are no longer kept", history.forgotten_first(), history.forgotten_end() - 1);
    line("history", kept);
    line("jobs", fmt::format("{} ended, {} killed, {} processes now", player.jobs_ended(), player.jobs_killed(),
                             mm.tasks->size()));
    line("memory", fmt::format("{:.1f} of {:.1f} MiB free, {:.1f} anonymous, {:.1f} of files, {:.1f} page tables",
                               mib(state.zones.sum(&Zone::free_pages)), mib(state.totalram_pages),
                               mib(node_stat(mm, "nr_anon_pages")), mib(node_stat(mm, "nr_file_pages")),
                               mib(node_stat(mm, "nr_page_table_pages"))));
    line("faults", fmt::format("{}, {} of them major", mm.events.pgfault, mm.events.pgmajfault));
    line("reclaim", fmt::format("{} pages by kswapd, {} by processes themselves; {} to swap, {} back",
                                state.stats.vm.pgsteal_kswapd, state.stats.vm.pgsteal_direct, mm.events.pswpout,
                                mm.events.pswpin));
    if (mm.events.thp_fault_alloc + mm.events.thp_fault_fallback > 0)
        line("huge pages", fmt::format("{} now, {} came with faults, {} faults fell back, {} were split",
                                       node_stat(mm, "nr_anon_transparent_hugepages"), mm.events.thp_fault_alloc,
                                       mm.events.thp_fault_fallback, mm.events.thp_split_page));
    line("OOM killer", fmt::format("{} processes", state.stats.vm.oom_kill));
    line("compaction", fmt::format("{} pages moved", state.stats.vm.pgmigrate_success));
    return out;
}

}  // namespace

CLI::App* add_run_story(CLI::App& app, RunStoryOptions& options) {
    auto* command = app.add_subcommand("run", "Boot a machine and let a workload live on it: processes, files, swap");
    command->add_option("WORKLOAD", options.story, "One of: " + story_names() + "; or several, as kernel-build+leak")
        ->required();
    command->add_option("FILE", options.machine.file, "A kernel log (dmesg), or a folder with dmesg.txt")->required();
    auto* events =
        command->add_option("--events", options.events, "How long: so many events")->option_text("N [100000]");
    command
        ->add_option("--seconds", options.seconds,
                     fmt::format("How long: so many seconds of the model's time, {} commands each, the window's pace",
                                 commands_per_second))
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000000}))
        ->excludes(events)
        ->option_text("N");
    command->add_option("--seed", options.seed, "Another seed, another run")->option_text("N [1]");
    command
        ->add_option("--history", options.history_mib,
                     "What the past may take in memory: then old events are forgotten")
        ->check(CLI::Range(least_history_budget / MiB, most_history_budget / MiB))
        ->option_text(fmt::format("MIB [{}]", default_history_budget / MiB));
    std::vector<std::string> names{"summary"};
    std::string text = "summary";
    for (const Format& f : formats)
        names.emplace_back(f.name), text += fmt::format(", {}", f.name);
    command->add_option("--print", options.format, "One of: " + text)
        ->check(CLI::IsMember(names))
        ->option_text("FORMAT");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    return command;
}

int run_story_command(const RunStoryOptions& options) {
    const auto story = mixed_story(options.story);
    if (!story) return fail(story.error().text());
    return with_machine(options.machine, [&](Timeline& timeline) {
        timeline.set_history_budget(options.history_mib * MiB);
        StoryPlayer player(*story, options.seed);
        constexpr std::uint64_t most_idle = 100000;  // turns without an event: nothing will happen any more
        Position before = timeline.total();
        std::uint64_t steps = 0;
        const auto is_over = [&] {
            return options.seconds ? steps == *options.seconds * commands_per_second
                                   : timeline.total() - timeline.boot_end() >= options.events;
        };
        for (std::uint64_t idle = 0; (options.seconds || idle < most_idle) && !is_over(); ++idle, ++steps) {
            if (const auto done = player.step(timeline); !done) return fail(done.error().text());
            if (timeline.total() != std::exchange(before, timeline.total())) idle = 0;
        }
        const SnapshotPtr snapshot = timeline.snapshot();
        std::cout << (options.format == "summary" ? summary(timeline, *snapshot, player)
                                                  : format_named(options.format).print(*snapshot));
        return 0;
    });
}

}  // namespace mm
