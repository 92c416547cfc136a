// SPDX-License-Identifier: GPL-3.0-or-later
// arm64, 4 KiB pages, 48 bits of virtual addresses, as Debian configures it (NODES_SHIFT 4, ZONE_DMA and ZONE_DMA32 but
// no ZONE_DEVICE, CMA of 64 MiB, RODATA_FULL_DEFAULT_ENABLED).
#include "engine/profile/profile_steps.h"

namespace mm {

KernelProfile arm64_base() {
    KernelProfile p;
    p.name = "3.7";
    p.since = {3, 7, 0};
    p.arch = Arch::arm64;
    p.max_physmem_bits = 48;
    p.pgdat_size = 0x2c80;
    p.nodes_shift = 4;
    p.zones_end_with_ram = true;
    p.cma = true;
    p.cma_size = 64 * MiB;
    p.init_pg_dir_size = 0x5000;
    p.default_virt_text = 0xffff800008010000;
    p.inittext_size = 0x80000;
    p.default_text_start = 0x40210000;
    p.nr_cpus_config = 256;
    p.slub.kmalloc_min_align = 128;
    p.structs.io_tlb_area = 16;
    p.page_flags.last_cpupid = 16;  // 8 bits each for NR_CPUS 256 and a PID
    p.page_flags.flags = 24;
    return p;
}

}  // namespace mm
