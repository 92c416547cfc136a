// SPDX-License-Identifier: GPL-3.0-or-later
// Counters of what the kernel itself has of memory, by the names that /proc/vmstat and /proc/zoneinfo print.
#pragma once

#include <string_view>

#include "engine/snapshot/machine_state.h"

namespace mm {

/// enum node_stat_item of a node: nr_slab_reclaimable, nr_slab_unreclaimable, nr_kernel_stack (KiB), and page tables of
/// the kernel's own, as far as it counts them; no_node: of all. 0: not counted here.
std::uint64_t kernel_stat(const MachineState& state, Nid nid, std::string_view name);

}  // namespace mm
