// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's page tables on arm64 as paging_init() builds them: the image's segments, all memory in the linear map,
// and the identity map that switches the MMU on. 4 KiB pages, 48 bits, four levels.
//
//      linear map   [RAM below the image)[text and rodata: no write alias][RAM above)
//      rodata=full  4K pages everywhere, so that any page's permissions can change (the default)
//      rodata=on    blocks of 1G and 2M where virtual and physical address allow
//
// Follows arch/arm64/mm/mmu.c (map_kernel, map_mem, create_idmap, __create_pgd_mapping), Linux 6.1.
//
// Known gaps: the fixmap's static tables, KPTI's trampoline and contiguous bits are left out.
#pragma once

#include <functional>

#include "engine/memblock/memblock.h"
#include "engine/pgtable/direct_map.h"

namespace mm {

inline constexpr VirtAddr arm64_page_offset = 0xffff000000000000;    ///< PAGE_OFFSET, 48 bits
inline constexpr VirtAddr arm64_vmemmap_start = 0xfffffc0000000000;  ///< VMEMMAP_START: struct page of memstart

/// The kernel image, physical: [_stext, _etext), rodata up to __init_begin, init text and data, [_data, _end).
struct Arm64Image {
    PhysAddr stext = 0, etext = 0, init_begin = 0, inittext_end = 0, data = 0, end = 0;
    VirtAddr virt_stext = 0;
    Bytes init_pg_dir_size = 0;
};

struct Arm64MapInput {
    Arm64Image image;
    PhysAddr memstart = 0;           ///< memstart_addr: what PAGE_OFFSET maps; wraps below 0 with KASLR
    bool page_mappings_only = true;  ///< rodata=full, debug_pagealloc or a crashkernel: no blocks
};

/// early_pgtable_alloc(): one page of memblock.
using EarlyPgtableAlloc = std::function<PhysAddr()>;

/// map_kernel() and map_mem(). Marks the image's read-only part NOMAP and back on the way, as the kernel does.
DirectMap arm64_paging_init(const Arm64MapInput& input, Memblock& memblock, const EarlyPgtableAlloc& alloc,
                            const Tracer& trace);

/// create_idmap(): the pages its tables take.
void arm64_create_idmap(const EarlyPgtableAlloc& alloc);

}  // namespace mm
