// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/biography.h"

namespace mm {
namespace {

/// All frames the event says something about.
PfnRange concerned(const BlockEvent& e) {
    return block_of(e.pfn, is_freeing(e.kind) || is_taking(e.kind) ? e.other : e.order);
}

}  // namespace

LifeIndex LifeIndex::record(Replay& replay, std::size_t until) {
    LifeIndex index;
    index.m_start = replay.snapshot();
    index.m_blocks.resize(replay.pages().end_pfn() / pageblock_pages + 1);
    BlockWatch watch(replay);
    until = std::min(until, replay.events().size());
    while (replay.position() < until)
        for (const BlockEvent& e : watch.step())
            index.enter(e);
    return index;
}

void LifeIndex::enter(const BlockEvent& e) {
    Entry entry{static_cast<std::uint32_t>(e.event),
                static_cast<std::uint32_t>(e.kind) & 15u,
                static_cast<std::uint32_t>(e.pfn % pageblock_pages) & 511u,
                e.order & 15u,
                e.other & 15u,
                static_cast<std::uint32_t>(e.type) & 7u,
                static_cast<std::uint32_t>(e.type2) & 7u,
                0};
    const PfnRange range = concerned(e);
    for (Pfn first = align_down(range.start, pageblock_pages); first < range.end; first += pageblock_pages) {
        entry.away = e.pfn / pageblock_pages == first / pageblock_pages ? 0 : 1;
        if (first / pageblock_pages < m_blocks.size()) m_blocks[first / pageblock_pages].push_back(entry);
    }
}

/// In another pageblock than its first frame's an entry tells where the block lies by its order alone.
BlockEvent LifeIndex::decoded(const Entry& entry, Pfn first) {
    BlockEvent e{entry.event,
                 static_cast<BlockEventKind>(entry.kind),
                 first + entry.offset,
                 entry.order,
                 entry.other,
                 static_cast<MigrateType>(entry.type),
                 static_cast<MigrateType>(entry.type2)};
    if (entry.away) e.pfn = align_down(first, Pfn{1} << std::max(e.order, e.other));
    return e;
}

std::vector<LifeLine> LifeIndex::life_of(Pfn pfn) const {
    std::vector<LifeLine> life;
    if (pfn / pageblock_pages >= m_blocks.size()) return life;
    for (const Entry& entry : m_blocks[pfn / pageblock_pages]) {
        const BlockEvent e = decoded(entry, align_down(pfn, pageblock_pages));
        if (!concerned(e).contains(pfn)) continue;
        LifeLine line{e, LifeLine::Role::itself};
        const bool inside = block_of(e.pfn, e.order).contains(pfn) && !(entry.away && is_freeing(e.kind));
        if (!inside && is_freeing(e.kind)) line.role = LifeLine::Role::merged;
        if (!inside && is_taking(e.kind)) line.role = LifeLine::Role::split;
        life.push_back(line);
    }
    return life;
}

std::size_t LifeIndex::entries() const {
    std::size_t n = 0;
    for (const auto& entries : m_blocks)
        n += entries.size();
    return n;
}

Biography biography(const LifeIndex& index, Pfn pfn, const std::vector<TraceEvent>& events) {
    Biography out{pfn_report(*index.start(), pfn), {}};
    for (const LifeLine& line : index.life_of(pfn)) {
        const TraceEvent& e = events[line.what.event];
        out.lines.push_back({line, e.nanoseconds, e.pid});
    }
    return out;
}

}  // namespace mm
