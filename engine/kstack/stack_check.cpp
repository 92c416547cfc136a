// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of tasks and stacks, whose things are, and how they are printed.
#include <fmt/format.h>

#include <set>

#include "engine/kstack/task_stacks.h"

namespace mm {
namespace {

constexpr std::string_view advice = "free_task frees it";

Broken check_area(const StackState& s, const VmallocState& vmalloc, VirtAddr stack, std::set<VirtAddr>& seen) {
    if (!seen.insert(stack).second) return fmt::format("the stack {:#x} is used twice", stack);
    const auto area = vmalloc.busy->find(stack);
    if (area == vmalloc.busy->end() || area->second.size() != s.config.size() || stack % s.config.align != 0)
        return fmt::format("the stack {:#x} is no area of its size", stack);
    return std::nullopt;
}

}  // namespace

std::uint64_t StackState::stack_kib(Nid nid, const VmallocState& vmalloc, const Zones& zones) const {
    std::uint64_t kib = 0;
    const auto count = [&](Pfn pfn, NrPages pages) {
        if (const Zone* zone = zones.zone_of(pfn); zone && zone->nid == nid) kib += phys_of(pages) / KiB;
    };
    for (const auto& [id, task] : *tasks) {
        if (task.pfn != no_pfn) count(task.pfn, NrPages{1} << config.order);
        const auto area = vmalloc.busy->find(task.stack);
        if (area == vmalloc.busy->end()) continue;
        for (const Pfn pfn : area->second.pages)
            count(pfn, 1);
    }
    return kib;
}

Broken check_stacks(const StackState& s, const SlabState& slabs, const VmallocState& vmalloc,
                    const PageColumns& pages) {
    if (!s.up) return std::nullopt;
    if (slabs.cache(s.cache).live < s.tasks->size()) return "there are more tasks than objects of task_struct";
    std::set<VirtAddr> seen;
    std::set<PhysAddr> objects;
    for (const auto& [id, task] : *s.tasks) {
        if (!objects.insert(task.at).second) return fmt::format("task {} shares its task_struct", id);
        if (task.pfn != no_pfn &&
            (state_of(pages.state(task.pfn)) != PageState::allocated || pages.order(task.pfn) != s.config.order))
            return fmt::format("the stack of task {} is no block of its order", id);
        if (task.stack == 0) continue;
        if (Broken b = check_area(s, vmalloc, task.stack, seen)) return b;
    }
    for (const auto& kept : s.cached)
        for (const VirtAddr stack : kept)
            if (stack != 0)
                if (Broken b = check_area(s, vmalloc, stack, seen)) return b;
    return std::nullopt;
}

Broken stack_owner_of_area(const StackState& s, VirtAddr address) {
    if (address == 0) return std::nullopt;
    for (const auto& [id, task] : *s.tasks)
        if (task.stack == address) return fmt::format("{:#x} is the stack of task {}: {}", address, id, advice);
    for (std::size_t cpu = 0; cpu < s.cached.size(); ++cpu)
        for (const VirtAddr stack : s.cached[cpu])
            if (stack == address)
                return fmt::format("{:#x} is a stack that CPU {} keeps: free_vm_stack_cache frees it", address, cpu);
    return std::nullopt;
}

Broken stack_owner_of_object(const StackState& s, PhysAddr object) {
    for (const auto& [id, task] : *s.tasks)
        if (task.at == object) return fmt::format("{:#x} is the task_struct of task {}: {}", object, id, advice);
    return std::nullopt;
}

Broken stack_owner_of_frame(const StackState& s, Pfn pfn) {
    for (const auto& [id, task] : *s.tasks)
        if (task.pfn != no_pfn && pfn >= task.pfn && pfn < task.pfn + (Pfn{1} << s.config.order))
            return fmt::format("frame {:#x} is of the stack of task {}: {}", pfn, id, advice);
    return std::nullopt;
}

std::string print_tasks(const StackState& s) {
    if (!s.up) return "";
    std::string out = fmt::format("stacks of {} KiB, {}; task_struct of {} bytes\n", s.config.size() / KiB,
                                  s.config.vmap ? "areas of vmalloc" : "blocks of pages", s.config.task_size);
    out += "task     task_struct         stack\n";
    for (const auto& [id, task] : *s.tasks)
        out += fmt::format("{:<8} {:#018x}  {}\n", id, task.at,
                           task.stack != 0 ? fmt::format("{:#x}", task.stack) : fmt::format("pfn {:#x}", task.pfn));
    for (std::size_t cpu = 0; cpu < s.cached.size(); ++cpu)
        for (const VirtAddr stack : s.cached[cpu])
            if (stack != 0) out += fmt::format("cpu {} keeps {:#x}\n", cpu, stack);
    return out;
}

}  // namespace mm
