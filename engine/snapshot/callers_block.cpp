// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/callers_block.h"

#include "engine/kstack/task_stacks.h"
#include "engine/mm/processes.h"
#include "engine/percpu/percpu.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/hierarchy.h"

namespace mm {

bool is_callers_block(const Snapshot& s, Pfn head) {
    const auto block = block_of_frame(s.pages, head);
    if (!block || block->free) return false;
    const std::vector<PathStep> path = allocation_path(s, {head, {}});
    if (path.empty() || path.front().box != "alloc_pages") return false;  // of a slab, or an area of vmalloc
    return !mm_owner_of(s.state.processes, head) && !stack_owner_of_frame(s.state.kstack, head) &&
           !percpu_owner_of_frame(s.state.percpu, head);
}

}  // namespace mm
