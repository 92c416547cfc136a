// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/processes_up.h"

#include <fmt/format.h>

#include "engine/sim/thp_setting.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

constexpr std::string_view inode_cache = "ext4_inode_cache";

/// The boot made all of them but ext4's, which comes with the file system.
std::string_view cache_name(MmObject kind) {
    switch (kind) {
        case MmObject::mm_struct:
            return "mm_struct";
        case MmObject::vm_area_struct:
            return "vm_area_struct";
        case MmObject::anon_vma:
            return "anon_vma";
        case MmObject::anon_vma_chain:
            return "anon_vma_chain";
        case MmObject::dentry:
            return "dentry";
        case MmObject::radix_tree_node:
            return "radix_tree_node";
        case MmObject::buffer_head:
            return "buffer_head";
        default:
            return inode_cache;
    }
}

/// ext4's init_inodecache(); the size is Debian's 6.1's. Nothing: no memory for it.
std::optional<CacheId> make_inode_cache(SlabAllocator& slabs, bool wide, const Tracer& trace) {
    CacheRequest request;
    request.name = inode_cache;
    request.object_size = wide ? 1168 : 756;
    request.align = wide ? 8 : 4;
    request.flags = slab::reclaim_account | slab::account;
    request.constructor = true;
    const auto made = slabs.kmem_cache_create(request, trace);
    return made ? *made : std::nullopt;
}

/// The cache's number, made if it is not there; nothing: no memory for it.
std::optional<CacheId> cache_made(SlabAllocator& slabs, const SlabState& state, MmObject kind, bool wide,
                                  const Tracer& trace) {
    if (const CacheId id = state.find(cache_name(kind)); id != no_cache) return id;
    return kind == MmObject::inode ? make_inode_cache(slabs, wide, trace) : std::nullopt;
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
    metadata.alloc = [&slabs, &state, &trace, wide](MmObject kind, unsigned cpu) -> std::optional<PhysAddr> {
        const auto id = cache_made(slabs, state, kind, wide, trace);
        if (!id) return std::nullopt;
        // Buffers are made while a page of the file is locked: GFP_NOFS.
        const Gfp how = kind == MmObject::buffer_head ? gfp::GFP_NOFS | gfp::nofail : gfp::GFP_KERNEL;
        const auto object = slabs.kmem_cache_alloc(*id, {how, no_node, cpu}, trace);
        return object ? *object : std::nullopt;
    };
    metadata.free = [&slabs, &state, &trace](MmObject kind, PhysAddr at, unsigned cpu) {
        (void)slabs.kmem_cache_free(state.find(cache_name(kind)), at, cpu, trace);
    };
    metadata.slab_pages = [&state] { return state.slab_pages(); };
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
