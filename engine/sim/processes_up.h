// SPDX-License-Identifier: GPL-3.0-or-later
// What processes get from the machine around them: the layout of their addresses from the kernel's rules, descriptors
// from the slab allocator, and task_struct and stack from who makes tasks.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/kstack/task_stacks.h"
#include "engine/mm/mm_context.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

MmLayout mm_layout(const Machine& machine, const KernelProfile& profile, const MachineState& state);
/// empty_zero_page: where in .bss it lies no log tells, so the first page of .bss stands for it.
Pfn zero_page_of(const MachineState& state);
/// Descriptors are objects of the kernel's caches, which are made when first asked for; tasks come with their stacks.
/// REQUIRES: slabs and tasks are up when it is used; they and the trace outlive it.
MmMetadata mm_metadata_from(SlabAllocator& slabs, const SlabState& state, TaskStacks& tasks, const StackState& stacks,
                            const KernelProfile& profile, const Tracer& trace);

/// Why a task is not free_task's to end; nothing if no process is it.
Broken process_owner_of_task(const MmState& state, TaskId task);
/// Each process has a task_struct and a stack.
Broken check_tasks_of(const MmState& state, const StackState& stacks);

}  // namespace mm
