// SPDX-License-Identifier: GPL-3.0-or-later
// What high memory gets from the machine around it: where its windows lie.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

/// PKMAP_BASE, FIX_KMAP_BEGIN and what the direct map reaches; without highmem the direct map alone.
HighmemWindow highmem_window(const Machine& machine, const KernelProfile& profile, const MachineState& state);

}  // namespace mm
