// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of per-CPU memory. Allocations are told by their per-CPU pointer, the distance from the first chunk; the
// first command sets the first chunk up as boot made it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/percpu/percpu.h"
#include "engine/sim/slab_command.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

/// __alloc_percpu(), and __alloc_reserved_percpu().
struct AllocPercpu {
    PercpuRequest percpu;
    friend bool operator==(const AllocPercpu&, const AllocPercpu&) = default;
};
struct FreePercpu {
    std::uint64_t pointer = 0;
    unsigned cpu = 0;
    friend bool operator==(const FreePercpu&, const FreePercpu&) = default;
};
/// pcpu_balance_workfn(), which else runs when a command wakes it.
struct BalancePercpu {
    unsigned cpu = 0;
    friend bool operator==(const BalancePercpu&, const BalancePercpu&) = default;
};
using PercpuCommand = std::variant<AllocPercpu, FreePercpu, BalancePercpu>;

inline constexpr std::string_view percpu_commands_expected =
    "alloc_percpu BYTES GFP align BYTES cpu N; alloc_reserved_percpu BYTES GFP align BYTES cpu N; "
    "free_percpu POINTER cpu N; percpu_balance cpu N";

std::string command_text(const PercpuCommand& command);
std::optional<PercpuCommand> parse_percpu_command(const std::vector<std::string_view>& words);

/// Does it; what it answers is a new allocation's pointer, if there was room. Errors are the user's.
Outcome<std::optional<std::uint64_t>> run_percpu_command(Percpu& percpu, const PercpuCommand& command,
                                                         const Tracer& trace);
SlabPlaceAsked place_of(const PercpuCommand& command);

/// What boot has set up. Error: units that are no pieces of the direct map.
Outcome<PercpuGeometry> percpu_geometry(const Machine& machine, const KernelProfile& profile,
                                        const MachineState& state);

}  // namespace mm
