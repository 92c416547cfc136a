// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "engine/sim/boot_context.h"

namespace mm::boot {

void init_mem_mapping_i386(BootContext& c) {
    c.trace.printk(
        fmt::format("initial memory mapped: [mem 0x00000000-{:#010x}]", initial_mapping_end(c.machine, c.profile) - 1));
    const Bytes pmd = c.profile.pae ? 2 * MiB : 4 * MiB;
    const BootMemblock mb = c.boot_memblock();
    const PhysAddr at = mb.alloc({.size = pmd,
                                  .align = pmd,
                                  .start = MiB,
                                  .end = phys_of(c.state.max_low_pfn),
                                  .owner = "first mapped",
                                  .caller = "init_mem_mapping",
                                  .api = MemblockApi::phys_range});
    if (at) mb.phys_free({at, at + pmd}, "init_mem_mapping");
    c.state.direct_map.max_pfn_mapped = c.state.max_low_pfn;
    c.state.memblock.set_current_limit(phys_of(c.state.max_low_pfn));
}
void permanent_kmaps_init(BootContext& c) {
    c.trace.event({.kind = EventKind::kernel_note}, "pkmap");
}
void trap_init_i386(BootContext& c) {
    c.trace.event({.kind = EventKind::kernel_note}, "cea");
}

}  // namespace mm::boot
