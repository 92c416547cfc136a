// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/set_memory_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/sim/command_words.h"
#include "engine/snapshot/layout_of.h"

namespace mm {

std::string command_text(const SetMemoryAttribute& c) {
    return fmt::format("{} {:#x} count {} cpu {}", set_memory_names[static_cast<std::size_t>(c.what)], c.address,
                       c.count, c.cpu);
}

std::optional<SetMemoryAttribute> parse_set_memory_command(const std::vector<std::string_view>& words) {
    const auto* const name =
        words.empty() ? set_memory_names.end() : std::find(set_memory_names.begin(), set_memory_names.end(), words[0]);
    if (name == set_memory_names.end() || words.size() < 2) return std::nullopt;
    const auto address = number(words[1]);
    CommandFields f;
    if (!address || !f.read(words, 2, {CommandFields::count, CommandFields::cpu})) return std::nullopt;
    constexpr NrPages most = NrPages{1} << 24;
    if (f.value(CommandFields::count, 1) > most) return std::nullopt;
    return SetMemoryAttribute{static_cast<MemoryAttribute>(name - set_memory_names.begin()), *address,
                              f.value(CommandFields::count, 1), f.cpu_number()};
}

Outcome<PatWindow> pat_window(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    if (profile.arch == Arch::arm64) return Error{"memory types of RAM are x86's: arm64 has no set_memory_uc()"};
    if (state.direct_map.tables.tables().empty()) return Error{"the kernel's page tables are not made yet"};
    const LayoutInput layout = layout_input_of(machine, profile, state);
    PatWindow window;
    const bool lowmem = profile.arch != Arch::x86_64;
    const VirtAddr start = page_offset_of(layout);
    window.direct_map = {
        start, start + phys_of(lowmem ? state.direct_map.max_low_pfn_mapped : state.direct_map.max_pfn_mapped)};
    window.tracked = !find_param(machine.command_line, "nopat");
    const VirtAddr image = image_address(layout);
    window.text = {image, image + layout.image.size()};
    if (lowmem) return window;
    window.highmap = {layout.image.start, align_up(layout.image.end, 2 * MiB)};
    window.image = image;
    return window;
}

}  // namespace mm
