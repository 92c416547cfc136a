// SPDX-License-Identifier: GPL-3.0-or-later
// From memblock to zones: sparse_init(), zone_sizes_init() / free_area_init(), zonelists, memblock_free_all() and the
// deferred rest. Each function is one boot stage's body; it prints the kernel's lines and emits its events. Follows
// mm/{sparse,page_alloc,memblock}.c, arch/x86/mm/init.c, Linux 6.1.
#pragma once

#include <functional>
#include <string_view>

#include "engine/memblock/boot_memblock.h"
#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// mem_section[]: which 128 MiB sections exist, on which node, and where their memmap lies.
struct Section {
    std::uint64_t number = 0;
    Nid nid = 0;
    PhysRange memmap;  ///< physical memory of its struct pages
    friend bool operator==(const Section&, const Section&) = default;
};

/// How vmemmap gets page tables and PMD leaves: passed in, because mmzone does not know pgtable.
struct VmemmapMapper {
    /// Called with the virtual range of struct pages of a section, backing memory already taken; takes table pages
    /// itself.
    std::function<void(PhysRange memmap, Pfn first_pfn, Nid nid)> map;
};

/// sparse_init(): memory_present for all memory, usage maps, section memmaps (2 MiB leaves) taken from memblock.
/// The pg_data_t of a node is found by its claim in memblock ("NODE_DATA(0)"): usage maps are put into its section.
std::vector<Section> sparse_init(const BootMemblock& memblock, const KernelProfile& profile,
                                 const VmemmapMapper& mapper, bool la57 = false);

/// mem_section_usage_size(): of a section's usage map, 4 bits a pageblock behind the fixed part, in whole longs.
Bytes mem_section_usage_size(const KernelProfile& profile);

/// kernelcore=, movablecore= and movable_node: how much of each node becomes ZONE_MOVABLE. 0: not asked for.
struct MovableRequest {
    NrPages kernelcore = 0, movablecore = 0;
    unsigned kernelcore_percent = 0, movablecore_percent = 0;
    bool movable_node = false, mirror = false;
};
MovableRequest movable_request(std::string_view command_line);

/// Without SPARSEMEM, free_area_init() takes the struct pages and pageblock bitmaps from memblock: alloc_node_mem_map()
/// and setup_usemap() of a node, passed in; each returns the address of that many bytes.
struct FlatMemory {
    std::function<PhysAddr(Bytes size, Nid nid)> alloc_mem_map, alloc_usemap;
    /// arch_alloc_nodedata(): the pg_data_t of a node that is possible and not online. Under every memory model.
    std::function<void(Nid nid)> alloc_pgdat;
};

/// zone_sizes_init() and free_area_init(): zone ranges, node spans, present and (first guess of) managed pages,
/// memmap_init with its "unavailable ranges" lines; struct pages up to first_deferred_pfn get state boot, those of
/// holes reserved. Node numbers from 0 to the highest of online_nodes and of possible_nodes get a Node.
void free_area_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                    Pfn max_low_pfn, Pfn max_pfn, const std::vector<Nid>& online_nodes, const Tracer& trace,
                    const MovableRequest& movable = {}, const FlatMemory& flat = {},
                    const std::vector<Nid>& possible_nodes = {});

/// nr_kernel_pages and nr_all_pages as free_area_init() leaves them: the zones' first guess of managed, without
/// highmem, whose struct pages are charged to the kernel.
struct GuessedPages {
    NrPages kernel = 0, all = 0;
};
GuessedPages guessed_pages(const Zones& zones, const KernelProfile& profile);

/// arm64's max_zone_phys(): where a zone for devices with so many address bits ends; all of memory up to 4 GiB if it
/// begins beyond their reach.
PhysAddr max_zone_phys(const Memblock& memblock, unsigned zone_bits);

/// build_all_zonelists(): node order by distance (find_next_best_node), zones from highest to lowest; sets total_pages.
/// Prints "Built N zonelists, mobility grouping on.  Total pages: ...", with CONFIG_NUMA "Fallback order for Node ..."
/// and "Policy zone: ..." too, in the words of the profile's kernel.
void build_all_zonelists(Zones& zones, const KernelProfile& profile, const std::vector<std::vector<unsigned>>& distance,
                         const std::vector<bool>& node_has_cpu, const Tracer& trace);

/// __free_pages_core(pfn, order) of page_alloc, passed in by sim.
using FreePagesCore = std::function<void(Pfn pfn, Order order)>;

/// memblock_free_all(): marks reserved ranges PG_reserved, frees the others (only below first_deferred_pfn of their
/// node) in the kernel's order, block by block of at most MAX_ORDER-1. Managed pages are counted up by the callee.
/// Returns totalram pages freed. max_low_pfn: highmem is not freed here.
NrPages memblock_free_all(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                          const FreePagesCore& free_core, const Tracer& trace, Pfn max_low_pfn = no_pfn);

/// set_highmem_pages_init(), before memblock_free_all(): frees highmem frame by frame. Returns how many.
/// free_core gets single frames, and blocks of the highest order where all of one are free.
NrPages set_highmem_pages_init(Zones& zones, const Memblock& memblock, const FreePagesCore& free_core,
                               Order highest_order, const Tracer& trace);

/// page_alloc_init_late() / deferred_init_memmap(): the rest, node by node, in blocks of MAX_ORDER-1.
NrPages deferred_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                      const FreePagesCore& free_core, const Tracer& trace);

/// init_per_zone_wmark_min(): min_free_kbytes from lowmem, watermarks min/low/high, lowmem_reserve (256 256 32 0).
void init_per_zone_wmark_min(Zones& zones, const KernelProfile& profile, const Tracer& trace);

/// set_recommended_min_free_kbytes() when khugepaged starts (hugepage_init(): not on machines with less than 512 MiB of
/// totalram): raises min_free_kbytes so that pageblocks stay free, and the watermarks with it. mm/khugepaged.c.
void set_recommended_min_free_kbytes(Zones& zones, const KernelProfile& profile, NrPages totalram_pages,
                                     const Tracer& trace);

/// nr_free_zone_pages(): managed pages beyond the high watermark in the zones of the first node's zonelist up to
/// highest.
NrPages nr_free_zone_pages(const Zones& zones, ZoneType highest);

/// struct page's address and back, for each memory model (SPARSEMEM_VMEMMAP here).
VirtAddr page_address_of_struct(Pfn pfn, VirtAddr vmemmap_base, Bytes struct_page_size);

}  // namespace mm
