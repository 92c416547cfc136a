// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that change how the kernel's own mapping of pages is cached and protected, named as the kernel's functions.
// Pages are told by their virtual address, in the direct map or in an area of vmalloc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/pat/set_memory.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

struct SetMemoryAttribute {
    MemoryAttribute what = MemoryAttribute::uc;
    VirtAddr address = 0;
    NrPages count = 1;
    unsigned cpu = 0;
    friend bool operator==(const SetMemoryAttribute&, const SetMemoryAttribute&) = default;
};

inline constexpr std::string_view set_memory_commands_expected =
    "set_memory_uc|set_memory_wc|set_memory_wb|set_memory_ro|set_memory_rw ADDRESS count N cpu N";

std::string command_text(const SetMemoryAttribute& command);
std::optional<SetMemoryAttribute> parse_set_memory_command(const std::vector<std::string_view>& words);

/// What set_memory needs to know of a machine. Error: its kernel has none of this, or its tables are not made.
Outcome<PatWindow> pat_window(const Machine& machine, const KernelProfile& profile, const MachineState& state);

}  // namespace mm
