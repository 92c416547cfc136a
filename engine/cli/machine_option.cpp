// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/machine_option.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/firmware/command_line.h"
#include "engine/firmware/log_reader.h"
#include "engine/profile/address_space.h"
#include "engine/session/open_session.h"
#include "engine/session/session_file.h"
#include "engine/sim/command_from_file.h"
#include "engine/sim/run_workload.h"

namespace mm {

namespace {

/// What is wrong, or "".
std::string set_page_offset(Machine& machine, const std::string& text) {
    if (text.empty()) return {};
    std::string_view rest;
    const VirtAddr at = simple_strtoull(text, &rest);
    if (!rest.empty() || !is_i386_split(at, machine.arch == Arch::i386 && machine.pae))
        return fmt::format("--page-offset {}: expected 0xc0000000, 0x80000000 or 0x40000000{}", text,
                           machine.pae ? " (PAE)" : ", or without PAE 0xb0000000 or 0x78000000");
    if (machine.arch != Arch::i386)
        return fmt::format("--page-offset {}: this is a machine of {}; only i386 kernels are built for other splits",
                           text, name_of(machine.arch));
    machine.image.page_offset = at;
    return {};
}

/// What a command answered, in words: "pfn 0x1a8c0", "area 0xffffc90000000000", or "nothing".
std::string answer(const CommandResult& result) {
    if (result.process) return answer_text(*result.process);
    if (result.percpu) return fmt::format("per-CPU pointer {:#x}", *result.percpu);
    if (result.task)
        return fmt::format("task {}, its task_struct {:#x}", *result.task, result.object.value_or(0)) +
               (result.area ? fmt::format(", its stack {:#x}", *result.area) : "");
    if (result.object)
        return result.pfn == no_pfn ? "ZERO_SIZE_PTR"
                                    : fmt::format("object {:#x} in pfn {:#x}", *result.object, result.pfn);
    if (result.area)
        return fmt::format("area {:#x}", *result.area) +
               (result.pfn == no_pfn ? "" : fmt::format(", its first page pfn {:#x}", result.pfn));
    if (result.pfn == no_pfn) return "nothing";
    std::string out = fmt::format("pfn {:#x}", result.pfn);
    if (!result.pages.empty()) out += fmt::format(", {} pages", result.pages.size());
    if (!result.moved.empty()) out += fmt::format(", {} pages were moved for it", result.moved.size());
    return out;
}

Outcome<std::unique_ptr<Timeline>> machine_of_log(const MachineOptions& options) {
    auto machine = read_machine(options.file);
    if (!machine) return machine.error();
    if (const std::string wrong = set_page_offset(*machine, options.page_offset); !wrong.empty()) return Error{wrong};
    return open_machine(std::move(*machine), options.kernel, options.file);
}

Outcome<std::unique_ptr<Timeline>> machine_of_session(const MachineOptions& options) {
    auto loaded = load_session(options.file);
    if (!loaded) return loaded.error();
    if (loaded->session.kind == Session::Kind::recording)
        return Error{"this session is of a recording; expected one of a machine", options.file};
    if (!options.kernel.empty()) loaded->session.profile = options.kernel;
    auto opened = open_session(loaded->session);
    if (!opened) return opened.error();
    for (const auto* losses : {&loaded->losses, &opened->losses})
        for (const std::string& loss : *losses)
            std::cerr << "mmsim: note: " << options.file << " is damaged: " << loss << "\n";
    std::unique_ptr<Timeline> timeline = std::move(opened->machine.timeline);
    if (!options.branch.empty())
        if (const auto there = timeline->switch_to(options.branch); !there) return there.error();
    return timeline;
}

}  // namespace

void add_run(CLI::App& command, RunOptions& options) {
    command
        .add_option("--workload", options.workload,
                    "After the boot run so many commands of the workload that the window starts with")
        ->option_text("N");
    command.add_option("--seed", options.seed, "Of the workload")->option_text("N [7]");
    command
        .add_option("--do", options.commands,
                    "Then run this command of the page allocator, as \"alloc_pages GFP_KERNEL order 3\"; may stand "
                    "several times")
        ->option_text("COMMAND ...")
        ->allow_extra_args(false);
}

int run(Timeline& timeline, const RunOptions& options, bool told) {
    WorkloadSpec spec;
    spec.seed = options.seed;
    Workload workload(spec);
    for (std::uint64_t i = 0; i < options.workload; ++i)
        if (const auto done = do_next(workload, timeline); !done) return fail("--workload: " + done.error().text());
    for (const std::string& text : options.commands) {
        const auto command = command_typed(text);
        if (!command) return fail("--do: " + command.error().text());
        const auto result = timeline.execute(*command);
        if (!result) return fail(fmt::format("--do \"{}\": {}", text, result.error().text()));
        if (told) std::cerr << fmt::format("mmsim: {}: {}\n", to_text(*command), answer(*result));
    }
    return 0;
}

int fail(const std::string& message) {
    std::cerr << "mmsim: " << message << "\n";
    return bad_input;
}

int with_machine(const MachineOptions& options, const std::function<int(Timeline&)>& then) {
    if (!options.branch.empty() && !is_session(options.file))
        return fail(fmt::format("--branch {}: {} is no session (NAME.mms); only those have branches", options.branch,
                                options.file));
    const auto opened = is_session(options.file) ? machine_of_session(options) : machine_of_log(options);
    if (!opened) return fail(opened.error().text());
    Timeline& timeline = **opened;
    for (const std::string& note : assumptions(timeline.system().machine(), timeline.system().profile()))
        std::cerr << "mmsim: note: " << note << "\n";
    if (!options.until.empty()) {
        const int stage = timeline.history().stage_named(options.until);
        if (stage < 0) {
            std::string names;
            for (const StageInfo& s : timeline.history().stages())
                names += fmt::format("\n  {}", s.name);
            return fail(fmt::format("--until {}: there is no such stage; expected one of{}", options.until, names));
        }
        timeline.run_to_stage(stage);
    }
    return then(timeline);
}

}  // namespace mm
