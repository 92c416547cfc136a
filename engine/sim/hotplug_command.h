// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that plug memory in and out, and take memory blocks into use and out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/hotplug/hot_add.h"
#include "engine/hotplug/memory_hotplug.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

/// What is written to /sys/devices/system/memory/memoryN/state.
struct MemoryBlockState {
    unsigned block = 0;
    BlockState state = BlockState::offline;
    unsigned cpu = 0;
    friend bool operator==(const MemoryBlockState&, const MemoryBlockState&) = default;
};
/// add_memory(): what firmware tells of a new module; its blocks are offline.
struct AddMemory {
    PhysAddr address = 0;
    Bytes size = 0;
    Nid nid = 0;
    unsigned cpu = 0;
    friend bool operator==(const AddMemory&, const AddMemory&) = default;
};
/// remove_memory().
struct RemoveMemory {
    PhysAddr address = 0;
    Bytes size = 0;
    unsigned cpu = 0;
    friend bool operator==(const RemoveMemory&, const RemoveMemory&) = default;
};
using HotplugCommand = std::variant<MemoryBlockState, AddMemory, RemoveMemory>;

inline constexpr std::string_view hotplug_commands_expected =
    "memory_offline BLOCK cpu N; memory_online BLOCK cpu N; memory_online_kernel BLOCK cpu N; "
    "memory_online_movable BLOCK cpu N; memory_add ADDRESS size BYTES node N cpu N; "
    "memory_remove ADDRESS size BYTES cpu N";

std::string command_text(const HotplugCommand& command);
std::optional<HotplugCommand> parse_hotplug_command(const std::vector<std::string_view>& words);

/// The first frame of the block; none: something in it cannot move. Errors are the user's.
Outcome<std::optional<Pfn>> run_block_command(MemoryHotplug& hotplug, const MemoryBlockState& command);

/// CONFIG_MEMORY_HOTPLUG: why this kernel has none.
Broken no_memory_hotplug(const KernelProfile& profile);
/// Where memory can be added, and where it will be seen. Error: this kernel has no memory hotplug.
Outcome<HotAddWindow> hot_add_window(const Machine& machine, const KernelProfile& profile, const MachineState& state);
/// What the kernel keeps beside its lists: /proc/iomem, max_pfn, on arm64 memblock.
void follow_added(MachineState& state, const KernelProfile& profile, PhysRange range, Nid nid);
void follow_removed(MachineState& state, const KernelProfile& profile, PhysRange range);

}  // namespace mm
