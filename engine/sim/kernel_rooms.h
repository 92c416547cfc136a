// SPDX-License-Identifier: GPL-3.0-or-later
// The allocators that one command works with, each made once over the machine's state and wired to those it stands on.
//
//      page allocator ─► slabs ─┬─► vmalloc window ─► tasks and their stacks ─► processes and files
//                               └─► per-CPU memory
//
// The other way round, when memory runs short the page allocator asks processes and files (MemoryPressure).
#pragma once

#include "engine/firmware/machine.h"
#include "engine/kstack/task_stacks.h"
#include "engine/mm/mm_context.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

class KernelRooms {
public:
    /// REQUIRES: all of them outlive it. Nothing is brought up.
    KernelRooms(MachineState& state, PageColumns& pages, PageAllocator& page_allocator, const Tracer& tracer);
    KernelRooms(const KernelRooms&) = delete;
    KernelRooms& operator=(const KernelRooms&) = delete;

    /// What processes and files do while others ask for pages: give some back, follow theirs, die. REQUIRES: *this
    /// outlives its use.
    void add_to(MemoryPressure& pressure) const;
    /// Who was chosen to die does.
    void end_command() const;

    // What a command needs is brought up with the first one that does. Errors: no memory for it.
    Outcome<Done> bring_slabs_up(const Machine& machine);
    /// REQUIRES: slabs are up.
    Outcome<Done> bring_window_up(const Machine& machine);
    /// fork_init(). REQUIRES: the window is up.
    Outcome<Done> bring_tasks_up();
    /// REQUIRES: tasks are up.
    void bring_processes_up(const Machine& machine) const;

    const Tracer trace;
    PageAllocator& allocator;
    SlabAllocator slabs;

private:
    StackConfig stacks() const;

    MachineState& m_state;
    const VmallocMetadata m_window_metadata;
    const MmMetadata m_mm_metadata;

public:
    VmallocAllocator window;
    TaskStacks tasks;
    MmContext mm;  ///< on CPU 0 until somebody says other
};

}  // namespace mm
