// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/callers_block.h"

#include "engine/hotplug/hot_add.h"
#include "engine/kstack/task_stacks.h"
#include "engine/mm/processes.h"
#include "engine/pat/set_memory.h"
#include "engine/percpu/percpu.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/hierarchy.h"
#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {

Broken owner_of_frame(const MachineState& state, Pfn head) {
    if (Broken owner = cma_owner_of(state.cma, head)) return owner;
    if (Broken owner = vmalloc_owner_of(state.vmalloc, head)) return owner;
    if (Broken owner = mm_owner_of(state.processes, head)) return owner;
    if (Broken owner = stack_owner_of_frame(state.kstack, head)) return owner;
    if (Broken owner = pat_owner_of(state.pat, head)) return owner;
    if (Broken owner = hotplug_owner_of(state.hotplug, head)) return owner;
    return percpu_owner_of_frame(state.percpu, head);
}

bool is_callers_block(const Snapshot& s, Pfn head) {
    const auto block = block_of_frame(s.pages, head);
    if (!block || block->free) return false;
    const std::vector<PathStep> path = allocation_path(s, {head, {}});
    if (path.empty() || path.front().box != "alloc_pages") return false;  // of a slab, or an area of vmalloc
    return !owner_of_frame(s.state, head);
}

}  // namespace mm
