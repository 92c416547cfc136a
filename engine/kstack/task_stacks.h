// SPDX-License-Identifier: GPL-3.0-or-later
// What each new task costs: a task_struct from its cache, then a kernel stack.
//
//      dup_task_struct ─► kmem_cache_alloc(task_struct) ─► alloc_thread_stack_node ─► this CPU's kept stack
//                                                                                 └─► else vmalloc(), aligned
//                                                                                     (or a block of pages)
//
// Follows dup_task_struct(), alloc_thread_stack_node(), free_thread_stack() and free_task() of kernel/fork.c,
// Linux 6.1; what is left out stands in README.md of this folder.
#pragma once

#include "engine/kstack/kstack_state.h"
#include "engine/slub/slab_allocator.h"
#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {

/// Fault injection, for tests: of stacks that are blocks of pages. Others fail with vmalloc or slabs.
struct StackFaults {
    std::function<bool()> pages;
};

/// References to the caller's state, which outlives every operation.
struct StackContext {
    StackState& state;
    SlabAllocator& slabs;
    const SlabState& slab_state;
    VmallocAllocator& window;
    const VmallocState& vmalloc_state;
    AllocState pages;
    PageAllocator& allocator;
    const StackFaults* faults = nullptr;
};

class TaskStacks {
public:
    explicit TaskStacks(const StackContext& context) : m_c(context) {}

    /// fork_init(): the cache task_struct. REQUIRES: slabs are up. Error: no memory for it.
    Outcome<Done> fork_init(const StackConfig& config, const Tracer& trace = {});
    /// dup_task_struct(): nothing where there is no memory; all it took is given back.
    std::optional<TaskId> dup_task_struct(Nid nid, unsigned cpu, const Tracer& trace = {});
    /// free_task(). Error: there is no such task.
    Outcome<Done> free_task(TaskId id, unsigned cpu, const Tracer& trace = {});
    /// free_vm_stack_cache(): the CPU goes offline and keeps none.
    void free_vm_stack_cache(unsigned cpu, const Tracer& trace = {});

    Broken check() const;

private:
    bool alloc_stack(KernelTask& task, Nid nid, unsigned cpu, const Tracer& trace);
    void free_stack(KernelTask task, unsigned cpu, const Tracer& trace);
    Event stack_event(EventKind kind, const KernelTask& task) const;

    StackContext m_c;
};

/// TaskStacks::check() for those who only look.
Broken check_stacks(const StackState& state, const SlabState& slabs, const VmallocState& vmalloc,
                    const PageColumns& pages);
/// Why an area, an object or a frame is not its allocator's caller's to free; nothing if no task has it.
Broken stack_owner_of_area(const StackState& state, VirtAddr address);
Broken stack_owner_of_object(const StackState& state, PhysAddr object);
Broken stack_owner_of_frame(const StackState& state, Pfn pfn);

/// Tasks and kept stacks as text, in a format of ours; "" before there are any.
std::string print_tasks(const StackState& state);

}  // namespace mm
