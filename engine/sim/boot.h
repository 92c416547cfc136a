// SPDX-License-Identifier: GPL-3.0-or-later
// The boot as a table: one stage, one function, one line (boot_stages.cpp), in the kernel's call order. Leaves do the
// work; inner nodes (start_kernel, setup_arch, mm_init) only group.
#pragma once

#include <span>

#include "engine/sim/system.h"

namespace mm {

/// The stage tree in call order (a parent before its children).
const std::vector<StageInfo>& boot_stages();
/// True for nodes that do work.
bool is_leaf_stage(unsigned stage);
/// Runs one leaf stage on the system.
void run_stage(System& system, unsigned stage, EventSink* sink);

}  // namespace mm
