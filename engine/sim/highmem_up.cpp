// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/highmem_up.h"

#include "engine/snapshot/layout_of.h"

namespace mm {

HighmemWindow highmem_window(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    const LayoutInput layout = layout_input_of(machine, profile, state);
    HighmemWindow window;
    window.page_offset = page_offset_of(layout);
    window.phys_base = layout.memstart;
    window.cpus = std::max(state.online_cpus, 1u);
    if (!layout.highmem) return window;
    const I386Areas areas = i386_areas(layout);
    window.first_high = layout.max_low_pfn;
    window.pkmap = areas.pkmap;
    window.slots = static_cast<unsigned>(pfn_down(areas.pkmap_slots.size()));
    window.fixmap = areas.kmaps.end - page_size;
    window.local_per_cpu = layout.space.fixmap_kmaps;
    return window;
}

}  // namespace mm
