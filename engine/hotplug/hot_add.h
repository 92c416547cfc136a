// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that was not there at boot: plugged in, and pulled out again once all its blocks are offline.
//
//      add      a resource ─► the direct map ─► by section: usage map, struct pages ─► blocks, offline
//      remove   the same the other way round
//
// Follows mm/memory_hotplug.c (add_memory_resource, try_remove_memory), mm/sparse.c (sparse_add_section) and
// arch/x86/mm/init_64.c (arch_add_memory, vmemmap_populate), arch/arm64/mm/mmu.c, Linux 6.1. Devices and sysfs' names
// of blocks, for which the kernel allocates objects too, are left out. Where memory runs out on the way all is undone,
// while the kernel keeps what it has mapped. Memory of the boot cannot be removed.
#pragma once

#include <functional>
#include <optional>

#include "engine/hotplug/hotplug_state.h"
#include "engine/mmzone/init.h"
#include "engine/pat/pat_state.h"
#include "engine/pgtable/direct_map.h"
#include "engine/slub/slab_allocator.h"

namespace mm {

/// What differs between machines.
struct HotAddWindow {
    PhysRange addressable;         ///< mhp_get_pluggable_range()
    VirtAddr direct_map = 0;       ///< where physical address 0 is seen; may be below the window's start
    VirtAddr vmemmap = 0;          ///< where the struct page of frame 0 is seen
    Bytes largest_leaf = 2 * MiB;  ///< of the direct map
};

/// Fault injection, for tests: of pages for tables and struct pages.
struct HotAddFaults {
    std::function<bool()> pages;
};

/// References to the caller's state, which outlives every operation.
struct HotAddContext {
    HotplugState& state;
    PatState& pat;  ///< tables for which leaves of added memory were split go with it
    PageAllocator& allocator;
    PageColumns& pages;
    SlabAllocator& slabs;
    DirectMap& direct_map;
    SharedVector<Section>& sections;
    const HotAddWindow& window;
    const HotAddFaults* faults = nullptr;
};

class HotAdd {
public:
    HotAdd(const HotAddContext& context, unsigned cpu, const Tracer& trace)
        : m_c(context), m_cpu(cpu), m_trace(trace) {}

    /// add_memory(). False: no memory for what describes it. Error: not whole blocks, memory is there already, no such
    /// node, addresses that the kernel cannot map.
    Outcome<bool> add(PhysRange range, Nid nid);
    /// remove_memory(). Error: it is not what one add() has brought, or a block of it is in use.
    Outcome<Done> remove(PhysRange range);

private:
    Broken refusal(PhysRange range, Nid nid) const;
    bool is_hopeless(PhysRange range) const;
    bool map(PhysRange range);
    bool make_tables(VirtAddr virt, PtLevel down_to, const AllocRequest& request);
    void free_empty_tables(VirtRange range);
    bool add_section(AddedMemory& memory, std::uint64_t number);
    bool populate_memmap(AddedSection& section, VirtAddr virt, Nid nid);
    bool populate_base_pages(AddedSection& section, VirtAddr virt, Nid nid);
    void take_back(const AddedMemory& memory);
    std::optional<Pfn> page(const AllocRequest& request);
    std::optional<PhysAddr> object(Bytes size, Nid nid);
    AllocRequest near(Gfp gfp, Nid nid, Order order = 0) const;
    Bytes block_size() const;
    Bytes memmap_size() const;
    VirtAddr memmap_of(std::uint64_t section) const;

    const HotAddContext m_c;
    const unsigned m_cpu;
    const Tracer& m_trace;
};

/// Struct pages and tables of added memory are in use.
Broken check_hotplug(const HotplugState& state, const PageColumns& pages, const PageTables* tables);
/// Why a frame, or an object, is not its allocator's caller's to free.
Broken hotplug_owner_of(const HotplugState& state, Pfn pfn);
Broken hotplug_owner_of_object(const HotplugState& state, PhysAddr object);

}  // namespace mm
