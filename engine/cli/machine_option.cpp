// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/machine_option.h"

#include <fmt/format.h>

#include <iostream>

#include "engine/firmware/command_line.h"
#include "engine/firmware/log_reader.h"
#include "engine/profile/address_space.h"

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

}  // namespace

int fail(const std::string& message) {
    std::cerr << "mmsim: " << message << "\n";
    return bad_input;
}

int with_machine(const MachineOptions& options, const std::function<int(Timeline&)>& then) {
    auto machine = read_machine(options.file);
    if (!machine) return fail(machine.error().text());
    if (const std::string wrong = set_page_offset(*machine, options.page_offset); !wrong.empty()) return fail(wrong);
    auto opened = open_machine(std::move(*machine), options.kernel, options.file);
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
