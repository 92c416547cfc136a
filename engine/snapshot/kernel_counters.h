// SPDX-License-Identifier: GPL-3.0-or-later
// Counters of what the kernel itself has of memory, and of all that memory is used for, by the names that /proc/vmstat
// and /proc/zoneinfo print.
#pragma once

#include <string_view>

#include "engine/snapshot/machine_state.h"

namespace mm {

/// enum node_stat_item of a node: nr_slab_reclaimable, nr_slab_unreclaimable, nr_kernel_stack (KiB), and page tables of
/// the kernel's own, as far as it counts them; no_node: of all. 0: not counted here.
std::uint64_t kernel_stat(const MachineState& state, Nid nid, std::string_view name);
/// The counter as the kernel prints it: of processes and files, and the kernel's own.
std::uint64_t node_counter(const MachineState& state, Nid nid, std::string_view name);

/// What the page allocator's report of a failure tells of others. REQUIRES: the state outlives it.
class MachineCounters : public OthersCounters {
public:
    explicit MachineCounters(const MachineState& state) : m_state(state) {}
    std::uint64_t node(Nid nid, std::string_view name) const override { return node_counter(m_state, nid, name); }
    std::uint64_t zone(const Zone& zone, std::string_view name) const override;
    NrPages swap_free() const override { return m_state.processes.swap.free(); }
    NrPages swap_total() const override { return m_state.processes.swap.total(); }

private:
    const MachineState& m_state;
};

}  // namespace mm
