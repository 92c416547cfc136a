// SPDX-License-Identifier: GPL-3.0-or-later
// The boot as a table an architecture: one stage, one function, one line (stages_*.cpp), in the kernel's call order.
// Leaves do the work; inner nodes (start_kernel, setup_arch, mm_init) only group.
#pragma once

#include <vector>

#include "engine/sim/boot_context.h"
#include "engine/snapshot/history.h"

namespace mm {

/// The stage tree in call order (a parent before its children).
const std::vector<StageInfo>& boot_stages(Arch arch);
/// True for nodes that do work.
bool is_leaf_stage(Arch arch, unsigned stage);
/// Runs one leaf stage of the profile's architecture. The first event is of kind stage. A kernel panic is logged and
/// remembered in state.panic; after one, stages do nothing (and emit nothing).
void run_stage(BootContext& context, unsigned stage);

}  // namespace mm
