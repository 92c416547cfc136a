// SPDX-License-Identifier: GPL-3.0-or-later
// alloc_percpu(): the same few bytes for each CPU, at one offset in all units of a chunk.
//
//      alloc_percpu(24) ─► slots: smallest free region that may do ─► hints of the chunk ─► bits taken
//                      └─► none: a new chunk in vmalloc             pages not there yet: one for each CPU
//
// A background work keeps two to four pages ready for requests that must not wait, and gives back what is too much; it
// runs at the end of the command that wakes it. What an allocation answers is its distance from the first chunk's base,
// which is a per-CPU pointer where __per_cpu_start is 0 (x86_64).
//
// Follows mm/percpu.c and mm/percpu-vm.c, Linux 6.1; what is left out stands in README.md of this folder.
#pragma once

#include "engine/percpu/percpu_state.h"
#include "engine/slub/slab_allocator.h"
#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {

struct PercpuRequest {
    Bytes size = 0, align = 8;
    bool reserved = false;  ///< __alloc_reserved_percpu(): for modules
    Gfp gfp = gfp::GFP_KERNEL;
    unsigned cpu = 0;
    friend bool operator==(const PercpuRequest&, const PercpuRequest&) = default;
};

/// Fault injection, for tests: of pages that units take. Others fail with vmalloc or slabs.
struct PercpuFaults {
    std::function<bool()> pages;
};

/// References to the caller's state, which outlives every operation.
struct PercpuContext {
    PercpuState& state;
    PageAllocator& allocator;
    const PageColumns& pages;
    SlabAllocator& slabs;
    VmallocAllocator& window;
    const PercpuFaults* faults = nullptr;
};

class Percpu {
public:
    explicit Percpu(const PercpuContext& context) : m_c(context) {}

    /// pcpu_setup_first_chunk(), without boot's own allocations.
    void setup_first_chunk(const PercpuGeometry& geometry);
    /// Nothing where it fails, after the kernel's message.
    std::optional<std::uint64_t> alloc_percpu(const PercpuRequest& request, const Tracer& trace = {});
    /// Error: no allocation begins there.
    Outcome<Done> free_percpu(std::uint64_t pointer, unsigned cpu = 0, const Tracer& trace = {});
    /// pcpu_balance_workfn().
    void balance(unsigned cpu, const Tracer& trace = {});

    Broken check() const;

private:
    PercpuChunk& edit(ChunkId id) { return m_c.state.chunks[id].edit(); }
    std::optional<int> fit(ChunkId id, int bits, int align, bool populated_only) const;
    struct Place {
        ChunkId chunk = no_chunk;
        int bit = 0;
    };
    std::optional<Place> find(const PercpuRequest& r, int bits, int align, bool atomic, std::string_view& why,
                              const Tracer& trace);
    std::optional<Place> take(ChunkId id, int bits, int align, bool atomic);
    bool populate_all(const Place& place, Bytes size, const PercpuRequest& r, const Tracer& trace);
    void fail(const PercpuRequest& r, bool atomic, std::string_view why, const Tracer& trace);
    ChunkId chunk_at(VirtAddr at) const;

    void move(ChunkId id, std::size_t slot, bool front = true);
    void relocate(ChunkId id, std::optional<std::size_t> old_slot);
    void isolate(ChunkId id);
    void reintegrate(ChunkId id);
    void update_empty(ChunkId id, int pages);
    void settle(ChunkId id);
    int free_area(ChunkId id, int bit);
    bool should_reclaim(const PercpuChunk& chunk) const;

    ChunkId create_chunk(Gfp gfp, unsigned cpu, const Tracer& trace);
    void destroy_chunk(ChunkId id, unsigned cpu, const Tracer& trace);
    std::optional<PercpuMemory> mem_zalloc(Bytes size, Gfp gfp, unsigned cpu, const Tracer& trace);
    void mem_free(const PercpuMemory& memory, unsigned cpu, const Tracer& trace);
    bool populate(ChunkId id, unsigned from, unsigned to, Gfp gfp, unsigned cpu, const Tracer& trace);
    std::optional<std::vector<Pfn>> alloc_pages(unsigned per_cpu, Gfp gfp, unsigned cpu, const Tracer& trace);
    void free_page(Pfn pfn, unsigned cpu, const Tracer& trace);
    void depopulate(ChunkId id, unsigned from, unsigned to, unsigned cpu, const Tracer& trace);
    VirtAddr unit_address(const PercpuChunk& chunk, unsigned cpu, unsigned page) const;

    void balance_free(bool empty_only, unsigned cpu, const Tracer& trace);
    void balance_populated(unsigned cpu, const Tracer& trace);
    void reclaim_populated(unsigned cpu, const Tracer& trace);
    void reclaim_chunk(ChunkId id, unsigned cpu, const Tracer& trace);

    PercpuContext m_c;
    bool m_scheduled = false;  ///< the work is to run
};

/// Percpu::check() for those who only look.
Broken check_percpu(const PercpuState& state, const PageColumns& pages);
/// Why something is not its allocator's caller's to free; nothing if no chunk has it.
Broken percpu_owner_of_frame(const PercpuState& state, Pfn pfn);
Broken percpu_owner_of_area(const PercpuState& state, VirtAddr address);
Broken percpu_owner_of_object(const PercpuState& state, PhysAddr object);

/// /sys/kernel/debug/percpu_stats; "" before it is up.
std::string print_percpu_stats(const PercpuState& state);

}  // namespace mm
