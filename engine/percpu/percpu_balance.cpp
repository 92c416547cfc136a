// SPDX-License-Identifier: GPL-3.0-or-later
// Percpu: the work in the background. It destroys empty chunks but one, takes pages out of chunks that need them least,
// and keeps a few populated pages ready. Follows pcpu_balance_workfn() and its parts of mm/percpu.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/percpu/percpu.h"

namespace mm {

void Percpu::balance_free(bool empty_only, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    const std::vector<ChunkId> list = s.slots[s.free_slot()];
    std::vector<ChunkId> to_free;
    for (std::size_t i = 1; i < list.size(); ++i)  // the first one is spared
        if (!empty_only || s.chunk(list[i]).empty_pop_pages == 0) to_free.insert(to_free.begin(), list[i]);
    for (const ChunkId id : to_free) {
        for (auto page = 0u; page < s.geometry.unit_pages(); ++page) {
            unsigned end = page;
            while (end < s.geometry.unit_pages() && s.chunk(id).populated[end])
                ++end;
            if (end == page) continue;
            depopulate(id, page, end, cpu, trace);
            page = end;
        }
        std::erase(s.slots[s.free_slot()], id);
        destroy_chunk(id, cpu, trace);
    }
}

void Percpu::balance_populated(unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    constexpr Gfp noio = (gfp::GFP_KERNEL | gfp::noretry | gfp::nowarn) & ~(gfp::io | gfp::fs);
    for (;;) {
        int wanted = std::clamp(empty_pop_pages_high - s.empty_pop_pages, 0, empty_pop_pages_high);
        if (std::exchange(s.atomic_alloc_failed, false)) wanted = empty_pop_pages_high;
        for (std::size_t slot = s.slot_of_size(page_size); slot <= s.free_slot() && wanted != 0; ++slot) {
            const auto& list = s.slots[slot];
            const auto it = std::find_if(list.begin(), list.end(), [&](ChunkId id) {
                return s.chunk(id).nr_populated < static_cast<int>(s.chunk(id).pages());
            });
            if (it == list.end()) continue;
            const ChunkId id = *it;
            const auto pages = static_cast<unsigned>(s.chunk(id).pages());
            for (unsigned page = 0; page < pages && wanted != 0; ++page) {
                unsigned end = page;
                while (end < pages && !s.chunk(id).populated[end] && end - page < static_cast<unsigned>(wanted))
                    ++end;
                if (end == page) continue;
                wanted = populate(id, page, end, noio, cpu, trace) ? wanted - static_cast<int>(end - page) : 0;
                page = end - 1;
            }
        }
        if (wanted == 0) return;
        const ChunkId made = create_chunk(noio, cpu, trace);
        if (made == no_chunk) return;
        relocate(made, std::nullopt);
    }
}

/// One chunk of pcpu_reclaim_populated(): empty pages go, from the last one on, as long as enough stay ready elsewhere.
void Percpu::reclaim_chunk(ChunkId id, unsigned cpu, const Tracer& trace) {
    PercpuState& s = m_c.state;
    bool enough = true;
    int end = -1;
    for (int i = static_cast<int>(s.chunk(id).pages()) - 1; i >= 0; --i) {
        const PercpuChunk& chunk = s.chunk(id);
        if (chunk.empty_pop_pages == 0) break;
        enough = s.empty_pop_pages >= empty_pop_pages_high;
        if (!enough) break;
        const auto page = static_cast<std::size_t>(i);
        int from = i + 1;
        if (chunk.map.is_empty(page) && chunk.populated[page]) {
            if (end == -1) end = i;
            if (i > 0) continue;
            from = 0;
        }
        if (end == -1) continue;
        depopulate(id, static_cast<unsigned>(from), static_cast<unsigned>(end + 1), cpu, trace);
        end = -1;
    }
    if (!enough || s.chunk(id).free_bytes() == s.geometry.unit_size)
        reintegrate(id);
    else
        move(id, s.sidelined_slot(), false);
}

void Percpu::reclaim_populated(unsigned cpu, const Tracer& trace) {
    const auto& list = m_c.state.slots[m_c.state.to_depopulate_slot()];
    while (!list.empty())
        reclaim_chunk(list.front(), cpu, trace);
}

void Percpu::balance(unsigned cpu, const Tracer& trace) {
    balance_free(false, cpu, trace);
    reclaim_populated(cpu, trace);
    balance_populated(cpu, trace);
    balance_free(true, cpu, trace);
    const PercpuState& s = m_c.state;
    if (trace)
        trace.event(
            {.kind = EventKind::percpu_balance, .a = static_cast<std::uint64_t>(std::max(s.empty_pop_pages, 0))},
            fmt::format("{} empty pages are ready, {} chunks", s.empty_pop_pages, s.stats.nr_chunks));
}

}  // namespace mm
