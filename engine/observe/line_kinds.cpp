// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/observe/line_kinds.h"

#include <array>

#include "engine/observe/line_pattern.h"

namespace mm {
namespace {

struct Row {
    Category category;
    std::string_view pattern;   ///< see line_pattern.h
    std::string_view function;  ///< the kernel's
};

/// The first row that fits decides. Wordings of kernels from 2.6.32 on.
constexpr std::array rows{
    Row{Category::e820, "e820: update ", "e820__range_update"},
    Row{Category::e820, "e820: remove ", "e820__range_remove"},
    Row{Category::e820, "e820 update range: ", "e820_update_range"},
    Row{Category::e820, "e820 remove range: ", "e820_remove_range"},
    Row{Category::e820, "last_pfn = ", "e820_end_pfn"},
    Row{Category::e820, "e820: last_pfn = ", "e820_end_pfn"},
    Row{Category::e820, "user-defined physical RAM map", "e820__finish_early_params"},
    Row{Category::e820, "user: [mem ", "e820__print_table"},
    Row{Category::e820, "modified physical RAM map", "mtrr_trim_uncached_memory"},
    Row{Category::e820, "modified: [mem ", "e820__print_table"},
    Row{Category::e820, "extended physical RAM map", "e820__memory_setup_extended"},
    Row{Category::e820, "reserve setup_data ==>", "e820__reserve_setup_data"},

    Row{Category::mapping, "init_memory_mapping: ", "init_memory_mapping"},
    Row{Category::mapping, "Using GB pages", "probe_page_size_mask"},
    Row{Category::mapping, "Allocated new RAMDISK", "relocate_initrd"},
    Row{Category::mapping, "Move RAMDISK", "relocate_initrd"},
    Row{Category::mapping, "%MB HIGHMEM available", "find_low_pfn_range"},
    Row{Category::mapping, "%MB LOWMEM available", "initmem_init"},
    Row{Category::mapping, "  mapped low ram: ", "initmem_init"},
    Row{Category::mapping, "  low ram: ", "initmem_init"},

    Row{Category::memblock, "early_memtest: # of tests", "early_memtest"},
    Row{Category::memblock, "  0x* - 0x* pattern ", "do_one_pass"},
    Row{Category::memblock, "memblock_reserve: * memblock_alloc_range_nid+", "memblock_alloc_range_nid"},
    Row{Category::memblock, "memblock_add: *e820__memblock_setup", "e820__memblock_setup"},
    Row{Category::memblock, "memblock_add: *early_init_dt", "early_init_dt_add_memory_arch"},
    Row{Category::memblock, "MEMBLOCK configuration", "memblock_dump_all"},
    Row{Category::memblock, " memory size = ", "memblock_dump_all"},
    Row{Category::memblock, " memory.cnt", "memblock_dump"},
    Row{Category::memblock, " memory[0x", "memblock_dump"},
    Row{Category::memblock, " reserved.cnt", "memblock_dump"},
    Row{Category::memblock, " reserved[0x", "memblock_dump"},

    Row{Category::numa, "No NUMA configuration found", "dummy_numa_init"},
    Row{Category::numa, "Faking a node", "dummy_numa_init"},
    Row{Category::numa, "NUMA: ", "numa_cleanup_meminfo"},
    Row{Category::numa, "NODE_DATA(", "alloc_node_data"},
    Row{Category::numa, "Faking node", "emu_setup_memblk"},
    Row{Category::numa, "Fake node", "emu_setup_memblk"},
    Row{Category::numa, "Faked node", "emu_setup_memblk"},

    Row{Category::zones, "Zone ranges:", "free_area_init"},
    Row{Category::zones, "Zone PFN ranges:", "free_area_init_nodes"},
    Row{Category::zones, "  DMA$[mem", "free_area_init"},
    Row{Category::zones, "  DMA$empty", "free_area_init"},
    Row{Category::zones, "  DMA$0x", "free_area_init_nodes"},
    Row{Category::zones, "  DMA32$[mem", "free_area_init"},
    Row{Category::zones, "  DMA32$empty", "free_area_init"},
    Row{Category::zones, "  DMA32$0x", "free_area_init_nodes"},
    Row{Category::zones, "  Normal$[mem", "free_area_init"},
    Row{Category::zones, "  Normal$empty", "free_area_init"},
    Row{Category::zones, "  Normal$0x", "free_area_init_nodes"},
    Row{Category::zones, "  HighMem$[mem", "free_area_init"},
    Row{Category::zones, "  HighMem$empty", "free_area_init"},
    Row{Category::zones, "  HighMem$0x", "free_area_init_nodes"},
    Row{Category::zones, "  Movable$[mem", "free_area_init"},
    Row{Category::zones, "  Movable$empty", "free_area_init"},
    Row{Category::zones, "  Device$[mem", "free_area_init"},
    Row{Category::zones, "  Device$empty", "free_area_init"},
    Row{Category::zones, "Movable zone start", "free_area_init"},
    Row{Category::zones, "  Node %: 0x", "free_area_init"},
    Row{Category::zones, "Early memory node ranges", "free_area_init"},
    Row{Category::zones, "early_node_map[", "free_area_init_nodes"},
    Row{Category::zones, "  node$%: [mem", "free_area_init"},
    Row{Category::zones, "Initmem setup node", "free_area_init_node"},
    Row{Category::zones, "Initializing node", "free_area_init_node"},
    Row{Category::zones, "Initializing HighMem for node", "add_highpages_with_active_regions"},
    Row{Category::zones, "Initializing Movable for node", "add_highpages_with_active_regions"},

    Row{Category::present, "On node %", "calculate_node_totalpages"},
    Row{Category::present, "  * zone: % pages", "free_area_init_core"},
    Row{Category::zonelists, "Built % zonelists", "build_all_zonelists"},
    Row{Category::zonelists, "Fallback order for", "build_zonelists"},
    Row{Category::zonelists, "Policy zone", "build_all_zonelists"},
    Row{Category::mminit, "mminit::", "mminit_dprintk"},
    Row{Category::memory, "Memory: %K/%K available", "mem_init_print_info"},
    Row{Category::memory, "Memory: %k/%k available", "mem_init"},
    Row{Category::hashes, "*hash table entries: ", "alloc_large_system_hash"},

    Row{Category::layout, "Virtual kernel memory layout", "mem_init"},
    Row{Category::layout, "virtual kernel memory layout", "mem_init"},
    Row{Category::layout, "    fixmap *: ", "mem_init"},
    Row{Category::layout, "    pkmap *: ", "mem_init"},
    Row{Category::layout, "    vmalloc *: ", "mem_init"},
    Row{Category::layout, "    lowmem *: ", "mem_init"},
    Row{Category::layout, "  cpu_entry *: ", "mem_init"},
    Row{Category::layout, "      .init *: ", "mem_init"},
    Row{Category::layout, "      .data *: ", "mem_init"},
    Row{Category::layout, "      .text *: ", "mem_init"},

    Row{Category::holes, "[mem 0x*] available for PCI", "e820__setup_pci_gap"},
    Row{Category::holes, "e820: [mem 0x*] available for PCI", "e820_setup_gap"},
    Row{Category::holes, "PM: hibernation: Registered nosave", "register_nosave_region"},
    Row{Category::holes, "PM: Registered nosave", "register_nosave_region"},
    Row{Category::holes, "e820: reserve RAM buffer", "e820__reserve_resources_late"},
    Row{Category::holes, "software IO TLB: mapped", "swiotlb_print_info"},
    Row{Category::holes, "x86/mm: Memory block size", "probe_memory_block_size"},
    Row{Category::slub, "SLUB: HWalign", "kmem_cache_init"},

    Row{Category::given, "Linux version ", {}},
    Row{Category::given, "Command line: ", {}},
    Row{Category::given, "Kernel command line: ", {}},
    Row{Category::given, "BIOS-provided physical RAM map", {}},
    Row{Category::given, "e820: BIOS-provided physical RAM map", {}},
    Row{Category::given, "BIOS-e820: ", {}},
    Row{Category::given, " BIOS-e820: ", {}},
    Row{Category::given, "BIOS-e801: ", {}},
    Row{Category::given, " BIOS-e801: ", {}},
    Row{Category::given, "BIOS-88: ", {}},
    Row{Category::given, " BIOS-88: ", {}},
    Row{Category::given, "Xen: ", {}},
    Row{Category::given, " Xen: ", {}},
    Row{Category::given, "efi: mem", {}},
    Row{Category::given, "EFI: mem", {}},
    Row{Category::given, "efi: EFI v", {}},
    Row{Category::given, "EFI v", {}},
    Row{Category::given, "efi:   0x", {}},
    Row{Category::given, "efi:   MemMap ", {}},
    Row{Category::given, "efi: *SMBIOS*=0x", {}},
    Row{Category::given, "esrt: Reserving ", {}},
    Row{Category::given, "RAMDISK: ", {}},
    Row{Category::given, "Machine model: ", {}},
    Row{Category::given, "OF: fdt: ", {}},
    Row{Category::given, "SMBIOS ", {}},
    Row{Category::given, "found SMP MP-table", {}},
    Row{Category::given, "ACPI: Reserving * table memory at", {}},
    Row{Category::given, "ACPI: SRAT: ", {}},
    Row{Category::given, "SRAT: ", {}},
    Row{Category::given, "ACPI: RSDP ", {}},
    Row{Category::given, "ACPI: RSDT ", {}},
    Row{Category::given, "ACPI: XSDT ", {}},
    Row{Category::given, "ACPI: FACP ", {}},
    Row{Category::given, "ACPI: DSDT ", {}},
    Row{Category::given, "ACPI: FACS ", {}},
    Row{Category::given, "ACPI: APIC ", {}},
    Row{Category::given, "ACPI: HPET ", {}},
    Row{Category::given, "ACPI: SRAT ", {}},
    Row{Category::given, "ACPI: SLIT ", {}},
    Row{Category::given, "ACPI: WAET ", {}},
    Row{Category::given, "ACPI: MCFG ", {}},
    Row{Category::given, "ACPI: BGRT ", {}},
    Row{Category::given, "ACPI: SSDT ", {}},
    Row{Category::given, "ACPI: GTDT ", {}},
    Row{Category::given, "ACPI: SPCR ", {}},
    Row{Category::given, "ACPI: DBG2 ", {}},
    Row{Category::given, "ACPI: IORT ", {}},
    Row{Category::given, "ACPI: PPTT ", {}},
    Row{Category::given, "MTRR", {}},
    Row{Category::given, "TOM2: ", {}},
    Row{Category::given, "  ^-^ ", {}},
    Row{Category::given, "  % base", {}},
    Row{Category::given, "  % disabled", {}},
    Row{Category::given, "reserve setup_data: ", {}},
    Row{Category::given, "extended: ", {}},
    Row{Category::given, "smpboot: Allowing ", {}},
    Row{Category::given, "SMP: Allowing ", {}},
    Row{Category::given, "CPU topo: Allowing ", {}},
    Row{Category::given, "CPU: ", {}},
    Row{Category::given, "tsc: ", {}},
    Row{Category::given, "NX (Execute", {}},
    Row{Category::given, "setup_percpu: ", {}},
    Row{Category::given, "percpu: Embedded", {}},
    Row{Category::given, "PERCPU: Embedded", {}},
    Row{Category::given, "memblock_reserve: ", {}},
    Row{Category::given, "memblock_alloc*: ", {}},
    Row{Category::given, "memblock_phys_alloc*: ", {}},
    Row{Category::given, "memblock_phys_free: ", {}},
    Row{Category::given, "memblock_remove: ", {}},
    Row{Category::given, "memblock_mark", {}},
    Row{Category::given, "memblock_clear", {}},
    Row{Category::given, "crashkernel reserved", {}},
    Row{Category::given, "Reserving * crashkernel", {}},
    Row{Category::given, "cma: Reserved", {}},
    Row{Category::given, "printk: log_buf_len", {}},
    Row{Category::given, "mem auto-init", {}},
    Row{Category::given, "Freeing ", {}},
    Row{Category::given, "hugetlb", {}},
    Row{Category::given, "HugeTLB: registered", {}},
    Row{Category::given, "  * bad mem addr ", {}},
    Row{Category::given, "mempolicy", {}},
    Row{Category::given, "Booting Linux on physical CPU", {}},
    Row{Category::given, "rcu: *nr_cpu_ids", {}},
    Row{Category::given, "Offset of", {}},
    Row{Category::given, "Offset mem", {}},
    Row{Category::given, "PAE", {}},
    Row{Category::given, "KASLR", {}},
};

constexpr std::array<std::string_view, nr_categories + 2> names{
#define MM_X(id, words) #id,
    MM_LINE_CATEGORIES(MM_X)
#undef MM_X
        "given",
    "other"};

constexpr std::array<std::string_view, nr_categories + 2> meanings{
#define MM_X(id, words) words,
    MM_LINE_CATEGORIES(MM_X)
#undef MM_X
        "handed to the kernel",
    "other lines"};

}  // namespace

std::string_view name_of(Category category) {
    return names.at(static_cast<std::size_t>(category));
}

std::string_view words_of(Category category) {
    return meanings.at(static_cast<std::size_t>(category));
}

LineKind kind_of(std::string_view line) {
    for (const Row& row : rows)
        if (begins_like(line, row.pattern)) return {row.category, row.function};
    return {};
}

}  // namespace mm
