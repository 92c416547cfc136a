// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/kernel_rooms.h"

#include "engine/mm/processes.h"
#include "engine/sim/boot_caches.h"
#include "engine/sim/processes_up.h"
#include "engine/sim/task_command.h"
#include "engine/sim/vmalloc_up.h"
#include "engine/vmscan/reclaim.h"

namespace mm {
namespace {

constexpr std::uint64_t slab_seed = 1;  // of random freelists: a machine's commands give the same objects each time

}  // namespace

KernelRooms::KernelRooms(MachineState& state, PageColumns& pages, PageAllocator& page_allocator, const Tracer& tracer)
    : trace(tracer),
      allocator(page_allocator),
      slabs({state.slab, allocator, pages, state.zones, allocator.state().profile}),
      m_state(state),
      m_window_metadata(metadata_from(slabs, state.slab, trace)),
      m_mm_metadata(mm_metadata_from(slabs, state.slab, tasks, state.kstack, allocator.state().profile, trace)),
      window({state.vmalloc, allocator, allocator.state(), &m_window_metadata, nullptr, made(state.direct_map.tables)}),
      tasks({state.kstack, slabs, state.slab, window, state.vmalloc, allocator.state(), allocator}),
      mm{state.processes, allocator, allocator.state(), 0, &m_mm_metadata, nullptr, trace} {}

void KernelRooms::add_to(MemoryPressure& pressure) const {
    add_pressure(pressure, mm, m_state.totalram_pages);
}

void KernelRooms::end_command() const {
    Processes(mm).end_command();
}

Outcome<Done> KernelRooms::bring_slabs_up(const Machine& machine) {
    if (m_state.slab.up) return Done{};
    const KernelProfile& profile = allocator.state().profile;
    const auto up = slabs.kmem_cache_init(slab_params(machine, profile), m_state.online_cpus, slab_seed, trace);
    return up ? create_boot_caches(slabs, m_state.slab, stacks(), profile, trace) : up;
}

StackConfig KernelRooms::stacks() const {
    return stack_config(allocator.state().profile, std::max(m_state.online_cpus, 1u));
}

Outcome<Done> KernelRooms::bring_window_up(const Machine& machine) {
    if (m_state.vmalloc.up) return Done{};
    return window.vmalloc_init(vmalloc_window(machine, allocator.state().profile, m_state), trace);
}

Outcome<Done> KernelRooms::bring_tasks_up() {
    if (m_state.kstack.up) return Done{};
    return tasks.fork_init(stacks(), trace);
}

void KernelRooms::bring_processes_up(const Machine& machine) const {
    if (m_state.processes.up) return;
    Processes(mm).init(mm_layout(machine, allocator.state().profile, m_state), zero_page_of(m_state));
}

}  // namespace mm
