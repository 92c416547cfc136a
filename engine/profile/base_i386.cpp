// SPDX-License-Identifier: GPL-3.0-or-later
// 32-bit x86 as distributions build it: FLATMEM, one node, HIGHMEM4G without and HIGHMEM64G with PAE, 3G/1G split,
// 32 CPUs, MEMCG.
#include "engine/profile/profile_steps.h"

namespace mm {

KernelProfile i386_base() {
    KernelProfile p;
    p.name = "2.6.32";
    p.since = {2, 6, 32};
    p.arch = Arch::i386;
    p.memory_model = MemoryModel::flat;
    p.highmem = true;
    p.long_size = 4;
    p.pageblock_order = 10;  // huge pages of 4 MiB
    p.max_physmem_bits = p.max_physmem_bits_la57 = 32;
    p.struct_page_size = 32;
    p.deferred_struct_page_init = false;
    p.numa = false;
    p.real_mode_size = 16384;
    p.log.virtual_layout = true;
    p.crash_low_max = 512 * MiB;
    p.init_pgt_buf_pages = 6;
    p.brk_size = 0x116000;  // early page tables for all lowmem, DMI strings, INIT_PGT_BUF_SIZE
    p.nr_cpus_config = 32;
    p.slub.cache_struct = 132;
    p.slub.node_struct = 32;
    p.slab = {.cache_struct = 144, .node_struct = 64, .alien_struct = 20};
    p.page_flags.last_cpupid = 0;
    p.page_flags.flags = 24;
    p.structs = {.resource = 32,
                 .firmware_map_entry = 64,
                 .nosave_region = 16,
                 .pcpu_chunk = 96,
                 .io_tlb_slot = 12,
                 .io_tlb_area = 12};
    return p;
}

KernelProfile i386_pae_base() {
    KernelProfile p = i386_base();
    p.pae = true;
    p.pageblock_order = 9;
    p.max_physmem_bits = p.max_physmem_bits_la57 = 36;
    p.brk_size = 0x21a000;  // page tables are half as large, so there are twice as many, and four of the middle level
    p.structs.resource = 40;
    p.structs.io_tlb_slot = 16;
    return p;
}

}  // namespace mm
