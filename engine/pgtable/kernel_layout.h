// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel virtual layout: what each stretch of virtual addresses is for, from 0 to the end of the address space
// without gap or overlap, and the translations that are plain arithmetic (virt_to_phys, phys_to_virt).
//
//   x86_64   user | hole | guard | LDT | direct map | vmalloc | vmemmap | KASAN | cpu entry area | ... | image | fixmap
//   i386     user | lowmem (with the image) | 8 MiB hole | vmalloc | pkmap | LDT | cpu entry area | fixmap
//   arm64    user | hole | linear map | modules | vmalloc with the image | fixmap | PCI I/O | vmemmap
//
// Follows the tables and headers named in profile/address_space.h and arch/x86/mm/init_32.c, Linux 6.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/pgtable/paging.h"
#include "engine/profile/address_space.h"

namespace mm {

enum class AreaKind : std::uint8_t {
    user,
    hole,  ///< nothing may be mapped here, or nothing is
    guard,
    direct_map,  ///< i386: lowmem; arm64: the linear map
    kernel_image,
    vmalloc,
    vmemmap,
    modules,
    kasan,
    fixmap,
    pkmap,
    cpu_entry_area,
    ldt,
    espfix,
    efi,
    vsyscall,
    pci_io,
};

struct LayoutArea {
    AreaKind kind = AreaKind::hole;
    std::string name;  ///< "direct map", "vmalloc", "vmemmap", "kernel image", "modules", "fixmap", "cpu entry area"...
    VirtRange range;   ///< the last one ends at ~0, which stands for 2^64 (i386: at 2^32)
    std::string note;
    std::string source;  ///< kernel symbol or file it comes from
};

struct LayoutInput {
    AddressSpace space;  ///< address_space_for(); i386: page_offset may be set to another split (CONFIG_VMSPLIT_*)
    bool la57 = false;
    bool pae = false;                     ///< i386
    bool highmem = true;                  ///< i386: CONFIG_HIGHMEM
    Pfn max_low_pfn = 0;                  ///< i386: high_memory
    Bytes vmalloc_reserve = 128 * MiB;    ///< i386: __VMALLOC_RESERVE; "vmalloc=" plus VMALLOC_OFFSET
    PhysRange image;                      ///< _text to _end
    PhysAddr memstart = 0;                ///< arm64: memstart_addr, the physical address mapped at PAGE_OFFSET
    std::optional<VirtAddr> image_start;  ///< _text where it is known; else as without KASLR
};

std::vector<LayoutArea> kernel_layout(const LayoutInput& input);
/// The area an address lies in; null beyond the address space (i386).
const LayoutArea* area_at(const std::vector<LayoutArea>& areas, VirtAddr virt);

/// Where the fixed areas at the top of i386's address space begin (pgtable_32_areas.h), and what follows from them.
struct I386Areas {
    VirtAddr fixaddr_start = 0, fixaddr_boot_start = 0, cpu_entry_area = 0, ldt = 0, pkmap = 0, vmalloc_end = 0;
    VirtRange pkmap_slots;       ///< LAST_PKMAP pages; empty without highmem
    VirtRange kmaps;             ///< slots of kmap_atomic() in the fixmap; FIX_KMAP_BEGIN is the last one
    VirtAddr vmalloc_start = 0;  ///< high_memory + VMALLOC_OFFSET
    Bytes maxmem = 0;            ///< MAXMEM: the most that can be lowmem; find_low_pfn_range() compares with it
};
I386Areas i386_areas(const LayoutInput& input);
inline constexpr Bytes i386_vmalloc_offset = 8 * MiB;

/// __va(): the address in the direct map; none for what it cannot reach (highmem, below arm64's memstart).
std::optional<VirtAddr> phys_to_virt(const LayoutInput& input, PhysAddr phys);
/// __pa(): for addresses of the direct map and of the kernel image; none for all others.
std::optional<PhysAddr> virt_to_phys(const LayoutInput& input, VirtAddr virt);
/// Where the image's first byte is seen through its own mapping (i386: through lowmem).
VirtAddr image_address(const LayoutInput& input);

PagingMode paging_mode_of(const LayoutInput& input);
VirtAddr page_offset_of(const LayoutInput& input);
VirtAddr vmemmap_of(const LayoutInput& input);  ///< address of pfn 0's struct page; i386: 0, it has no vmemmap
inline constexpr VirtAddr start_kernel_map = 0xffffffff80000000;  ///< x86_64 __START_KERNEL_map

}  // namespace mm
