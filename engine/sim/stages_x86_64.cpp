// SPDX-License-Identifier: GPL-3.0-or-later
// The boot of an x86_64 machine as a table. Follows init/main.c and arch/x86/kernel/setup.c, Linux 6.1.
#include "engine/sim/stages_x86.h"

namespace mm {
namespace {

// clang-format off
constexpr StageRow x86_64_first_rows[] = {
    {0, "detect_memory",                    "arch/x86/boot/memory.c",                 boot::detect_memory},
    {0, "start_kernel",                     "init/main.c",                            nullptr},
    {1, "setup_arch",                       "arch/x86/kernel/setup.c",                nullptr},
    {2, "early_reserve_memory",             "arch/x86/kernel/setup.c",                boot::early_reserve_memory},
    {2, "e820__memory_setup",               "arch/x86/kernel/e820.c",                 boot::e820_memory_setup},
    {2, "parse_early_param",                "init/main.c",                            boot::parse_early_param},
    {2, "trim_bios_range",                  "arch/x86/kernel/setup.c",                boot::trim_bios_range},
    {2, "e820__end_of_ram_pfn",             "arch/x86/kernel/e820.c",                 boot::end_of_ram_pfn},
    {2, "mtrr_trim_uncached_memory",        "arch/x86/kernel/cpu/mtrr/cleanup.c",     boot::mtrr_trim},
    {2, "e820__memblock_setup",             "arch/x86/kernel/e820.c",                 boot::e820_memblock_setup},
    {2, "efi_reserve_boot_services",        "arch/x86/platform/efi/quirks.c",         boot::efi_reserve_boot_services},
    {2, "reserve_real_mode",                "arch/x86/realmode/init.c",               boot::reserve_real_mode},
    {2, "init_mem_mapping",                 "arch/x86/mm/init.c",                     boot::init_mem_mapping},
    {2, "setup_log_buf",                    "kernel/printk/printk.c",                 boot::setup_log_buf},
    {2, "reserve_initrd",                   "arch/x86/kernel/setup.c",                boot::reserve_initrd},
    {2, "acpi_boot_table_init",             "arch/x86/kernel/acpi/boot.c",            boot::acpi_boot_table_init},
    {2, "initmem_init",                     "arch/x86/mm/numa_64.c",                  boot::initmem_init},
    {2, "reserve_crashkernel",              "arch/x86/kernel/setup.c",                boot::reserve_crashkernel},
    {2, "paging_init",                      "arch/x86/mm/init_64.c",                  nullptr},
    {3, "sparse_init",                      "mm/sparse.c",                            boot::sparse_init},
    {3, "zone_sizes_init",                  "arch/x86/mm/init.c",                     boot::zone_sizes_init},
    {2, "acpi_boot_init",                   "arch/x86/kernel/acpi/boot.c",            boot::acpi_boot_init},
    {2, "e820__reserve_resources",          "arch/x86/kernel/e820.c",                 boot::e820_reserve_resources},
    {2, "e820__register_nosave_regions",    "arch/x86/kernel/e820.c",                 boot::register_nosave_regions},
    {2, "e820__setup_pci_gap",              "arch/x86/kernel/e820.c",                 boot::e820_setup_pci_gap},
    {1, "setup_command_line",               "init/main.c",                            boot::setup_command_line},
    {1, "setup_per_cpu_areas",              "arch/x86/kernel/setup_percpu.c",         boot::setup_per_cpu_areas},
    {1, "build_all_zonelists",              "mm/page_alloc.c",                        boot::build_all_zonelists},
    {1, "vfs_caches_init_early",            "fs/dcache.c",                            boot::vfs_caches_init_early},
    {1, "trap_init",                        "arch/x86/kernel/traps.c",                boot::trap_init},
    {1, "mm_init",                          "init/main.c",                            nullptr},
    {2, "stack_depot_early_init",           "lib/stackdepot.c",                       boot::stack_depot_early_init},
    {2, "mem_init",                         "arch/x86/mm/init_64.c",                  nullptr},
    {3, "swiotlb_init",                     "kernel/dma/swiotlb.c",                   boot::swiotlb_init},
    {3, "memblock_free_all",                "mm/memblock.c",                          boot::memblock_free_all},
    {3, "preallocate_vmalloc_pages",        "arch/x86/mm/init_64.c",                  boot::preallocate_vmalloc_pages},
    {2, "mem_init_print_info",              "mm/page_alloc.c",                        boot::mem_init_print_info},
    {2, "kmem_cache_init",                  "mm/slub.c",                              boot::kmem_cache_init},
    {1, "setup_per_cpu_pageset",            "mm/page_alloc.c",                        boot::setup_per_cpu_pageset},
    {1, "vfs_caches_init",                  "fs/dcache.c",                            boot::vfs_caches_init},
    {1, "alternative_instructions",         "arch/x86/kernel/alternative.c",          boot::alternative_instructions},
    {0, "kernel_init_freeable",             "init/main.c",                            nullptr},
    {1, "page_alloc_init_late",             "mm/page_alloc.c",                        boot::page_alloc_init_late},
    {1, "memory_dev_init",                  "drivers/base/memory.c",                  boot::memory_dev_init},
};
// clang-format on
constexpr auto x86_64_rows = joined(x86_64_first_rows, x86_late_rows);

}  // namespace

std::span<const StageRow> x86_64_stages() {
    return x86_64_rows;
}

}  // namespace mm
