// SPDX-License-Identifier: GPL-3.0-or-later
// What a boot stage works on: the machine's state and the means to tell what it did. Lives for one stage.
#pragma once

#include "engine/memblock/boot_memblock.h"
#include "engine/snapshot/machine_state.h"
#include "engine/types/panic.h"

namespace mm {

/// __pa(MAX_DMA_ADDRESS): boot allocations that need not be low stay above it while they can.
inline constexpr PhysAddr max_dma_address = 16 * MiB;

struct BootContext {
    const Machine& machine;
    const KernelProfile& profile;
    MachineState& state;
    PageColumns& pages;
    Tracer trace;

    /// memblock as boot code calls it; every request, reservation and freeing of a stage goes through it, with the name
    /// of the kernel function that makes it (boot_memblock.h). parse_early_param() must have run to get it logged.
    BootMemblock boot_memblock() const {
        if (!state.memblock_debug) return BootMemblock(state.memblock, trace);
        return BootMemblock(state.memblock, trace, kernel_build_for(machine.banner, machine.arch),
                            machine.memblock_calls, state.memblock_served);
    }
    /// What the command line wants of memblock: "memblock=debug", "kernelcore=mirror", "movable_node". For an
    /// architecture's parse_early_param stage.
    void parse_memblock_param() const;

    /// memblock_alloc() and friends where the kernel panics on failure.
    PhysAddr alloc_or_panic(const MemblockRequest& request) const {
        const PhysAddr at = boot_memblock().alloc(request);
        if (at == 0)
            throw KernelPanic{std::string(request.owner) + ": failed to allocate " + std::to_string(request.size) +
                              " bytes"};
        return at;
    }
    /// early_memtest() of all memory in there.
    void early_memtest(PhysRange window) const;
    /// memblock_alloc(size, SMP_CACHE_BYTES).
    PhysAddr alloc_small(Bytes size, std::string_view owner, std::string_view caller) const {
        return alloc_or_panic({.size = size, .owner = owner, .caller = caller});
    }
};

/// The physical extent of the kernel image [_text, __bss_stop), from the log's folder or estimated from the sizes.
PhysRange kernel_image_range(const Machine& machine, const KernelProfile& profile);
/// [__brk_base, _brk_end) as far as used: DMI strings and the early page-table buffer.
PhysRange brk_used_range(const Machine& machine, const KernelProfile& profile);

/// efi_find_mirror(): the EFI map says which memory is mirrored; kernelcore=mirror makes use of it.
void efi_find_mirror(const BootContext& c);

/// /proc/iomem's order: parents before their children.
void sort_iomem(std::vector<IomemEntry>& iomem);

/// i386: where the page tables made before start_kernel() end.
PhysAddr initial_mapping_end(const Machine& machine, const KernelProfile& profile);

// The stages, one function each, in call order; named as the kernel's functions. boot_*.cpp
namespace boot {
void detect_memory(BootContext&);
void early_reserve_memory(BootContext&);
void e820_memory_setup(BootContext&);
void parse_early_param(BootContext&);
void trim_bios_range(BootContext&);
void end_of_ram_pfn(BootContext&);
void mtrr_trim(BootContext&);
void e820_memblock_setup(BootContext&);
void efi_reserve_boot_services(BootContext&);
void reserve_real_mode(BootContext&);
void init_mem_mapping(BootContext&);
void setup_log_buf(BootContext&);
void reserve_initrd(BootContext&);
void acpi_boot_table_init(BootContext&);
void initmem_init(BootContext&);
void reserve_crashkernel(BootContext&);
void sparse_init(BootContext&);
void zone_sizes_init(BootContext&);
void acpi_boot_init(BootContext&);
void e820_reserve_resources(BootContext&);
void register_nosave_regions(BootContext&);
void e820_setup_pci_gap(BootContext&);
void setup_command_line(BootContext&);
void setup_per_cpu_areas(BootContext&);
void build_all_zonelists(BootContext&);
void vfs_caches_init_early(BootContext&);
void trap_init(BootContext&);
void stack_depot_early_init(BootContext&);
void swiotlb_init(BootContext&);
void memblock_free_all(BootContext&);
void preallocate_vmalloc_pages(BootContext&);
void mem_init_print_info(BootContext&);
void print_virtual_layout(BootContext&);  ///< the end of i386's mem_init() before 5.7
void kmem_cache_init(BootContext&);
void setup_per_cpu_pageset(BootContext&);
void vfs_caches_init(BootContext&);
void page_alloc_init_late(BootContext&);
void alternative_instructions(BootContext&);
void futex_init(BootContext&);
void memory_dev_init(BootContext&);
void e820_reserve_resources_late(BootContext&);
void pci_iommu_init(BootContext&);
void dquot_init(BootContext&);
void inet_init(BootContext&);
void init_per_zone_wmark_min(BootContext&);
void set_recommended_min_free_kbytes(BootContext&);
void efi_free_boot_services(BootContext&);
void free_initrd(BootContext&);
void free_initmem(BootContext&);

// 32-bit x86 alone: boot_i386.cpp, boot_mapping_i386.cpp
void find_low_pfn_range(BootContext&);
void init_mem_mapping_i386(BootContext&);
void initmem_init_i386(BootContext&);
void permanent_kmaps_init(BootContext&);
void trap_init_i386(BootContext&);
void set_highmem_pages_init(BootContext&);

// arm64
void setup_machine_fdt(BootContext&);
void arm64_parse_early_param(BootContext&);
void efi_init(BootContext&);
void arm64_memblock_init(BootContext&);
void arm64_paging_init(BootContext&);
void unflatten_device_tree(BootContext&);
void arch_numa_init(BootContext&);
void dma_contiguous_reserve(BootContext&);
void request_standard_resources(BootContext&);
void cma_init_reserved_areas(BootContext&);
}  // namespace boot

}  // namespace mm
