// SPDX-License-Identifier: GPL-3.0-or-later
// What processes get from the machine around them: the layout of their addresses from the kernel's rules, and
// descriptors from the slab allocator.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/mm/mm_context.h"
#include "engine/slub/slab_allocator.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

MmLayout mm_layout(const Machine& machine, const KernelProfile& profile, const MachineState& state);
/// empty_zero_page: where in .bss it lies no log tells, so the first page of .bss stands for it.
Pfn zero_page_of(const MachineState& state);
/// Descriptors are objects of the kernel's caches, which are made when first asked for. REQUIRES: slabs are up; they
/// and the trace outlive it.
MmMetadata mm_metadata_from(SlabAllocator& slabs, const SlabState& state, const KernelProfile& profile,
                            const Tracer& trace);

}  // namespace mm
