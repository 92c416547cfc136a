// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a machine is at one moment except its page frames: small, copyable values of every room. sim::System owns
// one and changes it; a Snapshot and a keyframe hold copies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/e820/e820_table.h"
#include "engine/firmware/int15.h"
#include "engine/highmem/highmem_state.h"
#include "engine/hotplug/hotplug_state.h"
#include "engine/kstack/kstack_state.h"
#include "engine/memblock/memblock.h"
#include "engine/mm/mm_state.h"
#include "engine/mmzone/init.h"
#include "engine/numa/numa.h"
#include "engine/page_alloc/cma.h"
#include "engine/pat/pat_state.h"
#include "engine/percpu/percpu_state.h"
#include "engine/pgtable/direct_map.h"
#include "engine/slab_common/kmem_cache.h"
#include "engine/vmalloc/vmalloc_state.h"

namespace mm {

/// A line of /proc/iomem: nested by depth.
struct IomemEntry {
    PhysRange range;
    std::string name;
    unsigned depth = 0;
    friend bool operator==(const IomemEntry&, const IomemEntry&) = default;
};

/// One alloc_large_system_hash() table.
struct HashTable {
    std::string name;  ///< "Dentry cache"
    std::uint64_t entries = 0;
    Bytes size = 0;
    PhysAddr at = 0;
    friend bool operator==(const HashTable&, const HashTable&) = default;
};

struct MachineState {
    ProbeResult probe;        ///< what int 15h answered; empty on EFI
    E820Table e820_firmware;  ///< e820_table_firmware: as handed over, sanitized
    E820Table e820;           ///< e820_table: the kernel's own, modified on the way
    std::string map_name;     ///< "BIOS-e820"
    Pfn max_pfn = 0, max_low_pfn = 0, max_arch_pfn = 0;
    PhysAddr dma_limit = 0;                    ///< arm64_dma_phys_limit: the end of what every device reaches
    std::vector<PhysRange> efi_boot_services;  ///< reserved for EFI's sake alone: free once it runs no more
    bool memblock_discarded = false;  ///< after memblock_free_all: kept for looking at, no longer the allocator
    Memblock memblock;
    bool memblock_debug = false;      ///< memblock=debug has been parsed
    std::size_t memblock_served = 0;  ///< of Machine::memblock_calls
    DirectMap direct_map;
    Numa numa;
    SharedVector<Section> sections;
    Zones zones;
    PhysRange swiotlb;                    ///< bounce buffers; empty: none
    std::vector<PhysRange> percpu_units;  ///< by CPU
    std::vector<HashTable> hash_tables;
    std::vector<IomemEntry> iomem;
    std::vector<PhysRange> cma_areas;
    CmaState cma;
    HotplugState hotplug;
    PatState pat;
    AllocStats stats;
    SlabState slab;               ///< not up before the first command that needs it
    VmallocState vmalloc;         ///< likewise
    HighmemState highmem;         ///< likewise
    MmState processes;            ///< likewise
    StackState kstack;            ///< likewise
    PercpuState percpu;           ///< likewise
    Nid il_prev = no_node;        ///< where the last page under an interleaving policy came from
    unsigned online_cpus = 1;     ///< numbers 0 .. this - 1
    NrPages totalram_pages = 0;   ///< _totalram_pages
    NrPages nr_kernel_pages = 0;  ///< pages hash tables are scaled by: zones' first guess of managed, without highmem
    NrPages nr_all_pages = 0;     ///< the same with highmem
    NrPages physpages = 0;        ///< get_num_physpages()
    std::string panic;            ///< the kernel's last words; "" as long as it lives
};

}  // namespace mm
