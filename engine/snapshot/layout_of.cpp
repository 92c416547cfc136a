// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/layout_of.h"

#include "engine/firmware/command_line.h"
#include "engine/firmware/own_profile.h"

namespace mm {
namespace {

/// A profile may be older than the kernel of the log, or have been asked for in place of it.
KernelVersion version_of(const Machine& machine, const KernelProfile& profile) {
    return &own_profile(machine) == &profile ? machine.version : profile.since;
}

PhysRange image_of(const Machine& machine, const KernelProfile& profile, const Memblock& memblock) {
    for (const auto& claim : memblock.claims())
        if (claim.owner == "kernel image") return claim.range;
    const PhysAddr text = machine.image.text ? machine.image.text : profile.default_text_start;
    return {text, std::max(text, machine.image.end_reserved)};
}

}  // namespace

LayoutInput layout_input_of(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    LayoutInput in;
    in.space = address_space_for(profile.arch, version_of(machine, profile));
    in.la57 = machine.la57 && in.space.page_offset_la57 != 0;
    in.pae = profile.pae;
    in.highmem = profile.highmem;
    if (in.space.nr_cpus && machine.nr_cpus_config) in.space.nr_cpus = machine.nr_cpus_config;
    if (machine.image.page_offset) in.space.page_offset = machine.image.page_offset;
    in.max_low_pfn = state.max_low_pfn;
    if (const auto reserve = find_param(machine.command_line, "vmalloc"); reserve && profile.arch == Arch::i386)
        in.vmalloc_reserve = memparse(*reserve) + i386_vmalloc_offset;
    in.image = image_of(machine, profile, state.memblock);
    if (profile.arch == Arch::arm64 && !state.memblock.memory().empty())
        in.memstart = align_down(state.memblock.memory().front().base, GiB);
    return in;
}

LayoutInput layout_input_of(const Snapshot& s) {
    return layout_input_of(*s.machine, *s.profile, s.state);
}

bool moves_bases(const LayoutInput& input, const Machine& machine) {
    return input.space.moves_bases && !find_param(machine.command_line, "nokaslr");
}

std::vector<std::string> layout_notes(const LayoutInput& input, const Machine& machine) {
    std::vector<std::string> notes;
    if (moves_bases(input, machine))
        notes.push_back(
            "Assumed nokaslr: with KASLR the kernel moves the direct map, vmalloc, vmemmap and its image; a log does "
            "not tell where to.");
    if (input.space.arch == Arch::arm64 && !find_param(machine.command_line, "nokaslr"))
        notes.push_back("Assumed nokaslr: with KASLR the kernel image lies elsewhere in vmalloc.");
    return notes;
}

}  // namespace mm
