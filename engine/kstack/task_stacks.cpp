// SPDX-License-Identifier: GPL-3.0-or-later
// TaskStacks: tasks come and go. What must hold, and owners: stack_check.cpp.
#include "engine/kstack/task_stacks.h"

#include <fmt/format.h>

namespace mm {
namespace {

constexpr Gfp threadinfo_gfp = gfp::GFP_KERNEL_ACCOUNT | gfp::zero;

std::string stack_text(const KernelTask& task) {
    return task.stack != 0 ? fmt::format("stack {:#x}", task.stack) : fmt::format("stack in frame {:#x}", task.pfn);
}

}  // namespace

Outcome<Done> TaskStacks::fork_init(const StackConfig& config, const Tracer& trace) {
    CacheRequest request;
    request.name = "task_struct";
    request.object_size = config.task_size;
    request.align = config.task_align;
    request.usersize = config.task_align;               // a part of thread_struct is copied to users: never merged
    CacheId cache = m_c.slab_state.find(request.name);  // the boot may have made it
    if (cache == no_cache) {
        const auto made = m_c.slabs.kmem_cache_create(request, trace);
        if (!made) return made.error();
        if (!*made) return Error{"no memory for the cache task_struct"};
        cache = **made;
    }
    m_c.state = {};
    m_c.state.up = true;
    m_c.state.config = config;
    m_c.state.cache = cache;
    m_c.state.cached.resize(config.cpus);
    return Done{};
}

Event TaskStacks::stack_event(EventKind kind, const KernelTask& task) const {
    Event e;
    e.kind = kind;
    e.a = task.at;
    e.b = task.stack;
    if (task.pfn != no_pfn) e.touched = {phys_of(task.pfn), phys_of(task.pfn) + m_c.state.config.size()};
    return e;
}

/// alloc_thread_stack_node().
bool TaskStacks::alloc_stack(KernelTask& task, Nid nid, unsigned cpu, const Tracer& trace) {
    const StackConfig& config = m_c.state.config;
    if (!config.vmap) {
        if (m_c.faults && m_c.faults->pages && m_c.faults->pages()) return false;
        const Nid near = nid == no_node ? m_c.pages.zones.node_of_cpu(cpu) : nid;
        const auto pfn = m_c.allocator.alloc_pages({threadinfo_gfp, config.order, near, cpu}, trace);
        task.pfn = pfn.value_or(no_pfn);
        return pfn.has_value();
    }
    for (VirtAddr& kept : m_c.state.cached[cpu]) {
        if (kept == 0) continue;
        task.stack = std::exchange(kept, 0);
        return true;
    }
    VmRequest request;
    request.gfp = threadinfo_gfp & ~gfp::account;
    request.nid = nid;
    request.cpu = cpu;
    request.caller = "dup_task_struct";
    request.align = config.align;
    const auto stack = m_c.window.vmalloc(config.size(), request, trace);
    task.stack = stack ? stack->value_or(0) : 0;
    return task.stack != 0;
}

std::optional<TaskId> TaskStacks::dup_task_struct(Nid nid, unsigned cpu, const Tracer& trace) {
    StackState& s = m_c.state;
    const auto object = m_c.slabs.kmem_cache_alloc(s.cache, {gfp::GFP_KERNEL, nid, cpu}, trace);
    if (!object || !*object) return std::nullopt;
    const TaskId id = ++s.last;
    KernelTask task;
    task.at = **object;
    s.tasks.edit()[id] = task;
    if (!alloc_stack(task, nid, cpu, trace)) {
        s.tasks.edit().erase(id);
        (void)m_c.slabs.kmem_cache_free(s.cache, task.at, cpu, trace);
        return std::nullopt;
    }
    s.tasks.edit()[id] = task;
    if (!trace) return id;
    trace.event(stack_event(EventKind::alloc_thread_stack, task), stack_text(task));
    trace.event(stack_event(EventKind::dup_task_struct, task),
                fmt::format("task {}: task_struct {:#x}, {}", id, task.at, stack_text(task)));
    return id;
}

/// free_thread_stack(): the CPU keeps two for its next tasks.
void TaskStacks::free_stack(KernelTask task, unsigned cpu, const Tracer& trace) {
    if (task.stack == 0) {
        (void)m_c.allocator.free_pages(task.pfn, m_c.state.config.order, trace, cpu);
        if (trace) trace.event(stack_event(EventKind::free_thread_stack, task), "freed");
        return;
    }
    for (VirtAddr& kept : m_c.state.cached[cpu]) {
        if (kept != 0) continue;
        kept = task.stack;
        if (trace)
            trace.event(stack_event(EventKind::free_thread_stack, task),
                        fmt::format("kept for CPU {}'s next task", cpu));
        return;
    }
    (void)m_c.window.vfree(task.stack, cpu, trace);
    if (trace) trace.event(stack_event(EventKind::free_thread_stack, task), "freed: the CPU keeps two already");
}

Outcome<Done> TaskStacks::free_task(TaskId id, unsigned cpu, const Tracer& trace) {
    const auto it = m_c.state.tasks->find(id);
    if (it == m_c.state.tasks->end()) return Error{fmt::format("there is no task {}; see --print tasks", id)};
    const KernelTask task = it->second;
    m_c.state.tasks.edit().erase(id);
    free_stack(task, cpu, trace);
    (void)m_c.slabs.kmem_cache_free(m_c.state.cache, task.at, cpu, trace);
    if (trace) trace.event(stack_event(EventKind::free_task, task), fmt::format("task {}", id));
    return Done{};
}

void TaskStacks::free_vm_stack_cache(unsigned cpu, const Tracer& trace) {
    for (std::size_t i = 0; i < cached_stacks; ++i) {
        KernelTask kept;
        kept.stack = std::exchange(m_c.state.cached[cpu][i], 0);
        if (kept.stack == 0) continue;
        (void)m_c.window.vfree(kept.stack, cpu, trace);
        if (trace) trace.event(stack_event(EventKind::free_thread_stack, kept), "freed: the CPU keeps none");
    }
}

Broken TaskStacks::check() const {
    return check_stacks(m_c.state, m_c.slab_state, m_c.vmalloc_state, m_c.pages.pages);
}

}  // namespace mm
