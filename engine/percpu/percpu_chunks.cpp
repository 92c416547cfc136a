// SPDX-License-Identifier: GPL-3.0-or-later
// Percpu: chunks are made, filled with pages, emptied and destroyed, and change lists. Follows pcpu_alloc_chunk(),
// pcpu_chunk_relocate() of mm/percpu.c and pcpu_populate_chunk(), pcpu_create_chunk() of mm/percpu-vm.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "engine/percpu/percpu.h"

namespace mm {
namespace {

constexpr Bytes block_md_size = 32;  // struct pcpu_block_md

/// pcpu_alloc_first_chunk(): a part of the first unit.
PercpuChunk first_part(VirtAddr at, Bytes size) {
    PercpuChunk chunk;
    chunk.base = align_down(at, page_size);
    chunk.start_offset = at - chunk.base;
    const Bytes region = align_up(chunk.start_offset + size, page_size);
    chunk.end_offset = region - chunk.start_offset - size;
    const auto pages = static_cast<unsigned>(pfn_down(region));
    chunk.map = ChunkMap(pages);
    chunk.immutable = true;
    chunk.populated.assign(pages, true);
    chunk.nr_populated = static_cast<int>(pages);
    chunk.map.hide(static_cast<int>(chunk.start_offset / ChunkMap::unit),
                   static_cast<int>(chunk.end_offset / ChunkMap::unit));
    chunk.empty_pop_pages = static_cast<int>(pages) + chunk.map.take_empty_change();
    return chunk;
}

}  // namespace

std::size_t PercpuState::slot_of_size(Bytes size) const {
    if (size == geometry.unit_size) return free_slot();
    const auto high = static_cast<int>(std::bit_width(size));
    return static_cast<std::size_t>(std::max(high - 5 + 2, 1));  // PCPU_SLOT_BASE_SHIFT
}

std::size_t PercpuState::slot_of(const PercpuChunk& chunk) const {
    if (chunk.map.free_bits() == 0 || chunk.map.hints().contig == 0) return 0;
    return slot_of_size(static_cast<Bytes>(chunk.map.hints().contig) * ChunkMap::unit);
}

void Percpu::setup_first_chunk(const PercpuGeometry& g) {
    PercpuState& s = m_c.state;
    s = {};
    s.up = true;
    s.geometry = g;
    // __pcpu_size_to_slot(unit size) + 1 is the free slot, two more follow.
    s.slots.resize(static_cast<std::size_t>(std::bit_width(g.unit_size)) - 5 + 2 + 1 + 3);
    const Bytes static_size = align_up(g.static_size, ChunkMap::unit);
    if (g.reserved_size != 0) {
        s.reserved = static_cast<ChunkId>(s.chunks.size());
        s.chunks.emplace_back(first_part(g.base + static_size, g.reserved_size));
    }
    s.first = static_cast<ChunkId>(s.chunks.size());
    s.chunks.emplace_back(
        first_part(g.base + static_size + g.reserved_size, g.dyn_size - (static_size - g.static_size)));
    s.empty_pop_pages = s.chunk(s.first).empty_pop_pages;
    s.stats.nr_chunks = s.stats.nr_max_chunks = s.chunks.size();
    relocate(s.first, std::nullopt);
}

void Percpu::move(ChunkId id, std::size_t slot, bool front) {
    auto& slots = m_c.state.slots;
    for (auto& list : slots)
        std::erase(list, id);
    slots[slot].insert(front ? slots[slot].begin() : slots[slot].end(), id);
}

/// pcpu_chunk_relocate(): old_slot none: it is on no list that counts.
void Percpu::relocate(ChunkId id, std::optional<std::size_t> old_slot) {
    const PercpuChunk& chunk = m_c.state.chunk(id);
    if (chunk.isolated) return;
    const std::size_t slot = m_c.state.slot_of(chunk);
    if (old_slot != slot) move(id, slot, !old_slot || *old_slot < slot);
}

void Percpu::isolate(ChunkId id) {
    if (!m_c.state.chunk(id).isolated) {
        edit(id).isolated = true;
        m_c.state.empty_pop_pages -= m_c.state.chunk(id).empty_pop_pages;
    }
    move(id, m_c.state.to_depopulate_slot());
}

void Percpu::reintegrate(ChunkId id) {
    if (!m_c.state.chunk(id).isolated) return;
    edit(id).isolated = false;
    m_c.state.empty_pop_pages += m_c.state.chunk(id).empty_pop_pages;
    relocate(id, std::nullopt);
}

void Percpu::update_empty(ChunkId id, int pages) {
    PercpuChunk& chunk = edit(id);
    chunk.empty_pop_pages += pages;
    if (id != m_c.state.reserved && !chunk.isolated) m_c.state.empty_pop_pages += pages;
}

/// What the map says became of pages.
void Percpu::settle(ChunkId id) {
    if (const int change = edit(id).map.take_empty_change(); change != 0) update_empty(id, change);
}

bool Percpu::should_reclaim(const PercpuChunk& chunk) const {
    return (chunk.isolated && chunk.empty_pop_pages != 0) ||
           (m_c.state.empty_pop_pages > empty_pop_pages_high + chunk.empty_pop_pages &&
            chunk.empty_pop_pages >= static_cast<int>(chunk.pages()) / 4);
}

std::optional<PercpuMemory> Percpu::mem_zalloc(Bytes size, Gfp gfp, unsigned cpu, const Tracer& trace) {
    PercpuMemory memory;
    if (size <= page_size) {
        const auto object = m_c.slabs.kmalloc(size, {gfp | gfp::zero, no_node, cpu}, trace);
        if (!object || !*object) return std::nullopt;
        memory.object = **object;
        return memory;
    }
    VmRequest request;
    request.gfp = gfp | gfp::zero;
    request.cpu = cpu;
    request.caller = "pcpu_mem_zalloc";
    const auto area = m_c.window.vmalloc(size, request, trace);
    if (!area || !*area) return std::nullopt;
    memory.area = **area;
    return memory;
}

void Percpu::mem_free(const PercpuMemory& memory, unsigned cpu, const Tracer& trace) {
    if (memory.object != 0) (void)m_c.slabs.kfree(memory.object, cpu, trace);
    if (memory.area != 0) (void)m_c.window.vfree(memory.area, cpu, trace);
}

ChunkId Percpu::create_chunk(Gfp gfp, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const PercpuGeometry& g = s.geometry;
    PercpuChunk chunk;
    const Bytes bits = g.unit_size / ChunkMap::unit, word = g.pointer * 8;
    const auto bitmap = [&](Bytes n) { return (n + word - 1) / word * g.pointer; };
    const auto give_up = [&] {
        for (auto it = chunk.memory.rbegin(); it != chunk.memory.rend(); ++it)
            mem_free(*it, cpu, trace);
        return no_chunk;
    };
    for (const Bytes size : {g.chunk_size, bitmap(bits), bitmap(bits + 1), Bytes{g.unit_pages()} * block_md_size}) {
        const auto memory = mem_zalloc(size, gfp, cpu, trace);
        if (!memory) return give_up();
        chunk.memory.push_back(*memory);
    }
    VmRequest request;
    request.cpu = cpu;
    chunk.areas = m_c.window.pcpu_get_vm_areas(g.groups, g.atom_size, request, trace);
    if (chunk.areas.empty()) return give_up();
    chunk.base = chunk.areas[0] - g.groups[0].start;
    chunk.map = ChunkMap(g.unit_pages());
    chunk.populated.assign(g.unit_pages(), false);
    chunk.frames.assign(std::size_t{g.unit_pages()} * g.cpus(), no_pfn);
    s.stats.nr_max_chunks = std::max(s.stats.nr_max_chunks, ++s.stats.nr_chunks);
    ChunkId id = 0;
    while (id < s.chunks.size() && s.chunk(id).base != 0)
        ++id;
    if (id == s.chunks.size()) s.chunks.emplace_back();
    const VirtAddr base = chunk.base;
    s.chunks[id] = Shared(std::move(chunk));
    if (trace) trace.event({.kind = EventKind::percpu_create_chunk, .a = base}, fmt::format("base_addr={:#x}", base));
    return id;
}

void Percpu::destroy_chunk(ChunkId id, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const PercpuChunk gone = s.chunk(id);
    s.chunks[id] = Shared(PercpuChunk{});
    --s.stats.nr_chunks;
    m_c.window.pcpu_free_vm_areas(gone.areas, cpu, trace);
    for (auto it = gone.memory.rbegin(); it != gone.memory.rend(); ++it)
        mem_free(*it, cpu, trace);
    if (trace)
        trace.event({.kind = EventKind::percpu_destroy_chunk, .a = gone.base},
                    fmt::format("base_addr={:#x}", gone.base));
}

VirtAddr Percpu::unit_address(const PercpuChunk& chunk, unsigned cpu, unsigned page) const {
    return chunk.base + m_c.state.geometry.unit_offsets[cpu] + phys_of(NrPages{page});
}

void Percpu::free_page(Pfn pfn, unsigned cpu, const Tracer& trace) {
    m_c.state.owned.edit().erase(pfn);
    (void)m_c.allocator.free_pages(pfn, 0, trace, cpu);
}

/// pcpu_alloc_pages(): so many for each CPU, from its node.
std::optional<std::vector<Pfn>> Percpu::alloc_pages(unsigned per_cpu, Gfp gfp, unsigned cpu, const Tracer& trace) {
    const PercpuGeometry& g = m_c.state.geometry;
    std::vector<Pfn> pages;
    for (unsigned unit = 0; unit < g.cpus(); ++unit)
        for (unsigned i = 0; i < per_cpu; ++i) {
            const bool fails = m_c.faults && m_c.faults->pages && m_c.faults->pages();
            const AllocRequest request{gfp | gfp::highmem, 0, g.cpu_node[unit], cpu};
            const auto pfn = fails ? std::nullopt : m_c.allocator.alloc_pages(request, trace);
            if (pfn) {
                m_c.state.owned.edit().insert(*pfn);
                pages.push_back(*pfn);
                continue;
            }
            for (unsigned k = i; k > 0; --k)  // this CPU's from the last one, then others' in order
                free_page(pages[std::size_t{unit} * per_cpu + k - 1], cpu, trace);
            for (std::size_t k = 0; k < std::size_t{unit} * per_cpu; ++k)
                free_page(pages[k], cpu, trace);
            return std::nullopt;
        }
    return pages;
}

bool Percpu::populate(ChunkId id, unsigned from, unsigned to, Gfp gfp, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const PercpuGeometry& g = s.geometry;
    const unsigned n = to - from;
    if (s.pages_array == PercpuMemory{}) {
        const auto array = mem_zalloc(g.pointer * g.unit_pages() * g.cpus(), gfp::GFP_KERNEL, cpu, trace);
        if (!array) return false;
        s.pages_array = *array;
    }
    const auto pages = alloc_pages(n, gfp, cpu, trace);
    if (!pages) return false;
    for (unsigned unit = 0; unit < g.cpus(); ++unit) {
        const auto of_unit = std::span(*pages).subspan(std::size_t{unit} * n, n);
        if (m_c.window.map_into(unit_address(s.chunk(id), unit, from), of_unit, cpu, trace)) continue;
        for (unsigned mapped = 0; mapped <= unit; ++mapped) {
            const VirtAddr at = unit_address(s.chunk(id), mapped, from);
            m_c.window.unmap_from({at, at + phys_of(NrPages{n})}, cpu, trace);
        }
        for (const Pfn pfn : *pages)
            free_page(pfn, cpu, trace);
        return false;
    }
    PercpuChunk& chunk = edit(id);
    for (unsigned unit = 0; unit < g.cpus(); ++unit)
        for (unsigned i = 0; i < n; ++i)
            chunk.frames[std::size_t{unit} * g.unit_pages() + from + i] = (*pages)[std::size_t{unit} * n + i];
    std::fill(chunk.populated.begin() + from, chunk.populated.begin() + to, true);
    chunk.nr_populated += static_cast<int>(n);
    update_empty(id, static_cast<int>(n));
    if (trace)
        trace.event({.kind = EventKind::percpu_populate_chunk, .a = s.chunk(id).base, .b = from},
                    fmt::format("base_addr={:#x}, pages {}-{} of {} units", s.chunk(id).base, from, to - 1, g.cpus()));
    return true;
}

void Percpu::depopulate(ChunkId id, unsigned from, unsigned to, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const PercpuGeometry& g = s.geometry;
    std::vector<Pfn> pages;
    PercpuChunk& chunk = edit(id);
    for (unsigned unit = 0; unit < g.cpus(); ++unit)
        for (unsigned i = from; i < to; ++i)
            pages.push_back(std::exchange(chunk.frames[std::size_t{unit} * g.unit_pages() + i], no_pfn));
    std::fill(chunk.populated.begin() + from, chunk.populated.begin() + to, false);
    chunk.nr_populated -= static_cast<int>(to - from);
    update_empty(id, -static_cast<int>(to - from));
    for (unsigned unit = 0; unit < g.cpus(); ++unit) {
        const VirtAddr at = unit_address(s.chunk(id), unit, from);
        m_c.window.unmap_from({at, at + phys_of(NrPages{to - from})}, cpu, trace);
    }
    for (const Pfn pfn : pages)
        free_page(pfn, cpu, trace);
    if (trace)
        trace.event({.kind = EventKind::percpu_depopulate_chunk, .a = s.chunk(id).base, .b = from},
                    fmt::format("base_addr={:#x}, pages {}-{}", s.chunk(id).base, from, to - 1));
}

}  // namespace mm
