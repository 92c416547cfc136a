// SPDX-License-Identifier: GPL-3.0-or-later
// How a kernel version of an architecture divides its virtual addresses, as far as versions differ; the arithmetic
// itself is in pgtable/kernel_layout.h. One row a change, chosen by the version of the kernel that booted (a profile
// may be older than that).
//
// Follows Documentation/x86/x86_64/mm.rst, arch/x86/include/asm/page_64_types.h, pgtable_64_types.h,
// pgtable_32_areas.h, fixmap.h, and Documentation/arm64/memory.rst with arch/arm64/include/asm/memory.h.
#pragma once

#include "engine/profile/kernel_profile.h"

namespace mm {

struct AddressSpace {
    Arch arch = Arch::x86_64;
    KernelVersion since;

    VirtAddr page_offset = 0;       ///< __PAGE_OFFSET: where physical memory (arm64: its start) is mapped
    VirtAddr page_offset_la57 = 0;  ///< the same with five levels; 0 where the kernel has none
    Bytes direct_map_size = 64 * TiB, direct_map_size_la57 = 32768 * TiB;
    VirtAddr ldt = 0, ldt_la57 = 0;  ///< x86_64 LDT_BASE_ADDR; 0 none
    bool cpu_entry_area = true;      ///< since page-table isolation
    bool moves_bases = false;        ///< KASLR moves direct map, vmalloc and vmemmap (RANDOMIZE_MEMORY) unless nokaslr

    /// i386: fixmap slots for everybody, for kmap_atomic() of each CPU, for early_ioremap().
    unsigned fixmap_common = 0, fixmap_kmaps = 0, fixmap_boot = 0;
    unsigned cpu_entry_area_pages = 0, nr_cpus = 0;  ///< of struct cpu_entry_area; NR_CPUS
    bool ldt_remap = false;

    unsigned fixmap_permanent() const { return fixmap_common + fixmap_kmaps * nr_cpus; }
    /// __end_of_fixed_addresses: early_ioremap()'s slots begin anew where they would lie in two page tables.
    unsigned fixmap_slots(unsigned entries_per_table) const {
        const unsigned permanent = fixmap_permanent(), last = permanent + fixmap_boot - 1;
        const bool split = permanent / entries_per_table != last / entries_per_table;
        return (split ? last / fixmap_boot * fixmap_boot : permanent) + fixmap_boot + 1;
    }
};

/// CONFIG_VMSPLIT_*: where i386's kernel space may begin; with PAE at whole GiB only.
bool is_i386_split(VirtAddr page_offset, bool pae);

/// The row of the architecture with the newest "since" that is not newer than the version; the oldest if all are.
const AddressSpace& address_space_for(Arch arch, KernelVersion version);

}  // namespace mm
