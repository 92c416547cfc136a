// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/processes_up.h"

#include <fmt/format.h>

#include "engine/sim/thp_setting.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

using Kind = MmMetadata::Kind;

/// A cache of descriptors; sizes are those of Debian's 6.1 (/proc/slabinfo), on i386 with pointers half as long.
struct DescriptorCache {
    Kind kind;
    const char* name;
    Bytes size, size32;
    bool hw_aligned;
};
constexpr std::array caches{
    DescriptorCache{Kind::mm_struct, "mm_struct", 1152, 640, true},
    DescriptorCache{Kind::vm_area_struct, "vm_area_struct", 152, 96, false},
    DescriptorCache{Kind::anon_vma, "anon_vma", 104, 56, false},
    DescriptorCache{Kind::anon_vma_chain, "anon_vma_chain", 64, 32, false},
    DescriptorCache{Kind::inode, "ext4_inode_cache", 1176, 760, false},
    DescriptorCache{Kind::radix_tree_node, "radix_tree_node", 584, 304, false},
};

const DescriptorCache& cache_of(Kind kind) {
    for (const DescriptorCache& c : caches)
        if (c.kind == kind) return c;
    return caches.front();
}

/// The cache's number, made if it is not there; nothing: no memory for it.
std::optional<CacheId> cache_made(SlabAllocator& slabs, const SlabState& state, const DescriptorCache& c, bool wide,
                                  const Tracer& trace) {
    if (const CacheId id = state.find(c.name); id != no_cache) return id;
    CacheRequest request;
    request.name = c.name;
    request.object_size = wide ? c.size : c.size32;
    request.align = wide ? 8 : 4;
    if (c.hw_aligned) request.flags |= slab::hwcache_align;
    const auto made = slabs.kmem_cache_create(request, trace);
    return made ? *made : std::nullopt;
}

}  // namespace

MmLayout mm_layout(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    MmLayout layout;
    layout.paging = state.direct_map.tables.paging().mode;
    switch (layout.paging) {
        case PagingMode::arm64:
            layout.task_size = VirtAddr{1} << 48;
            break;
        case PagingMode::i386:
        case PagingMode::i386_pae:
            layout.task_size = page_offset_of(layout_input_of(machine, profile, state));
            break;
        default:
            layout.task_size = (VirtAddr{1} << 47) - page_size;
    }
    layout.pgd_order = profile.pgd_order;
    layout.thp = thp_settings_at_boot(machine.command_line, state.totalram_pages);
    return layout;
}

Pfn zero_page_of(const MachineState& state) {
    for (const IomemEntry& entry : state.iomem)
        if (entry.name == "Kernel bss" || entry.name == "Kernel data") return pfn_up(entry.range.start);
    return 0;
}

MmMetadata mm_metadata_from(SlabAllocator& slabs, const SlabState& state, TaskStacks& tasks, const StackState& stacks,
                            const KernelProfile& profile, const Tracer& trace) {
    const bool wide = profile.long_size == 8;
    MmMetadata metadata;
    metadata.alloc = [&slabs, &state, &trace, wide](Kind kind, unsigned cpu) -> std::optional<PhysAddr> {
        const auto id = cache_made(slabs, state, cache_of(kind), wide, trace);
        if (!id) return std::nullopt;
        const auto object = slabs.kmem_cache_alloc(*id, {gfp::GFP_KERNEL, no_node, cpu}, trace);
        return object ? *object : std::nullopt;
    };
    metadata.free = [&slabs, &state, &trace](Kind kind, PhysAddr at, unsigned cpu) {
        (void)slabs.kmem_cache_free(state.find(cache_of(kind).name), at, cpu, trace);
    };
    metadata.dup_task = [&tasks, &stacks, &trace](unsigned cpu) -> std::optional<TaskObject> {
        const auto id = tasks.dup_task_struct(no_node, cpu, trace);
        if (!id) return std::nullopt;
        return TaskObject{stacks.tasks->at(*id).at, *id};
    };
    metadata.free_task = [&tasks, &trace](TaskObject task, unsigned cpu) {
        (void)tasks.free_task(task.id, cpu, trace);
    };
    return metadata;
}

Broken process_owner_of_task(const MmState& state, TaskId task) {
    for (const auto& [pid, process] : *state.tasks)
        if (process.object.id == task && task != 0)
            return fmt::format("task {} is of process {} ({}): exit {} ends it", task, pid, process.comm, pid);
    return std::nullopt;
}

Broken check_tasks_of(const MmState& state, const StackState& stacks) {
    for (const auto& [pid, process] : *state.tasks) {
        const auto task = stacks.tasks->find(process.object.id);
        if (task == stacks.tasks->end() || task->second.at != process.object.at)
            return fmt::format("process {} has no task_struct and stack", pid);
    }
    return std::nullopt;
}

}  // namespace mm
