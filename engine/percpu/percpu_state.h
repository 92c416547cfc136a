// SPDX-License-Identifier: GPL-3.0-or-later
// Per-CPU memory: chunks, each with a unit for every CPU at the same distances, and lists of them by how large a free
// region they have. Values, copied with the machine's state; a chunk is shared between copies until it changes.
//
//      first chunk    [CPU 0: static|reserved|dynamic][CPU 1: ...]           boot's memory
//      chunk 2        [CPU 0: ##..|....][CPU 1: ##..|....]                    an area of vmalloc, filled page by page
//      slots          0: full   ...   free slot: [chunk 2]   sidelined   to depopulate
//
// Follows struct pcpu_chunk of mm/percpu-internal.h and the variables of mm/percpu.c, Linux 6.1.
#pragma once

#include <set>
#include <vector>

#include "engine/percpu/chunk_map.h"
#include "engine/types/shared.h"

namespace mm {

inline constexpr int empty_pop_pages_low = 2, empty_pop_pages_high = 4;  ///< PCPU_EMPTY_POP_PAGES_*

/// struct pcpu_alloc_info and what follows from it.
struct PercpuGeometry {
    Bytes unit_size = 0, static_size = 0, reserved_size = 0, dyn_size = 0, atom_size = page_size;
    VirtAddr base = 0;                ///< pcpu_base_addr
    std::vector<VirtRange> groups;    ///< by node: their place from the base on
    std::vector<Bytes> unit_offsets;  ///< by CPU
    std::vector<Nid> cpu_node;
    Bytes chunk_size = 200;  ///< sizeof(struct pcpu_chunk) with its bitmap
    Bytes pointer = 8;
    friend bool operator==(const PercpuGeometry&, const PercpuGeometry&) = default;

    unsigned unit_pages() const { return static_cast<unsigned>(pfn_down(unit_size)); }
    unsigned cpus() const { return static_cast<unsigned>(unit_offsets.size()); }
};

/// pcpu_mem_zalloc(): an object of kmalloc() up to a page, else an area.
struct PercpuMemory {
    PhysAddr object = 0;
    VirtAddr area = 0;
    friend bool operator==(const PercpuMemory&, const PercpuMemory&) = default;
};

using ChunkId = std::uint32_t;
inline constexpr ChunkId no_chunk = 0xffffffff;

struct PercpuChunk {
    VirtAddr base = 0;  ///< base_addr
    ChunkMap map;
    Bytes start_offset = 0, end_offset = 0;  ///< what of its pages is not its own
    std::vector<bool> populated;             ///< by page of a unit
    int nr_populated = 0, empty_pop_pages = 0;
    bool immutable = false, isolated = false;
    std::uint64_t nr_alloc = 0, max_alloc_size = 0;
    std::vector<PercpuMemory> memory;  ///< itself and its maps
    std::vector<VirtAddr> areas;       ///< by group
    std::vector<Pfn> frames;           ///< by CPU and page; no_pfn: not populated
    friend bool operator==(const PercpuChunk&, const PercpuChunk&) = default;

    std::size_t pages() const { return populated.size(); }
    Bytes free_bytes() const { return static_cast<Bytes>(map.free_bits()) * ChunkMap::unit; }
    bool contains(VirtAddr at) const {
        return at >= base + start_offset && at < base + phys_of(NrPages{pages()}) - end_offset;
    }
};

/// struct percpu_stats.
struct PercpuStats {
    std::uint64_t nr_alloc = 0, nr_dealloc = 0, nr_cur_alloc = 0, nr_max_alloc = 0;
    std::uint64_t nr_chunks = 0, nr_max_chunks = 0, min_alloc_size = 0, max_alloc_size = 0;
    friend bool operator==(const PercpuStats&, const PercpuStats&) = default;
};

struct PercpuState {
    bool up = false;
    PercpuGeometry geometry;
    std::vector<Shared<PercpuChunk>> chunks;  ///< by ChunkId; base 0: there is none any more
    std::vector<std::vector<ChunkId>> slots;  ///< pcpu_chunk_lists, each from its head
    ChunkId first = no_chunk, reserved = no_chunk;
    int empty_pop_pages = 0;           ///< pcpu_nr_empty_pop_pages
    bool atomic_alloc_failed = false;  ///< pcpu_atomic_alloc_failed
    unsigned warn_limit = 10;          ///< so many failures more are reported
    PercpuMemory pages_array;          ///< pcpu_get_pages()
    PercpuStats stats;
    Shared<std::set<Pfn>> owned;  ///< pages of chunks made after boot

    const PercpuChunk& chunk(ChunkId id) const { return *chunks[id]; }
    std::size_t slot_of_size(Bytes size) const;  ///< pcpu_size_to_slot()
    std::size_t slot_of(const PercpuChunk& chunk) const;
    std::size_t free_slot() const { return slots.size() - 3; }
    std::size_t sidelined_slot() const { return slots.size() - 2; }
    std::size_t to_depopulate_slot() const { return slots.size() - 1; }
};

}  // namespace mm
