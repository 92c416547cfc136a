// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes where the device tree names them (arm64): memory nodes with a numa-node-id, distances, CPU to node; else ACPI's
// SRAT, else one made-up node. Follows drivers/base/arch_numa.c and drivers/of/of_numa.c, Linux 6.1.
//
//      alloc distances (16 x 16) -> of_numa_init or acpi_numa_init -> NODE_DATA of each node
//                                -> none found: free distances, once more with dummy_numa_init
#pragma once

#include "engine/memblock/boot_memblock.h"
#include "engine/numa/numa.h"

namespace mm {

/// arch_numa_init(). Sets nodes on memblock.memory. Prints the kernel's lines.
Numa arch_numa_init(const Machine& machine, const KernelProfile& profile, const BootMemblock& boot);

}  // namespace mm
