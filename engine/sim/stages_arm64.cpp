// SPDX-License-Identifier: GPL-3.0-or-later
// The boot of an arm64 machine as a table. Follows init/main.c and arch/arm64/kernel/setup.c, Linux 6.1.
#include "engine/sim/stage_table.h"

namespace mm {
namespace {

// clang-format off
constexpr StageRow arm64_rows[] = {
    {0, "start_kernel",                     "init/main.c",                            nullptr},
    {1, "setup_arch",                       "arch/arm64/kernel/setup.c",              nullptr},
    {2, "setup_machine_fdt",                "arch/arm64/kernel/setup.c",              boot::setup_machine_fdt},
    {2, "parse_early_param",                "init/main.c",                            boot::arm64_parse_early_param},
    {2, "efi_init",                         "drivers/firmware/efi/efi-init.c",        boot::efi_init},
    {2, "arm64_memblock_init",              "arch/arm64/mm/init.c",                   boot::arm64_memblock_init},
    {2, "paging_init",                      "arch/arm64/mm/mmu.c",                    boot::arm64_paging_init},
    {2, "unflatten_device_tree",            "drivers/of/fdt.c",                       boot::unflatten_device_tree},
    {2, "bootmem_init",                     "arch/arm64/mm/init.c",                   nullptr},
    {3, "arch_numa_init",                   "drivers/base/arch_numa.c",               boot::arch_numa_init},
    {3, "sparse_init",                      "mm/sparse.c",                            boot::sparse_init},
    {3, "zone_sizes_init",                  "arch/arm64/mm/init.c",                   boot::zone_sizes_init},
    {3, "dma_contiguous_reserve",           "kernel/dma/contiguous.c",                boot::dma_contiguous_reserve},
    {3, "reserve_crashkernel",              "arch/arm64/mm/init.c",                   boot::reserve_crashkernel},
    {2, "request_standard_resources",       "arch/arm64/kernel/setup.c",              boot::request_standard_resources},
    {1, "setup_command_line",               "init/main.c",                            boot::setup_command_line},
    {1, "setup_per_cpu_areas",              "drivers/base/arch_numa.c",               boot::setup_per_cpu_areas},
    {1, "build_all_zonelists",              "mm/page_alloc.c",                        boot::build_all_zonelists},
    {1, "setup_log_buf",                    "kernel/printk/printk.c",                 boot::setup_log_buf},
    {1, "vfs_caches_init_early",            "fs/dcache.c",                            boot::vfs_caches_init_early},
    {1, "mm_init",                          "init/main.c",                            nullptr},
    {2, "stack_depot_early_init",           "lib/stackdepot.c",                       boot::stack_depot_early_init},
    {2, "mem_init",                         "arch/arm64/mm/init.c",                   nullptr},
    {3, "swiotlb_init",                     "kernel/dma/swiotlb.c",                   boot::swiotlb_init},
    {3, "memblock_free_all",                "mm/memblock.c",                          boot::memblock_free_all},
    {2, "mem_init_print_info",              "mm/page_alloc.c",                        boot::mem_init_print_info},
    {2, "kmem_cache_init",                  "mm/slub.c",                              boot::kmem_cache_init},
    {1, "setup_per_cpu_pageset",            "mm/page_alloc.c",                        boot::setup_per_cpu_pageset},
    {1, "vfs_caches_init",                  "fs/dcache.c",                            boot::vfs_caches_init},
    {0, "kernel_init_freeable",             "init/main.c",                            nullptr},
    {1, "page_alloc_init_late",             "mm/page_alloc.c",                        boot::page_alloc_init_late},
    {1, "cma_init_reserved_areas",          "mm/cma.c",                               boot::cma_init_reserved_areas},
    {1, "futex_init",                       "kernel/futex/core.c",                    boot::futex_init},
    {1, "init_per_zone_wmark_min",          "mm/page_alloc.c",                        boot::init_per_zone_wmark_min},
    {1, "set_recommended_min_free_kbytes",  "mm/khugepaged.c",                        boot::set_recommended_min_free_kbytes},
    {1, "dquot_init",                       "fs/quota/dquot.c",                       boot::dquot_init},
    {1, "inet_init",                        "net/ipv4/af_inet.c",                     boot::inet_init},
    {1, "free_initrd_mem",                  "init/initramfs.c",                       boot::free_initrd},
    {0, "free_initmem",                     "arch/arm64/mm/init.c",                   boot::free_initmem},
};
// clang-format on

}  // namespace

std::span<const StageRow> arm64_stages() {
    return arm64_rows;
}

}  // namespace mm
