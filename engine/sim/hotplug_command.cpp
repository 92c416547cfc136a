// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/hotplug_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/sim/arm64_image.h"
#include "engine/sim/command_words.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

/// By BlockState.
constexpr std::array<std::string_view, 4> block_names{"memory_offline", "memory_online", "memory_online_kernel",
                                                      "memory_online_movable"};
constexpr std::string_view resource_name = "System RAM";

struct HotplugPrinter {
    std::string operator()(const MemoryBlockState& c) const {
        return fmt::format("{} {} cpu {}", block_names[static_cast<std::size_t>(c.state)], c.block, c.cpu);
    }
    std::string operator()(const AddMemory& c) const {
        return fmt::format("memory_add {:#x} size {} node {} cpu {}", c.address, c.size, c.nid, c.cpu);
    }
    std::string operator()(const RemoveMemory& c) const {
        return fmt::format("memory_remove {:#x} size {} cpu {}", c.address, c.size, c.cpu);
    }
};

}  // namespace

std::string command_text(const HotplugCommand& command) {
    return std::visit(HotplugPrinter{}, command);
}

std::optional<HotplugCommand> parse_hotplug_command(const std::vector<std::string_view>& words) {
    const auto first = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!first) return std::nullopt;
    CommandFields f;
    if (const auto* const name = std::find(block_names.begin(), block_names.end(), words[0]);
        name != block_names.end()) {
        if (!f.read(words, 2, {CommandFields::cpu}) || *first > 0xffffff) return std::nullopt;
        return MemoryBlockState{static_cast<unsigned>(*first), static_cast<BlockState>(name - block_names.begin()),
                                f.cpu_number()};
    }
    if (words[0] == "memory_add") {
        if (!f.read(words, 2, {CommandFields::size, CommandFields::node, CommandFields::cpu})) return std::nullopt;
        return AddMemory{*first, f.value(CommandFields::size), static_cast<Nid>(f.value(CommandFields::node)),
                         f.cpu_number()};
    }
    if (words[0] != "memory_remove" || !f.read(words, 2, {CommandFields::size, CommandFields::cpu}))
        return std::nullopt;
    return RemoveMemory{*first, f.value(CommandFields::size), f.cpu_number()};
}

Outcome<std::optional<Pfn>> run_block_command(MemoryHotplug& hotplug, const MemoryBlockState& c) {
    const Pfn first = hotplug.frames_of(c.block).start;
    if (c.state == BlockState::offline) {
        const auto gone = hotplug.offline(c.block);
        if (!gone) return gone.error();
        return *gone ? std::optional(first) : std::nullopt;
    }
    const auto done = hotplug.online(c.block, c.state);
    if (!done) return done.error();
    return std::optional(first);
}

Broken no_memory_hotplug(const KernelProfile& profile) {
    if (profile.arch == Arch::i386) return "memory hotplug is for 64 bits: i386 has none";
    return std::nullopt;
}

Outcome<HotAddWindow> hot_add_window(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    if (Broken refused = no_memory_hotplug(profile)) return Error{*refused};
    if (const Bytes pages = profile.struct_page_size << (profile.section_size_bits - page_shift); pages != 2 * MiB)
        return Error{
            fmt::format("struct pages of {} bytes: a section's {} KiB fill no large page, which is not modelled "
                        "while a machine runs",
                        profile.struct_page_size, pages / KiB)};
    if (state.direct_map.tables.tables().empty()) return Error{"the kernel's page tables are not made yet"};
    const LayoutInput layout = layout_input_of(machine, profile, state);
    HotAddWindow window;
    window.direct_map = page_offset_of(layout) - layout.memstart;
    window.vmemmap = vmemmap_of(layout);
    if (profile.arch == Arch::arm64) {
        constexpr Bytes linear_map = Bytes{1} << 47;
        window.addressable = {layout.memstart, layout.memstart + linear_map};
        window.largest_leaf = arm64_page_mappings_only(machine.command_line) ? page_size : GiB;
        return window;
    }
    window.addressable = {0, Bytes{1} << (machine.la57 ? profile.max_physmem_bits_la57 : profile.max_physmem_bits)};
    window.largest_leaf = machine.gb_pages ? GiB : 2 * MiB;
    return window;
}

void follow_added(MachineState& state, const KernelProfile& profile, PhysRange range, Nid nid) {
    const auto after = std::find_if(state.iomem.begin(), state.iomem.end(), [&](const IomemEntry& entry) {
        return entry.depth == 0 && entry.range.start > range.start;
    });
    state.iomem.insert(after, {range, std::string(resource_name), 0});
    if (const Pfn end = pfn_down(range.end); end > state.max_pfn) state.max_pfn = state.max_low_pfn = end;
    if (profile.arch == Arch::arm64) state.memblock.add(range.start, range.size(), {}, nid);
}

void follow_removed(MachineState& state, const KernelProfile& profile, PhysRange range) {
    std::erase_if(state.iomem, [&](const IomemEntry& entry) { return entry.range == range && entry.depth == 0; });
    if (profile.arch == Arch::arm64) state.memblock.remove(range.start, range.size());
}

}  // namespace mm
