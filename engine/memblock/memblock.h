// SPDX-License-Identifier: GPL-3.0-or-later
// memblock: the boot-time allocator. Two sorted lists of regions, "memory" (what exists) and "reserved" (what is
// taken); an allocation finds a gap of reserved inside memory and reserves it.
//
//      memory    [==============)        [=======================)
//      reserved   [##)    [####)               [##)       [######)
//      free       .  .....    ..         ......    .......
//
// Neighbouring regions merge when node and flags are equal, as in the kernel. Who asked for a reservation is kept
// beside (claims), because merged regions forget it and the picture should not.
//
// Follows mm/memblock.c, Linux 6.1: memblock_add_range, memblock_isolate_range,
// __memblock_find_range_{top_down,bottom_up}, memblock_alloc_range_nid, memblock_trim_memory, memblock_phys_free.
//
// Known gaps: the lists have no fixed capacity, so the kernel's doubling of a full array (128 regions), which takes
// memory itself, does not happen here; mirrored memory (kernelcore=mirror) is not preferred.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/outcome.h"
#include "engine/types/trace.h"
#include "engine/types/units.h"

namespace mm {

/// enum memblock_flags.
enum MemblockFlags : std::uint32_t {
    memblock_none = 0,
    memblock_hotplug = 1,
    memblock_mirror = 2,
    memblock_nomap = 4,
    memblock_driver_managed = 8
};

struct MemblockRegion {
    PhysAddr base = 0;
    Bytes size = 0;
    std::uint32_t flags = memblock_none;
    Nid nid = max_numnodes;  ///< MAX_NUMNODES: no node set yet

    static constexpr Nid max_numnodes = 1024;
    PhysAddr end() const { return base + size; }
    PhysRange range() const { return {base, end()}; }
    friend bool operator==(const MemblockRegion&, const MemblockRegion&) = default;
};

/// A reservation with its owner, for pictures: "kernel image", "initrd", "vmemmap", "page tables", "hash tables"...
struct MemblockClaim {
    PhysRange range;
    std::string owner;
    friend bool operator==(const MemblockClaim&, const MemblockClaim&) = default;
};

/// memblock_alloc_range_nid()'s request. start and end as given; end 0 = MEMBLOCK_ALLOC_ACCESSIBLE (the current limit).
struct MemblockRequest {
    Bytes size = 0;
    Bytes align = 64;  ///< SMP_CACHE_BYTES
    PhysAddr start = 0, end = 0;
    Nid nid = no_node;
    bool exact_nid = false;
    std::string_view owner = {};
};

class Memblock {
public:
    const std::vector<MemblockRegion>& memory() const { return m_memory; }
    const std::vector<MemblockRegion>& reserved() const { return m_reserved; }
    const std::vector<MemblockClaim>& claims() const { return m_claims; }
    PhysAddr current_limit() const { return m_current_limit; }
    bool bottom_up() const { return m_bottom_up; }
    void set_current_limit(PhysAddr limit) { m_current_limit = limit; }
    void set_bottom_up(bool enable) { m_bottom_up = enable; }
    /// movable_node on the command line: hotpluggable memory is never allocated from.
    bool movable_node() const { return m_movable_node; }
    void set_movable_node(bool enable) { m_movable_node = enable; }

    void add(PhysAddr base, Bytes size, const Tracer& trace = {}, Nid nid = MemblockRegion::max_numnodes,
             std::uint32_t flags = memblock_none);
    void remove(PhysAddr base, Bytes size, const Tracer& trace = {});
    void reserve(PhysAddr base, Bytes size, std::string_view owner, const Tracer& trace = {});
    void phys_free(PhysAddr base, Bytes size, const Tracer& trace = {});
    void set_node(PhysAddr base, Bytes size, Nid nid, bool in_reserved, const Tracer& trace = {});
    void mark(PhysAddr base, Bytes size, std::uint32_t flag, bool set);  ///< memblock_setclr_flag on memory
    void trim_memory(Bytes align, const Tracer& trace = {});

    /// memblock_alloc_range_nid(): 0 if nothing fits (as the kernel). Top-down unless bottom_up. Tries nid, then any
    /// node unless exact_nid. Wrapped by memblock_alloc_internal's rule: a request with start != 0 is retried from 0
    /// when retry_low is true (memblock_alloc_try_nid and friends).
    PhysAddr alloc(const MemblockRequest& request, const Tracer& trace = {}, bool retry_low = true);
    /// memblock_find_in_range_node(): the same without reserving; 0 if none.
    PhysAddr find_in_range(const MemblockRequest& request) const;

    /// for_each_free_mem_range(nid): memory minus reserved, ascending; nid no_node: any. nomap regions are left out.
    std::vector<MemblockRegion> free_ranges(Nid nid = no_node) const;
    bool is_memory(PhysAddr addr) const;
    bool is_reserved(PhysAddr addr) const;
    bool is_region_memory(PhysRange range) const;    ///< lies inside one memory region
    bool is_region_reserved(PhysRange range) const;  ///< overlaps any reserved region
    Bytes memory_size() const;  ///< memblock.memory.total_size: trim_memory() does not subtract what it cut off
    Bytes reserved_size() const;
    PhysAddr start_of_dram() const;  ///< 0 if empty
    PhysAddr end_of_dram() const;

    /// memblock_dump_all()'s lines, format of memblock=debug.
    std::vector<std::string> dump_lines() const;

    /// Sorted, disjoint, no empty region, no mergeable neighbours; claims cover exactly what is reserved.
    Broken check() const;
    friend bool operator==(const Memblock&, const Memblock&) = default;

private:
    PhysAddr alloc_range_nid(const MemblockRequest& request, const Tracer& trace);

    std::vector<MemblockRegion> m_memory, m_reserved;
    std::vector<MemblockClaim> m_claims;
    PhysAddr m_current_limit = ~PhysAddr{0};
    bool m_bottom_up = false;
    bool m_movable_node = false;
    Bytes m_trimmed = 0;  ///< cut off by trim_memory() and still counted by memory_size()
};

}  // namespace mm
