// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/percpu_frames.h"

#include <algorithm>

namespace mm {
namespace {

bool of_boot(const PercpuState& s, ChunkId id) {
    return id == s.first || id == s.reserved;
}

std::optional<PercpuPart> part_of_boot(const MachineState& state, Pfn pfn) {
    const PercpuState& s = state.percpu;
    for (unsigned cpu = 0; cpu < state.percpu_units.size() && cpu < s.geometry.cpus(); ++cpu) {
        const Pfn start = pfn_down(state.percpu_units[cpu].start);
        if (pfn < start || pfn - start >= s.geometry.unit_pages()) continue;
        for (const ChunkId id : {s.first, s.reserved}) {
            if (id == no_chunk) continue;
            const Pfn first = start + pfn_down(s.chunk(id).base - s.geometry.base);
            if (pfn >= first && pfn - first < s.chunk(id).pages())
                return PercpuPart{id, cpu, static_cast<unsigned>(pfn - first)};
        }
    }
    return std::nullopt;
}

}  // namespace

Pfn percpu_frame(const MachineState& state, const PercpuPart& part) {
    const PercpuState& s = state.percpu;
    const PercpuChunk& chunk = s.chunk(part.chunk);
    if (part.page >= chunk.pages()) return no_pfn;
    if (of_boot(s, part.chunk)) {
        if (part.cpu >= state.percpu_units.size()) return no_pfn;
        return pfn_down(state.percpu_units[part.cpu].start + (chunk.base - s.geometry.base)) + part.page;
    }
    const std::size_t at = std::size_t{part.cpu} * s.geometry.unit_pages() + part.page;
    return at < chunk.frames.size() ? chunk.frames[at] : no_pfn;
}

std::optional<PercpuPart> percpu_part_of(const MachineState& state, Pfn pfn) {
    const PercpuState& s = state.percpu;
    if (!s.up || pfn == no_pfn) return std::nullopt;
    if (!s.owned->contains(pfn)) return part_of_boot(state, pfn);
    for (ChunkId id = 0; id < s.chunks.size(); ++id) {
        const std::vector<Pfn>& frames = s.chunk(id).frames;
        const auto at = std::find(frames.begin(), frames.end(), pfn);
        if (at == frames.end()) continue;
        const auto index = static_cast<unsigned>(at - frames.begin());
        return PercpuPart{id, index / s.geometry.unit_pages(), index % s.geometry.unit_pages()};
    }
    return std::nullopt;
}

}  // namespace mm
