// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cassert>

#include "engine/sim/boot.h"

namespace mm {
namespace {

struct StageRow {
    std::string_view name, file;
    int parent;
    void (*run)(BootContext&);  ///< null: only groups
};

// Indices of the grouping rows, so that the table below can name parents.
constexpr int top = -1, start_kernel = 1, setup_arch = 2, paging_init = 17, mm_init = 29, mem_init = 30,
              init_freeable = 36;

// clang-format off
constexpr std::array<StageRow, 40> rows{{
    {"detect_memory",              "arch/x86/boot/memory.c",              top,          boot::detect_memory},
    {"start_kernel",               "init/main.c",                         top,          nullptr},
    {"setup_arch",                 "arch/x86/kernel/setup.c",             start_kernel, nullptr},
    {"early_reserve_memory",       "arch/x86/kernel/setup.c",             setup_arch,   boot::early_reserve_memory},
    {"e820__memory_setup",         "arch/x86/kernel/e820.c",              setup_arch,   boot::e820_memory_setup},
    {"parse_early_param",          "init/main.c",                         setup_arch,   boot::parse_early_param},
    {"trim_bios_range",            "arch/x86/kernel/setup.c",             setup_arch,   boot::trim_bios_range},
    {"e820__end_of_ram_pfn",       "arch/x86/kernel/e820.c",              setup_arch,   boot::end_of_ram_pfn},
    {"mtrr_trim_uncached_memory",  "arch/x86/kernel/cpu/mtrr/cleanup.c",  setup_arch,   boot::mtrr_trim},
    {"e820__memblock_setup",       "arch/x86/kernel/e820.c",              setup_arch,   boot::e820_memblock_setup},
    {"efi_reserve_boot_services",  "arch/x86/platform/efi/quirks.c",      setup_arch,   boot::efi_reserve_boot_services},
    {"reserve_real_mode",          "arch/x86/realmode/init.c",            setup_arch,   boot::reserve_real_mode},
    {"init_mem_mapping",           "arch/x86/mm/init.c",                  setup_arch,   boot::init_mem_mapping},
    {"setup_log_buf",              "kernel/printk/printk.c",              setup_arch,   boot::setup_log_buf},
    {"reserve_initrd",             "arch/x86/kernel/setup.c",             setup_arch,   boot::reserve_initrd},
    {"acpi_boot_table_init",       "arch/x86/kernel/acpi/boot.c",         setup_arch,   boot::acpi_boot_table_init},
    {"initmem_init",               "arch/x86/mm/numa_64.c",               setup_arch,   boot::initmem_init},
    {"paging_init",                "arch/x86/mm/init_64.c",               setup_arch,   nullptr},
    {"sparse_init",                "mm/sparse.c",                         paging_init,  boot::sparse_init},
    {"zone_sizes_init",            "arch/x86/mm/init.c",                  paging_init,  boot::zone_sizes_init},
    {"acpi_boot_init",             "arch/x86/kernel/acpi/boot.c",         setup_arch,   boot::acpi_boot_init},
    {"e820__reserve_resources",    "arch/x86/kernel/e820.c",              setup_arch,   boot::e820_reserve_resources},
    {"e820__register_nosave_regions", "arch/x86/kernel/e820.c",           setup_arch,   boot::register_nosave_regions},
    {"e820__setup_pci_gap",        "arch/x86/kernel/e820.c",              setup_arch,   boot::e820_setup_pci_gap},
    {"setup_command_line",         "init/main.c",                         start_kernel, boot::setup_command_line},
    {"setup_per_cpu_areas",        "arch/x86/kernel/setup_percpu.c",      start_kernel, boot::setup_per_cpu_areas},
    {"build_all_zonelists",        "mm/page_alloc.c",                     start_kernel, boot::build_all_zonelists},
    {"vfs_caches_init_early",      "fs/dcache.c",                         start_kernel, boot::vfs_caches_init_early},
    {"trap_init",                  "arch/x86/kernel/traps.c",             start_kernel, boot::trap_init},
    {"mm_init",                    "init/main.c",                         start_kernel, nullptr},
    {"mem_init",                   "arch/x86/mm/init_64.c",               mm_init,      nullptr},
    {"swiotlb_init",               "kernel/dma/swiotlb.c",                mem_init,     boot::swiotlb_init},
    {"memblock_free_all",          "mm/memblock.c",                       mem_init,     boot::memblock_free_all},
    {"preallocate_vmalloc_pages",  "arch/x86/mm/init_64.c",               mem_init,     boot::preallocate_vmalloc_pages},
    {"mem_init_print_info",        "mm/page_alloc.c",                     mm_init,      boot::mem_init_print_info},
    {"kmem_cache_init",            "mm/slub.c",                           mm_init,      boot::kmem_cache_init},
    {"kernel_init_freeable",       "init/main.c",                         top,          nullptr},
    {"page_alloc_init_late",       "mm/page_alloc.c",                     init_freeable, boot::page_alloc_init_late},
    {"init_per_zone_wmark_min",    "mm/page_alloc.c",                     init_freeable, boot::init_per_zone_wmark_min},
    {"set_recommended_min_free_kbytes", "mm/khugepaged.c",                init_freeable, boot::set_recommended_min_free_kbytes},
}};
// clang-format on

static_assert(rows[start_kernel].name == "start_kernel" && rows[setup_arch].name == "setup_arch" &&
              rows[paging_init].name == "paging_init" && rows[mm_init].name == "mm_init" &&
              rows[mem_init].name == "mem_init" && rows[init_freeable].name == "kernel_init_freeable");

std::vector<StageInfo> make_stages() {
    std::vector<StageInfo> stages;
    for (const StageRow& row : rows) {
        const unsigned depth = row.parent < 0 ? 0 : stages[static_cast<std::size_t>(row.parent)].depth + 1;
        stages.push_back({row.name, row.file, row.parent, depth});
    }
    return stages;
}

}  // namespace

const std::vector<StageInfo>& boot_stages() {
    static const std::vector<StageInfo> stages = make_stages();
    return stages;
}

bool is_leaf_stage(unsigned stage) {
    return stage < rows.size() && rows[stage].run != nullptr;
}

void run_stage(BootContext& context, unsigned stage) {
    assert(is_leaf_stage(stage));
    if (!context.state.panic.empty()) return;
    context.trace.event({.kind = EventKind::stage, .a = stage}, rows[stage].name);
    try {
        rows[stage].run(context);
    } catch (const KernelPanic& panic) {
        context.state.panic = panic.message;
        context.trace.event({.kind = EventKind::kernel_note}, "the kernel panics: " + panic.message);
        context.trace.printk("Kernel panic - not syncing: " + panic.message);
    }
}

}  // namespace mm
