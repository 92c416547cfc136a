// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between kernel versions and architectures, as data. Rooms ask the profile and never compare version
// numbers themselves. A profile is an architecture's base, Linux 2.6.32 (base_*.cpp), and all the steps (steps_*.cpp)
// up to its version, oldest first, each a change to a few fields; vendors' kernels get their own steps at the end.
//
//      base x86_64 2.6.32 ── 3.2 ── 3.5 ── ... ── 4.17 ── ... ── 5.18 ── ... ── 6.1 ── ... ── 6.16
//                       └ 2.6.32-el6   └ 3.10-el7
//
// Configuration is a distribution's (SPARSEMEM_VMEMMAP, DEFERRED_STRUCT_PAGE_INIT, NODES_SHIFT 10, ZONE_DMA,
// ZONE_DMA32, ZONE_DEVICE). profile_for() takes the nearest older profile.
//
// Values below are those that hold from 2.6.32 on where no step or base says otherwise.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/profile/kernel_version.h"
#include "engine/profile/log_dialect.h"
#include "engine/types/units.h"

namespace mm {

enum class Arch : std::uint8_t { x86_64, i386, arm64 };
std::string_view name_of(Arch);

/// How a frame's number becomes the address of its struct page.
enum class MemoryModel : std::uint8_t {
    flat,           ///< one array for all frames (mem_map)
    discontig,      ///< an array a node
    sparse,         ///< an array a section
    sparse_vmemmap  ///< the same, mapped so that it looks like one
};

/// sizeof of structures that boot code allocates.
struct StructSizes {
    Bytes resource = 64;
    Bytes firmware_map_entry = 104;
    Bytes nosave_region = 32;
    Bytes pcpu_chunk = 144;
    Bytes io_tlb_slot = 24, io_tlb_area = 24;
};

/// How page->flags is divided, as far as it does not follow from zones and nodes; widths in bits.
struct PageFlagsLayout {
    unsigned last_cpupid = 21;  ///< LAST__PID_SHIFT (8) + NR_CPUS_BITS with NUMA_BALANCING
    unsigned kasan_tag = 0;
    unsigned lru_gen = 3, lru_refs = 2;  ///< multi-gen LRU
    unsigned flags = 25;                 ///< NR_PAGEFLAGS
};

/// Which blocks the per-CPU lists hold (NR_PCP_LISTS) and how they are drained (nr_pcp_free()).
struct PcpLayout {
    unsigned max_order = 0;        ///< orders 0 to this have a list a migratetype: PAGE_ALLOC_COSTLY_ORDER later
    unsigned thp_lists = 0;        ///< for order pageblock_order: 3 by type, 2 movable and other, 1 for all, 0 none
    bool frees_more = false;       ///< free_factor: frees without allocations drain ever larger batches
    unsigned batch_scale_max = 5;  ///< CONFIG_PCP_BATCH_SCALE_MAX, how often free_factor may double
};

/// How SLUB chooses the order of its slabs (calculate_order()).
struct SlubRules {
    bool by_present_cpus = false;      ///< the wanted number of objects follows the CPUs present; before, possible ones
    bool wastes_up_to_half = false;    ///< rather half a slab wasted than fewer objects; before, fewer objects first
    bool min_order_lifts_max = false;  ///< slub_min_order above slub_max_order raises that; "slab_" names are read, too
    bool kmalloc_reclaim = false;      ///< kmalloc-rcl-*, and "1k" in names of caches
    bool kmalloc_cgroup = false;       ///< kmalloc-cg-*
    bool random_freelists = false;     ///< CONFIG_SLAB_FREELIST_RANDOM
    Bytes kmalloc_min_align = 8;       ///< ARCH_KMALLOC_MINALIGN, and from 16 on the smallest size class, too
    Bytes cache_struct = 216;          ///< sizeof(struct kmem_cache) without its node[]
    Bytes node_struct = 64;            ///< sizeof(struct kmem_cache_node)
};

/// Which allocator of objects the kernel is built with.
enum class SlabDesign : std::uint8_t {
    slub,  ///< CONFIG_SLUB: each CPU allocates from a slab of its own
    slab   ///< CONFIG_SLAB, until 6.4: each CPU has an array of free objects
};

/// What SLAB (mm/slab.c) is compiled with.
struct SlabRules {
    unsigned kmalloc_shift_low = 5;              ///< KMALLOC_SHIFT_LOW: the smallest size class is 32 bytes
    Bytes cache_struct = 232;                    ///< sizeof(struct kmem_cache) without its node[]
    Bytes node_struct = 120;                     ///< sizeof(struct kmem_cache_node)
    Bytes array_struct = 16, alien_struct = 24;  ///< sizeof(struct array_cache), of alien_cache
};

struct KernelProfile {
    std::string_view name;  ///< "6.1"
    KernelVersion since;    ///< first version it describes
    Arch arch = Arch::x86_64;
    std::string_view vendor =
        {};  ///< mark in the release of a vendor's kernel (".el7"); empty: as released on kernel.org

    LogDialect log;

    unsigned max_order = 11;       ///< MAX_ORDER: orders 0 .. max_order-1
    unsigned pageblock_order = 9;  ///< HUGETLB_PAGE_ORDER
    PcpLayout pcp;
    SlabDesign slab_design = SlabDesign::slub;
    SlubRules slub;
    SlabRules slab;
    bool watermark_boost = false;     ///< fallbacks raise the watermarks
    unsigned section_size_bits = 27;  ///< SECTION_SIZE_BITS: 128 MiB
    unsigned max_physmem_bits = 46;   ///< MAX_PHYSMEM_BITS, 4-level; max_arch_pfn = 2^(this - page_shift)
    unsigned max_physmem_bits_la57 = 52;
    Order pgd_order = 0;                ///< PGD_ALLOCATION_ORDER: 1 with page-table isolation
    Bytes struct_page_size = 64;        ///< sizeof(struct page)
    Bytes pgdat_size = 0;               ///< sizeof(pg_data_t), what alloc_node_data() asks for before rounding to pages
    Bytes mem_section_size = 32;        ///< sizeof(struct mem_section)
    Bytes mem_section_usage_base = 24;  ///< sizeof(struct mem_section_usage) without the pageblock bitmap
    unsigned nodes_shift = 10;
    bool deferred_struct_page_init = false;  ///< CONFIG_DEFERRED_STRUCT_PAGE_INIT
    bool zeroes_last_section = false;        ///< init_unavailable_mem() goes on to the end of the last section
    bool numa = true;
    bool possible_nodes_initialized = false;  ///< free_area_init() visits nodes that are not online, too
    bool zone_dma = true, zone_dma32 = true, zone_device = false;  ///< CONFIG_ZONE_*
    bool zones_end_with_ram =
        false;                       ///< zone ranges are cut at max_low_pfn; else DMA32 reaches 4 GiB whatever there is
    bool memmap_by_present = false;  ///< calc_memmap_size(): where a zone is full of holes only present pages cost
    bool charges_memmap = true;      ///< free_area_init_core() takes memmap and dma_reserve off its guess of managed
    bool managed_pages = false;      ///< struct zone has managed_pages; before, present_pages is less the memmap
    bool charges_highmem = true;     ///< the memmap is taken off HighMem too
    Bytes pcp_batch_limit = 512 * KiB;  ///< zone_batchsize(): a batch covers at most a quarter of this
    bool zonelists_by_zone = true;      ///< default_zonelist_order() may put zones before nodes
    Bytes node_min_size = 4 * MiB;      ///< NODE_MIN_SIZE: smaller nodes are not made; 0 no such rule
    MemoryModel memory_model = MemoryModel::sparse_vmemmap;
    bool highmem = false;  ///< i386: CONFIG_HIGHMEM
    bool pae = false;      ///< i386: CONFIG_X86_PAE
    Bytes long_size = 8;   ///< sizeof(long)
    StructSizes structs = {};
    bool pcp_high_by_watermark = false;          ///< zone_highsize(); before, six batches
    bool watermark_scale = false;                ///< watermark_scale_factor; before, a quarter of min
    std::uint64_t most_min_free_kbytes = 65536;  ///< init_per_zone_wmark_min()
    bool cma = false;                            ///< CONFIG_CMA: pageblocks for large contiguous allocations
    Bytes cma_size = 0;                          ///< CONFIG_CMA_SIZE_MBYTES, unless the command line says otherwise
    Bytes init_pg_dir_size = 0;      ///< arm64: early page tables at the end of the image, given back by paging_init()
    VirtAddr default_virt_text = 0;  ///< arm64: _stext without KASLR
    Bytes inittext_size = 0;         ///< arm64: __inittext_end - __inittext_begin

    Bytes trim_bios_low = 64 * KiB;      ///< trim_bios_range() takes [0, this) out of the map of RAM
    Bytes trim_low_memory = 64 * KiB;    ///< setup_arch() reserves [0, this) after the real-mode trampoline
    Bytes early_reserve_low = 64 * KiB;  ///< early_reserve_memory()
    Bytes real_mode_size = 28672;        ///< real_mode_size_needed()
    bool crashkernel_keeps_low_1m =
        false;                           ///< crash_reserve_low_1M(): with crashkernel= all of the first MiB is reserved
    PhysAddr crash_low_max = 896 * MiB;  ///< CRASH_ADDR_LOW_MAX of x86: where a crash kernel has to lie
    bool crash_falls_back_high = false;  ///< and if there is no room, it may lie above
    bool crash_generic = false;          ///< reserve_crashkernel_generic()
    bool reserves_non_ram = false;       ///< e820__memblock_setup() reserves what is not RAM
    bool acpi_ends_ram = false;          ///< the last ACPI table counts for max_pfn as RAM does
    bool early_end_of_low_ram = false;   ///< setup_arch() asks for the end of low RAM before that of all RAM, too
    unsigned init_pgt_buf_pages = 16;    ///< INIT_PGT_BUF_SIZE / PAGE_SIZE (5LEVEL, RANDOMIZE_MEMORY), tables from brk
    Bytes brk_size = 0;                  ///< _end - __brk_base
    Bytes brk_used = 0;                  ///< of it by reserve_brk(): INIT_PGT_BUF_SIZE and DMI strings (QEMU: 4 KiB)
    Bytes default_text_start = 0x1000000;  ///< CONFIG_PHYSICAL_START
    Bytes log_buf_size = 128 * KiB;        ///< CONFIG_LOG_BUF_SHIFT 17
    PageFlagsLayout page_flags;
    unsigned nr_cpus_config = 8192;  ///< CONFIG_NR_CPUS
};

/// Oldest first within an architecture, vendors' last.
std::span<const KernelProfile> all_profiles();
/// The profile of the architecture with the newest "since" that is not newer than the version; the oldest if all are.
/// release: the whole name ("3.10.0-1062.el7.x86_64") or banner, in which a vendor's mark may be.
/// i386 has two of each version, without and with PAE.
/// Among the marks of a release: CONFIG_SLUB where its version otherwise stands for SLAB.
inline constexpr std::string_view built_with_slub = "SLUB:";
const KernelProfile& profile_for(Arch arch, KernelVersion version, std::string_view release = {}, bool pae = false);

}  // namespace mm
