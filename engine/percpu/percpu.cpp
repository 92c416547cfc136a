// SPDX-License-Identifier: GPL-3.0-or-later
// Percpu: allocating and freeing. Chunks: percpu_chunks.cpp; the work: percpu_balance.cpp.
#include "engine/percpu/percpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace mm {
namespace {

constexpr std::size_t slot_fail_threshold = 3;  // PCPU_SLOT_FAIL_THRESHOLD
constexpr Bytes min_unit_size = 32 * KiB;       // PCPU_MIN_UNIT_SIZE

Event percpu_event(EventKind kind, VirtAddr base, std::uint64_t offset) {
    Event e;
    e.kind = kind;
    e.a = base;
    e.b = offset;
    return e;
}

}  // namespace

/// pcpu_find_block_fit().
std::optional<int> Percpu::fit(ChunkId id, int bits, int align, bool populated_only) const {
    const PercpuChunk& chunk = m_c.state.chunk(id);
    return chunk.map.find_fit(bits, align, [&](int start, int size) -> std::optional<int> {
        if (!populated_only) return std::nullopt;
        const auto page = static_cast<std::ptrdiff_t>(start / ChunkMap::block_bits);
        const auto end = static_cast<std::ptrdiff_t>((start + size + ChunkMap::block_bits - 1) / ChunkMap::block_bits);
        const auto begin = chunk.populated.begin();
        const auto missing = std::find(begin + page, begin + end, false);
        if (missing == begin + end) return std::nullopt;
        const auto beyond = std::find(missing + 1, begin + end, true);
        return static_cast<int>(beyond - begin) * ChunkMap::block_bits;
    });
}

std::optional<Percpu::Place> Percpu::take(ChunkId id, int bits, int align, bool atomic) {
    const auto from = fit(id, bits, align, atomic);
    if (!from) return std::nullopt;
    const std::size_t old_slot = m_c.state.slot_of(m_c.state.chunk(id));
    const auto at = edit(id).map.alloc(bits, align, *from);
    settle(id);
    if (!at) return std::nullopt;
    if (id != m_c.state.reserved) relocate(id, old_slot);
    return Place{id, *at};
}

/// A place in some chunk; a new chunk where none has room and the request may wait.
std::optional<Percpu::Place> Percpu::find(const PercpuRequest& r, int bits, int align, bool atomic,
                                          std::string_view& why, const Tracer& trace) {
    PercpuState& s = m_c.state;
    if (r.reserved && s.reserved != no_chunk) {
        why = "alloc from reserved chunk failed";
        return take(s.reserved, bits, align, atomic);
    }
    for (;;) {
        for (std::size_t slot = s.slot_of_size(static_cast<Bytes>(bits) * ChunkMap::unit); slot <= s.free_slot();
             ++slot) {
            const std::vector<ChunkId> list = s.slots[slot];
            for (const ChunkId id : list) {
                const bool hopeless = !fit(id, bits, align, atomic);
                if (hopeless && slot < slot_fail_threshold) move(id, 0);
                if (hopeless) continue;
                const auto place = take(id, bits, align, atomic);
                if (!place) continue;
                reintegrate(id);
                return place;
            }
        }
        why = "atomic alloc failed, no space left";
        if (atomic) return std::nullopt;
        if (!s.slots[s.free_slot()].empty()) return std::nullopt;  // an empty chunk that cannot serve it
        why = "failed to allocate new chunk";
        const Gfp gfp = r.gfp & (gfp::GFP_KERNEL | gfp::noretry | gfp::nowarn);
        const ChunkId id = create_chunk(gfp, r.cpu, trace);
        if (id == no_chunk) return std::nullopt;
        relocate(id, std::nullopt);
    }
}

bool Percpu::populate_all(const Place& place, Bytes size, const PercpuRequest& r, const Tracer& trace) {
    const Bytes offset = static_cast<Bytes>(place.bit) * ChunkMap::unit;
    const Gfp gfp = r.gfp & (gfp::GFP_KERNEL | gfp::noretry | gfp::nowarn);
    const auto end = static_cast<unsigned>(pfn_up(offset + size));
    for (auto page = static_cast<unsigned>(pfn_down(offset)); page < end; ++page) {
        const std::vector<bool>& populated = m_c.state.chunk(place.chunk).populated;
        if (populated[page]) continue;
        unsigned to = page;
        while (to < end && !populated[to])
            ++to;
        if (!populate(place.chunk, page, to, gfp, r.cpu, trace)) return false;
        page = to;
    }
    return true;
}

void Percpu::fail(const PercpuRequest& r, bool atomic, std::string_view why, const Tracer& trace) {
    PercpuState& s = m_c.state;
    if (trace)
        trace.event(percpu_event(EventKind::percpu_alloc_percpu_fail, 0, 0),
                    fmt::format("size={} align={} atomic={}, {}", r.size, r.align, int{atomic}, why));
    if (atomic) {
        s.atomic_alloc_failed = true;
        m_scheduled = true;
        return;
    }
    if ((r.gfp & gfp::nowarn) || s.warn_limit == 0) return;
    trace.printk(fmt::format("percpu: allocation failed, size={} align={} atomic=0, {}", r.size, r.align, why));
    if (--s.warn_limit == 0) trace.printk("percpu: limit reached, disable warning");
}

std::optional<std::uint64_t> Percpu::alloc_percpu(const PercpuRequest& request, const Tracer& trace) {
    PercpuState& s = m_c.state;
    PercpuRequest r = request;
    const bool atomic = !(r.gfp & gfp::direct_reclaim);
    r.align = std::max<Bytes>(r.align, ChunkMap::unit);
    r.size = align_up(r.size, ChunkMap::unit);
    if (r.size == 0 || r.size > min_unit_size || r.align > page_size || !std::has_single_bit(r.align)) {
        if (!(r.gfp & gfp::nowarn))
            trace.printk(fmt::format("illegal size ({}) or align ({}) for percpu allocation", r.size, r.align));
        return std::nullopt;
    }
    const auto bits = static_cast<int>(r.size / ChunkMap::unit), align = static_cast<int>(r.align / ChunkMap::unit);
    std::string_view why;
    const auto place = find(r, bits, align, atomic, why, trace);
    std::optional<std::uint64_t> pointer;
    if (!place) {
        fail(r, atomic, why, trace);
    } else {
        PercpuChunk& chunk = edit(place->chunk);
        ++chunk.nr_alloc;
        chunk.max_alloc_size = std::max<std::uint64_t>(chunk.max_alloc_size, r.size);
        PercpuStats& stats = s.stats;
        ++stats.nr_alloc;
        stats.nr_max_alloc = std::max(stats.nr_max_alloc, ++stats.nr_cur_alloc);
        stats.min_alloc_size =
            stats.min_alloc_size == 0 ? r.size : std::min<std::uint64_t>(stats.min_alloc_size, r.size);
        stats.max_alloc_size = std::max<std::uint64_t>(stats.max_alloc_size, r.size);
        const Bytes offset = static_cast<Bytes>(place->bit) * ChunkMap::unit;
        if (!atomic && !populate_all(*place, r.size, r, trace)) {
            free_area(place->chunk, place->bit);
            fail(r, atomic, "failed to populate", trace);
        } else {
            if (s.empty_pop_pages < empty_pop_pages_low) m_scheduled = true;
            const VirtAddr base = s.chunk(place->chunk).base;
            pointer = base + offset - s.geometry.base;
            if (trace)
                trace.event(percpu_event(EventKind::percpu_alloc_percpu, base, offset),
                            fmt::format("size={} align={} base_addr={:#x} off={} ptr={:#x}", r.size, r.align, base,
                                        offset, *pointer));
        }
    }
    if (std::exchange(m_scheduled, false)) balance(r.cpu, trace);
    return pointer;
}

/// pcpu_chunk_addr_search().
ChunkId Percpu::chunk_at(VirtAddr at) const {
    for (ChunkId id = 0; id < m_c.state.chunks.size(); ++id)
        if (const PercpuChunk& chunk = m_c.state.chunk(id); chunk.base != 0 && chunk.contains(at)) return id;
    return no_chunk;
}

/// pcpu_free_area().
int Percpu::free_area(ChunkId id, int bit) {
    PercpuState& s = m_c.state;
    const std::size_t old_slot = s.slot_of(s.chunk(id));
    PercpuChunk& chunk = edit(id);
    --chunk.nr_alloc;
    ++s.stats.nr_dealloc;
    --s.stats.nr_cur_alloc;
    const int bits = chunk.map.free(bit);
    settle(id);
    if (id != s.reserved) relocate(id, old_slot);
    return bits;
}

Outcome<Done> Percpu::free_percpu(std::uint64_t pointer, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const VirtAddr at = s.geometry.base + pointer;
    const ChunkId id = chunk_at(at);
    const auto wrong = [&](std::string_view what) {
        return Error{fmt::format("{:#x} is no per-CPU allocation: {}", pointer, what)};
    };
    if (id == no_chunk) return wrong("no chunk has it");
    const Bytes offset = at - s.chunk(id).base;
    const auto bit = static_cast<int>(offset / ChunkMap::unit);
    if (offset % ChunkMap::unit != 0 || !s.chunk(id).map.begins(bit)) return wrong("none begins there");
    free_area(id, bit);
    const PercpuChunk& chunk = s.chunk(id);
    if (!chunk.isolated && chunk.free_bytes() == s.geometry.unit_size) {
        m_scheduled |= s.slots[s.free_slot()].size() > 1;
    } else if (id != s.first && id != s.reserved && should_reclaim(chunk)) {
        isolate(id);
        m_scheduled = true;
    }
    if (trace)
        trace.event(percpu_event(EventKind::percpu_free_percpu, chunk.base, offset),
                    fmt::format("base_addr={:#x} off={} ptr={:#x}", chunk.base, offset, pointer));
    if (std::exchange(m_scheduled, false)) balance(cpu, trace);
    return Done{};
}

}  // namespace mm
