// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/open.h"

#include <fmt/format.h>

#include "engine/firmware/log_reader.h"
#include "engine/firmware/own_profile.h"

namespace mm {
namespace {

const KernelProfile* find_profile(const Machine& machine, std::string_view name) {
    if (name.empty()) {
        const KernelProfile& best = own_profile(machine);
        return best.arch == machine.arch ? &best : nullptr;
    }
    for (const KernelProfile& p : all_profiles())
        if (p.name == name && p.arch == machine.arch && p.pae == machine.pae) return &p;
    // Any other version is computed with the rules of the nearest older profile.
    const KernelVersion version = parse_kernel_version(name);
    if (version == KernelVersion{} || name.front() < '0' || name.front() > '9') return nullptr;
    const KernelProfile& best = profile_for(machine.arch, version, name, machine.pae);
    return best.arch == machine.arch && best.since <= version ? &best : nullptr;
}

}  // namespace

std::string profile_names() {
    std::string names;
    const KernelProfile* before = nullptr;
    for (const KernelProfile& p : all_profiles()) {
        const bool new_arch = !before || before->arch != p.arch || before->pae != p.pae;
        if (new_arch) names += fmt::format("{}for {}{}: ", before ? "; " : "", name_of(p.arch), p.pae ? " PAE" : "");
        names += fmt::format("{}{}", new_arch ? "" : ", ", p.name);
        before = &p;
    }
    return names;
}

Outcome<std::unique_ptr<Timeline>> open_machine(const std::string& path, std::string_view profile_name) {
    auto machine = read_machine(path);
    if (!machine) return machine.error();
    return open_machine(std::move(*machine), profile_name, path);
}

Outcome<std::unique_ptr<Timeline>> open_machine(Machine machine, std::string_view profile_name,
                                                const std::string& file) {
    const KernelProfile* profile = find_profile(machine, profile_name);
    if (!profile && !profile_name.empty())
        return Error{fmt::format("kernel {} for {} was asked for; expected one of these: {}", profile_name,
                                 name_of(machine.arch), profile_names())};
    if (!profile)
        return Error{
            fmt::format("this is a log of {}; mmscope boots {} so far", name_of(machine.arch), profile_names()), file};
    return std::make_unique<Timeline>(std::make_shared<const Machine>(std::move(machine)), *profile);
}

std::vector<std::string> assumptions(const Machine& machine, const KernelProfile& profile) {
    std::vector<std::string> notes = machine.notes;
    const KernelVersion v = machine.version;
    if (v != KernelVersion{} && (v.major != profile.since.major || v.minor != profile.since.minor))
        notes.push_back(fmt::format("The log is of Linux {}; computed with the rules of {}.", v.text(), profile.name));
    return notes;
}

}  // namespace mm
