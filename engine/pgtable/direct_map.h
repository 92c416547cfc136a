// SPDX-License-Identifier: GPL-3.0-or-later
// The direct mapping of all RAM at PAGE_OFFSET, as init_mem_mapping() builds it: split_mem_range() chooses 4K/2M/1G
// pieces, kernel_physical_mapping_init() fills tables, alloc_low_pages() takes table pages from the brk buffer and then
// from memblock just below what is already mapped. Follows arch/x86/mm/init.c and init_64.c,
// Linux 6.1.
#pragma once

#include <string>
#include <vector>

#include "engine/e820/e820_table.h"
#include "engine/memblock/boot_memblock.h"
#include "engine/pgtable/page_tables.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// struct map_range: a piece to be mapped with one set of page sizes.
struct MapRange {
    PhysRange range;
    Bytes leaf_size = page_size;  ///< largest leaf allowed here: 4K, 2M, 1G
    friend bool operator==(const MapRange&, const MapRange&) = default;
};

/// split_mem_range() with probe_page_size_mask()'s result: "[mem 0x...-0x...] page 4k". A piece that could be part of a
/// larger page because all around it is memory may use it (adjust_range_page_size_mask()).
std::vector<MapRange> split_mem_range(PhysRange range, bool gb_pages, const Memblock& memblock);

struct DirectMap {
    PageTables tables;
    std::vector<PfnRange> pfn_mapped;  ///< pfn_mapped[]: what init_memory_mapping() has covered, merged
    Pfn max_low_pfn_mapped = 0, max_pfn_mapped = 0;
    Pfn min_pfn_mapped = 0;        ///< what was mapped last begins here
    Pfn brk_buffer = 0;            ///< pgt_buf: frames for tables behind the kernel's brk
    unsigned brk_pages = 0;        ///< how many
    unsigned brk_tables_used = 0;  ///< of them taken so far
    friend bool operator==(const DirectMap&, const DirectMap&) = default;
};

/// pfn_mapped[]: sorted, overlapping and touching ranges joined (add_range_with_merge, clean_sort_range).
void add_pfn_range_mapped(DirectMap& map, PfnRange range);

/// i386: what is mapped through page tables that lie in the image, or were made before start_kernel().
struct I386EarlyMap {
    Bytes initial_end = 0;         ///< mk_early_pgtbl_32() maps [0, this) with 4K pages
    Pfn brk_tables = 0;            ///< its tables
    Pfn static_tables = 0;         ///< in .bss: swapper_pg_dir, the PAE middle level, fixmap's table, early_ioremap's
    VirtRange fixmap, boot_slots;  ///< all slots; those of early_ioremap()
    VirtRange kmaps;               ///< slots of kmap_atomic()
};

struct DirectMapInput {
    PagingMode mode = PagingMode::x86_64;  ///< la57 makes five levels of it
    I386EarlyMap early = {};
    VirtAddr page_offset = 0;  ///< PAGE_OFFSET (no KASLR: 0xffff888000000000, la57: 0xff11000000000000)
    bool gb_pages = false;
    bool la57 = false;
    Pfn max_pfn = 0, max_low_pfn = 0;
    Pfn brk_buffer = 0;  ///< first frame of pgt_buf (early_alloc_pgt_buf)
    unsigned brk_pages = 0;
    Pfn top_table = 0;       ///< frame of init_top_pgt
    bool bottom_up = false;  ///< movable_node: map from the kernel's end upwards
    PhysAddr kernel_end = 0;
    unsigned trampoline_tables = 0;  ///< init_trampoline_kaslr(): tables for the first MiB where KASLR moved the map
    PhysRange image;                 ///< [_text, _brk_end), mapped by head_64.S; empty: left out
    VirtAddr image_start = 0;        ///< where _text is seen
    bool nx = true;                  ///< i386: the CPU has no-execute
};

/// The kernel image's own mapping as head_64.S makes it and cleanup_highmap() leaves it: 2 MiB leaves, all of them
/// writable and executable until mark_rodata_ro(); its tables are a part of the image, behind the top table.
void map_kernel_image(PageTables& tables, const DirectMapInput& input);

/// split_mem_range() of 32-bit x86: 4K for the first span of a large page, where MTRRs differ, then large pages of
/// large_size, none beyond max_low_pfn.
std::vector<MapRange> split_mem_range_i386(PhysRange range, Bytes large_size, Pfn max_low_pfn,
                                           const Memblock& memblock);

/// i386: what the boot's first page tables hold.
void map_initial_i386(DirectMap& map, const DirectMapInput& input);

/// init_mem_mapping(). Sets memblock's current limit as the kernel does. Emits init_memory_mapping, map_range and
/// alloc_page_table events; prints "Using GB pages for direct mapping" where the kernel does.
/// The kernel asks e820 only to clear entries behind a range where no RAM is; they are empty in a fresh table.
DirectMap init_mem_mapping(const DirectMapInput& input, const E820Table& e820, const BootMemblock& memblock);

}  // namespace mm
