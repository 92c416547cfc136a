// SPDX-License-Identifier: GPL-3.0-or-later
// What vmalloc gets from the machine around it: its window from the layout of the kernel's addresses, and descriptors
// from the slab allocator.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/slub/slab_allocator.h"
#include "engine/snapshot/machine_state.h"
#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {

/// VMALLOC_START to VMALLOC_END; arm64's kernel image, mapped inside, is an early area.
VmallocWindow vmalloc_window(const Machine& machine, const KernelProfile& profile, const MachineState& state);

/// The kernel's tables; null where the boot made none.
PageTables* made(PageTables& tables);
const PageTables* made(const PageTables& tables);

/// Descriptors of areas are objects of the boot's cache vmap_area, all else of kmalloc(). REQUIRES: slabs are up; they
/// and the trace outlive it.
VmallocMetadata metadata_from(SlabAllocator& slabs, const SlabState& state, const Tracer& trace);

}  // namespace mm
