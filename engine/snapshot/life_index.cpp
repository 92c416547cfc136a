// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/life_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mm {
namespace {

/// All frames the event says something about.
PfnRange concerned(const BlockEvent& e) {
    return block_of(e.pfn, is_freeing(e.kind) || is_taking(e.kind) ? e.other : e.order);
}

}  // namespace

std::string_view name_of(LifeLine::Role role) {
    constexpr std::array<std::string_view, 3> names{"itself", "split", "merged"};
    return names[static_cast<std::size_t>(role)];
}

std::string text_of(const LifeLine& line, Pfn pfn) {
    const BlockEvent& e = line.what;
    const std::string whole = frames_text(block_of(e.pfn, std::max(e.order, e.other)));
    if (line.role == LifeLine::Role::merged)
        return fmt::format("free: its block grows to {} (order {}) on {}", whole, e.other, name_of(e.type));
    if (line.role == LifeLine::Role::split) {
        // Halves that do not hold the block taken stay free.
        Order half = e.order;
        while (block_of(e.pfn, half + 1).contains(pfn) == false)
            ++half;
        return fmt::format("free: its block {} is split for {}; it stays in {} (order {})", whole, e.pfn,
                           frames_text(block_of(pfn, half)), half);
    }
    if (e.kind == BlockEventKind::retyped)
        return fmt::format("{}: {} -> {}", words_of(e.kind), name_of(e.type), name_of(e.type2));
    std::string out = fmt::format("{}: {}", words_of(e.kind), frames_text(block_of(e.pfn, e.order)));
    if (e.order != 0) out += fmt::format(" (order {})", e.order);
    if (e.kind == BlockEventKind::stolen) return out + fmt::format(", {} -> {}", name_of(e.type), name_of(e.type2));
    if (e.kind != BlockEventKind::freed && e.kind != BlockEventKind::moved_away)
        out += fmt::format(" {}", name_of(e.type));
    if (e.other > e.order)
        out += fmt::format(", {} {} (order {})", is_freeing(e.kind) ? "merged to" : "cut from", whole, e.other);
    return out;
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
    if (m_blocks.size() * pageblock_pages < range.end) m_blocks.resize((range.end - 1) / pageblock_pages + 1);
    if (e.kind == BlockEventKind::retyped) m_changes.push_back({e.event, range.start, e.type, e.type2});
    for (Pfn first = align_down(range.start, pageblock_pages); first < range.end; first += pageblock_pages) {
        entry.away = e.pfn / pageblock_pages == first / pageblock_pages ? 0 : 1;
        m_blocks[first / pageblock_pages].push_back(entry);
    }
}

void LifeIndex::cut(Position event) {
    for (auto& entries : m_blocks)
        while (!entries.empty() && entries.back().event >= event)
            entries.pop_back();
    while (!m_changes.empty() && m_changes.back().event >= event)
        m_changes.pop_back();
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

}  // namespace mm
