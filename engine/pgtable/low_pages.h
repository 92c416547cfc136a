// SPDX-License-Identifier: GPL-3.0-or-later
// Frames for page tables while memblock gives memory: they must be mapped already. First the buffer behind the kernel's
// brk, then memory between what was mapped last and the highest address mapped. And on 32-bit x86 the tables that are
// made before anything is mapped through them.
//
// Follows alloc_low_pages(), arch/x86/mm/init.c; page_table_range_init() and populate_extra_pte(),
// arch/x86/mm/init_32.c, Linux 6.1.
#pragma once

#include "engine/memblock/boot_memblock.h"
#include "engine/pgtable/direct_map.h"

namespace mm {

class LowPages {
public:
    /// REQUIRES: map and memblock outlive this.
    LowPages(DirectMap& map, const BootMemblock& memblock) : m_map(map), m_boot(memblock) {}

    void set_can_use_brk(bool yes) { m_can_use_brk = yes; }
    /// The first of so many frames in a row. A kernel without memory panics or oopses; here the brk is taken to be
    /// endless.
    Pfn alloc(unsigned count, std::string_view what);
    PageTables::AllocTable one_by_one();

private:
    DirectMap& m_map;
    const BootMemblock& m_boot;
    bool m_can_use_brk = true;
};

/// i386: a table of the last level for each of its spans in the range, where there is none.
void populate_range(DirectMap& map, LowPages& pages, VirtRange range);
/// The same for the fixmap: with the slots of kmap_atomic() in several tables, those are put into frames in a row.
/// kmaps: the addresses of these slots.
void populate_fixmap(DirectMap& map, LowPages& pages, VirtRange fixmap, VirtRange kmaps);

}  // namespace mm
