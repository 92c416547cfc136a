// SPDX-License-Identifier: GPL-3.0-or-later
// From SRAT to nodes: memory blocks of nodes, their clean-up, the dummy node, distances, CPU to node. What
// initmem_init() (x86_numa_init) does on x86_64. Follows arch/x86/mm/numa.c and drivers/acpi/numa/srat.c, Linux 6.1.
//
//      SRAT   0:[0-640K) 0:[1M-1G) 1:[1G-2G)
//      merged 0:[0------------1G)  1:[1G-2G)        "NUMA: Node 0 [mem ...] + [mem ...] -> [mem ...]"
//
// Known gaps: generic initiators and CXL windows make no nodes; under numa=fake the SLIT is not known (distances are
// read from sysfs, which has those of the fake nodes). CPUs are taken to be numbered in SRAT's order (the MADT, which
// really decides, is not read).
#pragma once

#include <vector>

#include "engine/firmware/machine.h"
#include "engine/memblock/boot_memblock.h"

namespace mm {

/// struct numa_memblk.
struct NumaMemblk {
    PhysRange range;
    Nid nid = 0;
    friend bool operator==(const NumaMemblk&, const NumaMemblk&) = default;
};

struct NodeData {
    Nid nid = 0;
    PhysRange node_data;  ///< where the pg_data_t was placed; empty for a node without memory
    friend bool operator==(const NodeData&, const NodeData&) = default;
};

struct Numa {
    bool dummy = false;                           ///< no SRAT (or numa=off): one made-up node
    std::vector<NumaMemblk> memblks;              ///< numa_meminfo after clean-up, sorted by start
    std::vector<Nid> possible;                    ///< node_possible_map: of memory, CPUs or named by SRAT
    std::vector<NodeData> nodes;                  ///< online nodes, ascending; those of CPUs without memory too
    std::vector<std::vector<unsigned>> distance;  ///< [from][to]; 10 local, 20 remote by default
    PhysRange distance_table;                     ///< the memory taken for distances; empty without a SLIT
    std::vector<Nid> srat_cpu_to_node;            ///< what SRAT says, in its order; of fake nodes under numa=fake
    std::vector<Nid> real_node;                   ///< numa=fake: the real node each is part of; else empty
    std::vector<Nid> cpu_to_node;                 ///< by CPU number: SRAT, else numa_init_array's round robin
    friend bool operator==(const Numa&, const Numa&) = default;

    /// The CPU counts as one of the node's (cpumask_of_node): of fake nodes, of all that share the CPU's real node.
    bool cpu_is_of(std::size_t cpu, Nid nid) const {
        const Nid own = cpu < cpu_to_node.size() ? cpu_to_node[cpu] : 0;
        const auto real = [this](Nid n) {
            const auto i = static_cast<std::size_t>(n);
            return n >= 0 && i < real_node.size() ? real_node[i] : n;
        };
        return real(own) == real(nid);
    }
};

/// x86_numa_init(): acpi (SRAT), else dummy. Sets nodes on memblock.memory and .reserved, allocates NODE_DATA there,
/// sets memblock top-down. Prints the kernel's lines, with memblock=debug the dump of numa_register_memblks() too.
/// max_pfn bounds the dummy node and clips blocks.
Numa x86_numa_init(const Machine& machine, const KernelProfile& profile, const BootMemblock& boot, Pfn max_pfn);

}  // namespace mm
