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
// Follows mm/memblock.c, Linux 6.1: memblock_add_range, memblock_isolate_range, memblock_double_array,
// __memblock_find_range_{top_down,bottom_up}, memblock_alloc_range_nid, memblock_trim_memory, memblock_phys_free.
//
// The kernel keeps each list in an array. A full one is doubled, and the new array takes memory from memblock itself
// (memblock_double_array); before allow_resize(), or without room for it, the call fails and changes nothing. With
// mirrored memory marked (kernelcore=mirror) allocations prefer it.
//
// Agrees with the kernel's own memblock.c on random programs: tests/oracle.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/firmware/memblock_call.h"
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

/// memblock_alloc_range_nid()'s request. start and end as given; end 0 = MEMBLOCK_ALLOC_ACCESSIBLE (the current limit),
/// 1 = MEMBLOCK_ALLOC_NOLEAKTRACE, the same here. caller and api are for BootMemblock: the kernel function that asks,
/// and how.
struct MemblockRequest {
    Bytes size = 0;
    Bytes align = 64;  ///< SMP_CACHE_BYTES
    PhysAddr start = 0, end = 0;
    Nid nid = no_node;
    bool exact_nid = false;
    std::string_view owner = {};
    std::string_view caller = {};
    MemblockApi api = MemblockApi::try_nid;
    const std::function<void(PhysRange)>* found = nullptr;  ///< told of the place before it is reserved
};

/// struct memblock_type's array: how many regions fit, and where it lies (0: in the kernel image, as at the start).
struct MemblockArray {
    std::size_t max = 128;  ///< INIT_MEMBLOCK_REGIONS
    PhysAddr at = 0;
    friend bool operator==(const MemblockArray&, const MemblockArray&) = default;
};

/// The two lists.
enum class MemblockList : std::uint8_t { memory, reserved };

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

    /// kernelcore=mirror: without it marking memory as mirrored does nothing.
    void set_mirrored_kernelcore(bool enable) { m_mirrored_kernelcore = enable; }
    /// Sizes of the arrays in the kernel image, and sizeof(struct memblock_region). REQUIRES: nothing was added yet.
    void set_arrays(std::size_t memory_regions, std::size_t reserved_regions, Bytes region_size);
    /// memblock=debug: a doubled array is told, with addresses of so many digits. frees_told: a log's own lines tell
    /// what becomes of the old array.
    void set_debug(unsigned phys_addr_digits, bool frees_told) {
        m_debug_digits = phys_addr_digits;
        m_frees_told = frees_told;
    }
    /// memblock_allow_resize(): from here on what is reserved is known well enough to double an array.
    void allow_resize() { m_can_resize = true; }
    const MemblockArray& array(MemblockList which) const { return m_array[index(which)]; }
    /// Where it lies, in whole pages; empty while it is the kernel image's.
    PhysRange array_range(MemblockList which) const {
        const MemblockArray& a = array(which);
        return {a.at, a.at ? a.at + align_up(a.max * m_region_size, page_size) : 0};
    }

    // False: -ENOMEM, the array is full and could not be doubled; nothing was changed.
    bool add(PhysAddr base, Bytes size, const Tracer& trace = {}, Nid nid = MemblockRegion::max_numnodes,
             std::uint32_t flags = memblock_none);
    bool remove(PhysAddr base, Bytes size, const Tracer& trace = {});
    bool reserve(PhysAddr base, Bytes size, std::string_view owner, const Tracer& trace = {});
    bool phys_free(PhysAddr base, Bytes size, const Tracer& trace = {});
    bool set_node(PhysAddr base, Bytes size, Nid nid, bool in_reserved, const Tracer& trace = {});
    /// memblock_setclr_flag on memory
    bool mark(PhysAddr base, Bytes size, std::uint32_t flag, bool set, const Tracer& trace = {});
    void trim_memory(Bytes align, const Tracer& trace = {});

    /// memblock_alloc_range_nid(): 0 if nothing fits (as the kernel). Top-down unless bottom_up. Tries nid, then any
    /// node unless exact_nid. Wrapped by memblock_alloc_internal's rule: a request with start != 0 is retried from 0
    /// when retry_low is true (memblock_alloc_try_nid and friends).
    PhysAddr alloc(const MemblockRequest& request, const Tracer& trace = {}, bool retry_low = true);
    /// memblock_find_in_range_node(): the same without reserving; 0 if none.
    PhysAddr find_in_range(const MemblockRequest& request, bool mirror = false) const;

    /// for_each_free_mem_range(nid): memory minus reserved, ascending; nid no_node: any. nomap regions are left out;
    /// mirror: only mirrored ones.
    std::vector<MemblockRegion> free_ranges(Nid nid = no_node, bool mirror = false) const;
    bool is_memory(PhysAddr addr) const;
    bool is_reserved(PhysAddr addr) const;
    bool is_region_memory(PhysRange range) const;    ///< lies inside one memory region
    bool is_region_reserved(PhysRange range) const;  ///< overlaps any reserved region
    Bytes memory_size() const;  ///< memblock.memory.total_size: trim_memory() does not subtract what it cut off
    Bytes reserved_size() const;
    PhysAddr start_of_dram() const;  ///< 0 if empty
    PhysAddr end_of_dram() const;

    /// memblock_dump_all()'s lines, format of memblock=debug.
    std::vector<std::string> dump_lines(unsigned phys_addr_digits = 16) const;

    /// Sorted, disjoint, no empty region, no mergeable neighbours; claims cover exactly what is reserved.
    Broken check() const;
    friend bool operator==(const Memblock&, const Memblock&) = default;

private:
    using Indices = std::pair<std::size_t, std::size_t>;

    static constexpr std::size_t index(MemblockList which) { return static_cast<std::size_t>(which); }
    std::vector<MemblockRegion>& list(MemblockList which) {
        return which == MemblockList::memory ? m_memory : m_reserved;
    }
    // memblock_array.cpp
    bool add_range(MemblockList which, PhysRange range, Nid nid, std::uint32_t flags, const Tracer& trace);
    std::optional<Indices> isolate_range(MemblockList which, PhysRange range, const Tracer& trace);
    bool make_room(MemblockList which, std::size_t regions, PhysRange coming, const Tracer& trace);
    bool double_array(MemblockList which, PhysRange coming, const Tracer& trace);
    void debug(const Tracer& trace, std::string_view before, PhysRange range, std::string_view after = {}) const;
    PhysAddr find_for_array(const MemblockRequest& request, const Tracer& trace);
    // memblock_alloc.cpp
    PhysAddr alloc_range_nid(const MemblockRequest& request, const Tracer& trace);
    PhysAddr find_and_reserve(const MemblockRequest& request, bool mirror, const Tracer& trace);
    void warn_no_mirror(Bytes size, const Tracer& trace);

    std::vector<MemblockRegion> m_memory, m_reserved;
    std::vector<MemblockClaim> m_claims;
    std::array<MemblockArray, 2> m_array;
    Bytes m_region_size = 24;
    PhysAddr m_current_limit = ~PhysAddr{0};
    bool m_bottom_up = false;
    bool m_movable_node = false;
    bool m_can_resize = false;
    bool m_mirrored_kernelcore = false, m_has_mirror = false;
    unsigned m_mirror_warnings = 0;
    unsigned m_debug_digits = 0;
    bool m_frees_told = false;
    Bytes m_trimmed = 0;  ///< cut off by trim_memory() and still counted by memory_size()
};

}  // namespace mm
