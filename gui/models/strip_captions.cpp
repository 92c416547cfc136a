// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/strip_captions.h"

namespace mm::gui {
namespace {

StripCaption ofX86(StripId id, bool longMode, bool efi) {
    switch (id) {
        case StripId::firmware:
            return {"boot_params.e820_table, arch/x86/boot/memory.c", efi ? "the EFI stub" : "detect_memory (int 15h)"};
        case StripId::e820:
            return {"e820_table, arch/x86/kernel/e820.c", "e820__memory_setup"};
        case StripId::memory:
            return {"memblock.memory, mm/memblock.c", "e820__memblock_setup"};
        case StripId::reserved:
            return {"memblock.reserved, mm/memblock.c", "memblock_reserve"};
        case StripId::direct:
            return {"init_mem_mapping, arch/x86/mm/init.c", "init_mem_mapping"};
        case StripId::nodes:
            return longMode ? StripCaption{"numa_meminfo, arch/x86/mm/numa.c", "initmem_init"}
                            : StripCaption{"contig_page_data, mm/memblock.c", "initmem_init, arch/x86/mm/init_32.c"};
        case StripId::zones:
            return {"pg_data_t.node_zones, mm/page_alloc.c", "zone_sizes_init"};
        case StripId::iomem:
            return {"iomem_resource, kernel/resource.c", "e820__reserve_resources"};
    }
    return {};
}

StripCaption ofArm64(StripId id, bool efi) {
    switch (id) {
        case StripId::firmware:
            return efi ? StripCaption{"efi.memmap, drivers/firmware/efi/efi-init.c", "the firmware: the EFI memory map"}
                       : StripCaption{"/memory of the device tree, drivers/of/fdt.c", "the firmware: the device tree"};
        case StripId::e820:
            return {};
        case StripId::memory:
            return {"memblock.memory, mm/memblock.c", efi ? "reserve_regions" : "early_init_dt_scan_memory"};
        case StripId::reserved:
            return {"memblock.reserved, mm/memblock.c", "memblock_reserve"};
        case StripId::direct:
            return {"map_mem, arch/arm64/mm/mmu.c", "paging_init"};
        case StripId::nodes:
            return {"numa_nodes_parsed, drivers/base/arch_numa.c", "arch_numa_init"};
        case StripId::zones:
            return {"pg_data_t.node_zones, mm/page_alloc.c", "zone_sizes_init, arch/arm64/mm/init.c"};
        case StripId::iomem:
            return {"iomem_resource, kernel/resource.c", "request_standard_resources"};
    }
    return {};
}

}  // namespace

StripCaption recordedCaption(StripId id) {
    if (id == StripId::memory) return {"zones.json: frames of the recorded zones", "the recording"};
    if (id == StripId::zones) return {"zones.json: pg_data_t.node_zones, mm/page_alloc.c", "the recording"};
    return {};
}

StripCaption stripCaption(StripId id, Arch arch, bool efi) {
    return arch == Arch::arm64 ? ofArm64(id, efi) : ofX86(id, arch == Arch::x86_64, efi);
}

}  // namespace mm::gui
