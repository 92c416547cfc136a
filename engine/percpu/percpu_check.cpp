// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of per-CPU memory, whose things are, and /sys/kernel/debug/percpu_stats (mm/percpu-stats.c,
// Linux 6.1).
#include <fmt/format.h>

#include <algorithm>

#include "engine/percpu/percpu.h"

namespace mm {
namespace {

Broken check_chunk(const PercpuState& s, ChunkId id, std::size_t& frames) {
    const PercpuChunk& chunk = s.chunk(id);
    if (Broken b = chunk.map.check()) return b;
    int populated = 0, empty = 0;
    for (std::size_t page = 0; page < chunk.pages(); ++page) {
        populated += chunk.populated[page];
        empty += chunk.populated[page] && chunk.map.is_empty(page);
        for (std::size_t unit = 0; !chunk.frames.empty() && unit < s.geometry.cpus(); ++unit) {
            const Pfn pfn = chunk.frames[unit * chunk.pages() + page];
            if ((pfn != no_pfn) != chunk.populated[page]) return fmt::format("page {} is populated wrongly", page);
            if (pfn != no_pfn && !s.owned->contains(pfn)) return fmt::format("frame {:#x} is not owned", pfn);
            frames += pfn != no_pfn;
        }
    }
    if (populated != chunk.nr_populated)
        return fmt::format("{} pages are populated, {} counted", populated, chunk.nr_populated);
    // Taken, but not populated yet or any more, a page counts as one less for a moment.
    if (empty != chunk.empty_pop_pages)
        return fmt::format("{} pages are empty, {} counted", empty, chunk.empty_pop_pages);
    return std::nullopt;
}

Broken check_lists(const PercpuState& s) {
    std::vector<int> times(s.chunks.size());
    for (std::size_t slot = 0; slot < s.slots.size(); ++slot)
        for (const ChunkId id : s.slots[slot]) {
            ++times.at(id);
            const PercpuChunk& chunk = s.chunk(id);
            const bool right = chunk.isolated ? slot >= s.sidelined_slot() : slot == 0 || slot == s.slot_of(chunk);
            if (!right) return fmt::format("chunk {:#x} is in slot {}", chunk.base, slot);
        }
    for (ChunkId id = 0; id < s.chunks.size(); ++id)
        if (times[id] != (s.chunk(id).base != 0 && id != s.reserved))
            return fmt::format("chunk {} is on {} lists", id, times[id]);
    return std::nullopt;
}

void put(std::string& out, std::string_view name, std::uint64_t value) {
    out += fmt::format("  {:<20}: {:>12}\n", name, value);
}

/// chunk_map_stats().
void put_chunk(std::string& out, const PercpuChunk& chunk) {
    const ChunkMap& map = chunk.map;
    int last = map.bits() - static_cast<int>(chunk.end_offset / ChunkMap::unit);
    while (last > 0 && !map.taken(last - 1))
        --last;
    std::vector<std::int64_t> sizes;
    for (int at = static_cast<int>(chunk.start_offset / ChunkMap::unit), end = at; at < last; at = end) {
        if (map.taken(at))
            end = std::min(map.end_of(at), last);
        else
            while (end < last && !map.taken(end))
                ++end;
        sizes.push_back((map.taken(at) ? 1 : -1) * std::int64_t{end - at} * ChunkMap::unit);
    }
    std::sort(sizes.begin(), sizes.end());
    std::size_t free = 0;
    std::uint64_t sum = 0;
    for (; free < sizes.size() && sizes[free] < 0; ++free)
        sum += static_cast<std::uint64_t>(-sizes[free]);
    const auto size_at = [&](std::size_t i) { return i < sizes.size() ? static_cast<std::uint64_t>(sizes[i]) : 0; };
    put(out, "nr_alloc", chunk.nr_alloc);
    put(out, "max_alloc_size", chunk.max_alloc_size);
    put(out, "empty_pop_pages", static_cast<std::uint64_t>(std::max(chunk.empty_pop_pages, 0)));
    put(out, "first_bit", static_cast<std::uint64_t>(map.hints().first_free));
    put(out, "free_bytes", chunk.free_bytes());
    put(out, "contig_bytes", static_cast<std::uint64_t>(map.hints().contig) * ChunkMap::unit);
    put(out, "sum_frag", sum);
    put(out, "max_frag", free == 0 ? 0 : static_cast<std::uint64_t>(-sizes[0]));
    put(out, "cur_min_alloc", size_at(free));
    put(out, "cur_med_alloc", sizes.empty() ? 0 : size_at((free + sizes.size() - 1) / 2));
    put(out, "cur_max_alloc", sizes.empty() ? 0 : size_at(sizes.size() - 1));
    out += '\n';
}

std::string_view heading(const PercpuState& s, ChunkId id, std::size_t slot) {
    if (id == s.first) return "Chunk: <- First Chunk\n";
    if (slot == s.to_depopulate_slot()) return "Chunk (to_depopulate)\n";
    return slot == s.sidelined_slot() ? "Chunk (sidelined):\n" : "Chunk:\n";
}

}  // namespace

Broken check_percpu(const PercpuState& s, const PageColumns& pages) {
    if (!s.up) return std::nullopt;
    if (Broken b = check_lists(s)) return b;
    std::size_t frames = 0;
    int empty = 0;
    for (ChunkId id = 0; id < s.chunks.size(); ++id) {
        const PercpuChunk& chunk = s.chunk(id);
        if (chunk.base == 0) continue;
        if (Broken b = check_chunk(s, id, frames)) return fmt::format("chunk {:#x}: {}", chunk.base, *b);
        if (id != s.reserved && !chunk.isolated) empty += chunk.empty_pop_pages;
    }
    if (empty != s.empty_pop_pages) return fmt::format("{} pages are ready, {} counted", empty, s.empty_pop_pages);
    if (frames != s.owned->size()) return fmt::format("chunks have {} frames, {} are owned", frames, s.owned->size());
    for (const Pfn pfn : *s.owned)
        if (state_of(pages.state(pfn)) != PageState::allocated || pages.order(pfn) != 0)
            return fmt::format("frame {:#x} is no single page", pfn);
    return std::nullopt;
}

Broken Percpu::check() const {
    return check_percpu(m_c.state, m_c.pages);
}

Broken percpu_owner_of_frame(const PercpuState& s, Pfn pfn) {
    if (!s.owned->contains(pfn)) return std::nullopt;
    return fmt::format("frame {:#x} is of a per-CPU chunk: free_percpu frees what is in it", pfn);
}

Broken percpu_owner_of_area(const PercpuState& s, VirtAddr address) {
    if (!s.up || address == 0) return std::nullopt;
    bool has = s.pages_array.area == address;
    for (const auto& chunk : s.chunks) {
        has |= std::find(chunk->areas.begin(), chunk->areas.end(), address) != chunk->areas.end();
        for (const PercpuMemory& memory : chunk->memory)
            has |= memory.area == address;
    }
    return has ? Broken(fmt::format("{:#x} is a per-CPU chunk's: it goes with the chunk", address)) : std::nullopt;
}

Broken percpu_owner_of_object(const PercpuState& s, PhysAddr object) {
    if (!s.up || object == 0) return std::nullopt;
    bool has = s.pages_array.object == object;
    for (const auto& chunk : s.chunks)
        for (const PercpuMemory& memory : chunk->memory)
            has |= memory.object == object;
    return has ? Broken(fmt::format("{:#x} is a per-CPU chunk's: it goes with the chunk", object)) : std::nullopt;
}

std::string print_percpu_stats(const PercpuState& s) {
    if (!s.up) return "";
    const std::string line = "----------------------------------------\n";
    std::string out = "Percpu Memory Statistics\nAllocation Info:\n" + line;
    const PercpuGeometry& g = s.geometry;
    put(out, "unit_size", g.unit_size);
    put(out, "static_size", g.static_size);
    put(out, "reserved_size", g.reserved_size);
    put(out, "dyn_size", g.dyn_size);
    put(out, "atom_size", g.atom_size);
    put(out, "alloc_size", std::max(g.atom_size, g.unit_size));
    out += "\nGlobal Stats:\n" + line;
    put(out, "nr_alloc", s.stats.nr_alloc);
    put(out, "nr_dealloc", s.stats.nr_dealloc);
    put(out, "nr_cur_alloc", s.stats.nr_cur_alloc);
    put(out, "nr_max_alloc", s.stats.nr_max_alloc);
    put(out, "nr_chunks", s.stats.nr_chunks);
    put(out, "nr_max_chunks", s.stats.nr_max_chunks);
    put(out, "min_alloc_size", s.stats.min_alloc_size);
    put(out, "max_alloc_size", s.stats.max_alloc_size);
    put(out, "empty_pop_pages", static_cast<std::uint64_t>(std::max(s.empty_pop_pages, 0)));
    out += "\nPer Chunk Stats:\n" + line;
    if (s.reserved != no_chunk) {
        out += "Chunk: <- Reserved Chunk\n";
        put_chunk(out, s.chunk(s.reserved));
    }
    for (std::size_t slot = 0; slot < s.slots.size(); ++slot)
        for (const ChunkId id : s.slots[slot]) {
            out += heading(s, id, slot);
            put_chunk(out, s.chunk(id));
        }
    return out;
}

}  // namespace mm
