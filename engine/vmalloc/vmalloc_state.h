// SPDX-License-Identifier: GPL-3.0-or-later
// What the vmalloc window holds: areas in use, freed ones that wait for a flush of the TLBs, and free addresses.
// Values, copied with the machine's state and shared between copies until they change.
//
//      1        VMALLOC_START                                                                            ~0
//      |  free  |[ 4 pages | guard ]|   waits    |[ 1 page | guard ]|               free                 |
//      free: tree            busy      purge           busy
//
// Follows struct vmap_area and struct vm_struct of include/linux/vmalloc.h, Linux 6.1.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/pgtable/paging.h"
#include "engine/types/shared.h"
#include "engine/vmalloc/free_tree.h"

namespace mm {

using VmFlags = unsigned;
namespace vm {
inline constexpr VmFlags ioremap = 0x1, alloc = 0x2, map = 0x4, no_guard = 0x40;
inline constexpr VmFlags sparse = 0x10000;  ///< ours: somebody maps single pages into it
}  // namespace vm

/// An area in use: struct vm_struct with its vmap_area.
struct VmArea {
    VmapArea va;  ///< with the guard page behind it
    VmFlags flags = 0;
    SharedVector<Pfn> pages;  ///< of vmalloc(): its own; of vmap(): somebody's
    PhysAddr phys = 0;        ///< what ioremap() mapped
    std::string caller;       ///< "n_tty_open+0x16/0x90"; "": not known
    PhysAddr at = 0;          ///< the vm_struct
    PhysAddr array_at = 0;    ///< the array of pages, if kmalloc() gave it
    VirtAddr array = 0;       ///< ... or the area it lies in; 0: none
    VirtAddr array_of = 0;    ///< of such an area: whose page array it is
    Bytes mapped = 0;         ///< from its start on (of a sparse one anywhere), so much is in the page tables
    friend bool operator==(const VmArea&, const VmArea&) = default;

    /// get_vm_area_size().
    Bytes size() const { return va.range.size() - (flags & vm::no_guard ? 0 : page_size); }
};

/// What differs between machines.
struct VmallocWindow {
    VirtRange range;                 ///< VMALLOC_START .. VMALLOC_END
    VirtAddr last = 0;               ///< ULONG_MAX
    unsigned ioremap_order = 0;      ///< IOREMAP_MAX_ORDER
    Bytes pointer = 8;               ///< sizeof(struct page *)
    unsigned cpus = 1;               ///< that run
    Bytes largest_leaf = page_size;  ///< ioremap_max_page_shift: what device memory may be mapped with
    bool frees_tables = true;        ///< an empty table may make way for a large leaf
    std::vector<VmArea> early;       ///< vm_area_add_early(): what was mapped before; ascending
    friend bool operator==(const VmallocWindow&, const VmallocWindow&) = default;

    /// sizeof(struct vmap_area): two addresses, a tree's three links, a list's two, a union. And of struct vm_struct:
    /// the next one, address, size, flags, pages and their order, number, physical address, caller.
    Bytes descriptor_size() const { return 8 * pointer; }
};

struct VmallocState {
    bool up = false;  ///< vmalloc_init() has run
    VmallocWindow window;
    Shared<FreeTree> free;
    Shared<std::map<VirtAddr, VmArea>> busy;     ///< by start
    Shared<std::map<VirtAddr, VmapArea>> purge;  ///< freed, not flushed yet; neighbours are merged
    NrPages lazy_pages = 0;                      ///< vmap_lazy_nr: of those
    NrPages pages = 0;                           ///< nr_vmalloc_pages
    std::vector<std::optional<PhysAddr>> spare;  ///< ne_fit_preload_node: a descriptor a CPU
    SharedVector<std::uint64_t> owned;           ///< a bit a frame: vmalloc() has it
    Shared<std::map<Pfn, PtLevel>> tables;       ///< page tables made for areas; they stay

    /// An area that is asked for while the kernel runs has it in the page tables.
    bool maps(VirtAddr address) const;
    /// NR_PAGETABLE: of those tables the PMD ones, the only ones the kernel counts.
    NrPages page_table_pages() const;
    static bool is_counted(PtLevel table) { return table == PtLevel::pmd; }
    /// lazy_max_pages(): from so many on what waits is flushed.
    NrPages lazy_max_pages() const;
    bool owns(Pfn pfn) const { return pfn / 64 < owned.size() && (owned[pfn / 64] >> (pfn % 64) & 1) != 0; }
};

}  // namespace mm
