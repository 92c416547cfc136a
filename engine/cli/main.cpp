// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim: the engine in a terminal. Exit codes: 0 done, 1 differences were found, 2 bad usage or input (message on
// stderr).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>

#include "engine/cli/branches_command.h"
#include "engine/cli/compare_commands.h"
#include "engine/cli/formats.h"
#include "engine/cli/lives_commands.h"
#include "engine/cli/pfn_command.h"
#include "engine/cli/replay_command.h"
#include "engine/cli/run_command.h"
#include "engine/cli/slab_commands.h"
#include "engine/cli/tables_command.h"
#include "engine/cli/walk_command.h"
#include "engine/cli/why_command.h"

namespace {

using namespace mm;

struct BootOptions {
    MachineOptions machine;
    RunOptions run;
    std::string format = "dmesg";
};

int boot(const BootOptions& options) {
    return with_machine(options.machine, [&](Timeline& timeline) {
        if (const int failed = run(timeline, options.run, true); failed != 0) return failed;
        // A booted kernel has slabs; here they come up with the first command that needs them.
        if (options.format == "slabinfo" && timeline.snapshot()->booted)
            if (const auto up = timeline.execute(KmemCacheInit{}); !up) return fail(up.error().text());
        const SnapshotPtr snapshot = timeline.snapshot();
        for (const Format& f : formats)
            if (options.format == f.name) std::cout << f.print(*snapshot);
        return 0;
    });
}

int stages(const BootOptions& options) {
    return with_machine(options.machine, [](Timeline& timeline) {
        const History& history = timeline.history();
        for (std::size_t i = 0; i < history.stages().size(); ++i) {
            const StageInfo& s = history.stages()[i];
            const StageSpan span = history.spans()[i];
            const std::string name = std::string(s.depth * 2, ' ') + std::string(s.name);
            std::cout << fmt::format("{:<40} {:<38} {:>6} events\n", name, s.file, span.last - span.first);
        }
        return 0;
    });
}

std::string format_names() {
    std::string names;
    for (const Format& f : formats)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", f.name);
    return names;
}

CLI::App* add_verify(CLI::App& app, VerifyOptions& options) {
    auto* command = app.add_subcommand("verify", "Compare what is computed with what a real machine's kernel printed");
    command->add_option("CAPTURE", options.captures, "Whole kernel logs, or folders with dmesg.txt")->required();
    command->add_option("--kernel", options.kernel, "Compute with the rules of this kernel");
    command->add_option("--first", options.first, "Show so many differences of each category")->option_text("N [3]");
    command->add_flag("--json", options.json, "Print JSON: an array, all differences included");
    return command;
}

CLI::App* add_compare(CLI::App& app, CompareOptions& options) {
    auto* command = app.add_subcommand("compare", "Compare one machine's boot by the rules of two kernels");
    command->add_option("FILE", options.file, "A kernel log (dmesg), or a folder with dmesg.txt")->required();
    command->add_option("--kernel", options.kernel, "The kernel on the left; default: the log's own");
    command->add_option("--with", options.with, "The kernel on the right: " + profile_names())->required();
    command->add_option("--first", options.first, "Show so many differences of each category")->option_text("N [3]");
    command->add_flag("--json", options.json, "Print JSON, all differences included");
    return command;
}

CLI::App* add_walk(CLI::App& app, WalkOptions& options) {
    auto* command = app.add_subcommand("walk", "Follow addresses through the page tables, level by level");
    command->add_option("FILE", options.machine.file, "A kernel log (dmesg), or a folder with dmesg.txt")->required();
    command
        ->add_option("ADDRESS", options.addresses,
                     "Hexadecimal virtual addresses; phys:0x1000 or pfn:0x1 for their place in the direct map, "
                     "page:0x1 for the struct page of a frame")
        ->required();
    command->add_option("--until", options.machine.until, "The tables as they are at the end of this stage");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    return command;
}

CLI::App* add_pfn(CLI::App& app, PfnOptions& options) {
    auto* command = app.add_subcommand("pfn", "Tell all about page frames: section, node, zone, state, struct page");
    command->add_option("FILE", options.machine.file, "A kernel log (dmesg), or a folder with dmesg.txt")->required();
    command->add_option("PFN", options.frames, "Frame numbers as 0x1000 or 4096; phys:0x1000000 for an address")
        ->required();
    command->add_option("--until", options.machine.until, "The frames as they are at the end of this stage");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    return command;
}

CLI::App* add_tables(CLI::App& app, TablesOptions& options) {
    auto* command = app.add_subcommand("tables", "Compare computed page tables with those of the running machine");
    command->add_option("CAPTURE", options.captures, "Folders with dmesg.txt and qemu_page_table.txt")->required();
    command->add_flag("--json", options.json, "Print JSON: pages of each area by what became of them");
    return command;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    CLI::App app{
        "mmsim boots a machine from its firmware's memory map as Linux would, and prints what the kernel would have "
        "printed."};
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    BootOptions options;
    WalkOptions walk_options;
    TablesOptions tables_options;
    PfnOptions pfn_options;

    auto* boot_command = app.add_subcommand("boot", "Boot a machine and print its state");
    boot_command
        ->add_option(
            "FILE", options.machine.file,
            "A kernel log (dmesg), a folder with dmesg.txt, or a session (NAME.mms) with all that was done in it")
        ->required();
    boot_command->add_option("--until", options.machine.until,
                             "Stop at the end of this stage (see: mmsim stages FILE)");
    std::vector<std::string> names;
    for (const Format& f : formats)
        names.emplace_back(f.name);
    boot_command->add_option("--print", options.format, "One of: " + format_names())
        ->check(CLI::IsMember(names))
        ->option_text("FORMAT");
    boot_command->add_option("--branch", options.machine.branch,
                             "Of a session: this branch of its history (see: mmsim branches NAME.mms)");
    add_run(*boot_command, options.run);
    auto* stages_command = app.add_subcommand("stages", "List the boot stages of a machine");
    stages_command->add_option("FILE", options.machine.file, "A kernel log (dmesg), or a folder with dmesg.txt")
        ->required();
    MachineOptions branches_options;
    auto* branches = app.add_subcommand("branches", "List the branches of a session's history");
    branches->add_option("FILE", branches_options.file, "A session (NAME.mms)")->required();
    auto* walk = add_walk(app, walk_options);
    auto* tables = add_tables(app, tables_options);
    auto* pfn = add_pfn(app, pfn_options);
    boot_command->add_option("--page-offset", options.machine.page_offset,
                             "i386: where the kernel's part of virtual addresses begins (CONFIG_VMSPLIT_*), such as "
                             "0x80000000 for 2G/2G");
    for (auto* each : {boot_command, stages_command})
        each->add_option("--kernel", options.machine.kernel,
                         "Compute with the rules of this kernel: " + profile_names());

    VerifyOptions verify_options;
    CompareOptions compare_options;
    auto* verify = add_verify(app, verify_options);
    auto* compare = add_compare(app, compare_options);
    ReplayCommandOptions replay_options;
    auto* replay = add_replay(app, replay_options);
    WhyOptions why_options;
    auto* why = add_why(app, why_options);
    BiographyOptions biography_options;
    auto* lives = add_biography(app, biography_options);
    PollutionOptions pollution_options;
    auto* pollution = add_pollution(app, pollution_options);
    SlabGeometryOptions slab_options;
    auto* slab_geometry = add_slab_geometry(app, slab_options);
    KmallocOptions kmalloc_options;
    auto* kmalloc = add_kmalloc(app, kmalloc_options);

    RunStoryOptions story_options;
    auto* story = add_run_story(app, story_options);

    const std::string_view command = argc > 1 ? argv[1] : "-";
    const auto known = app.get_subcommands([&](const CLI::App* one) { return one->get_name() == command; });
    if (!command.starts_with('-') && known.empty())
        return fail(fmt::format(
            "{}: there is no such command; expected boot, stages, branches, walk, pfn, tables, verify, compare, "
            "replay, why, biography, pollution, slab-geometry, kmalloc or run (mmsim --help)",
            command));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : bad_input;
    }
    if (*verify) return verify_command(verify_options);
    if (*compare) return compare_command(compare_options);
    if (*tables) return tables_command(tables_options);
    if (*branches) return branches_command(branches_options);
    if (*walk) return walk_command(walk_options);
    if (*pfn) return pfn_command(pfn_options);
    if (*replay) return replay_command(replay_options);
    if (*why) return why_command(why_options);
    if (*lives) return biography_command(biography_options);
    if (*pollution) return pollution_command(pollution_options);
    if (*story) return run_story_command(story_options);
    if (*kmalloc) return kmalloc_command(kmalloc_options);
    if (*slab_geometry) return slab_geometry_command(slab_options);
    return *boot_command ? boot(options) : stages(options);
}
