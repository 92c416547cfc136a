// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel virtual layout of a machine at one moment: what kernel_layout() needs, gathered from the machine, its
// kernel's version and the state.
#pragma once

#include "engine/pgtable/kernel_layout.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

/// Bases are those without KASLR where the log does not tell others; layout_notes() says so.
LayoutInput layout_input_of(const Machine& machine, const KernelProfile& profile, const MachineState& state);
LayoutInput layout_input_of(const Snapshot& s);
/// What was assumed, in sentences.
std::vector<std::string> layout_notes(const LayoutInput& input, const Machine& machine);

/// KASLR moves the direct map, vmalloc and vmemmap in this boot.
bool moves_bases(const LayoutInput& input, const Machine& machine);

}  // namespace mm
