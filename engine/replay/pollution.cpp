// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/pollution.h"

#include <algorithm>

namespace mm {

bool is_foreign(std::size_t page_class, MigrateType pageblock) {
    if (static_cast<std::size_t>(pageblock) >= nr_pcptypes) return false;
    if (page_class == pinned_before) return pageblock == MigrateType::movable;
    return page_class != static_cast<std::size_t>(pageblock);
}

std::string_view page_class_name(std::size_t page_class) {
    return page_class == pinned_before ? "Before" : name_of(static_cast<MigrateType>(page_class));
}

PollutionWatch::PollutionWatch(Replay& replay)
    : m_replay(replay),
      m_watch(replay),
      m_class(replay.pages().end_pfn(), 0),
      m_owner(replay.pages().end_pfn(), before_start),
      m_blocks(replay.pages().end_pfn() / pageblock_pages + 1) {
    const PageColumns& pages = replay.pages();
    for (Pfn p = 0; p < pages.end_pfn(); ++p) {
        if (state_of(pages.state(p)) != PageState::unknown) continue;
        const bool on_lru = pages.flags(p) & bit(PageFlag::lru);
        set(p, static_cast<std::uint8_t>(on_lru ? static_cast<std::size_t>(MigrateType::movable) : pinned_before) + 1,
            before_start);
    }
    for (Pfn p = 0; p < pages.end_pfn(); p += pageblock_pages)
        judge(p, before_start, false);
}

void PollutionWatch::set(Pfn pfn, std::uint8_t page_class, std::uint32_t owner) {
    if (pfn >= m_class.size()) return;
    Block& block = m_blocks[pfn / pageblock_pages];
    if (m_class[pfn] != 0) --block.pages[m_class[pfn] - 1u];
    if (page_class != 0) ++block.pages[page_class - 1u];
    m_class[pfn] = page_class;
    m_owner[pfn] = owner;
}

NrPages PollutionWatch::foreign_pages(Pfn first, const Block& block) const {
    NrPages n = 0;
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        if (block.pages[c] != 0 && is_foreign(c, m_replay.zones().pageblock(first))) n += block.pages[c];
    return n;
}

/// anew: other pages count as foreign from here on.
void PollutionWatch::judge(Pfn pfn, std::uint32_t event, bool anew) {
    Block& block = m_blocks[pfn / pageblock_pages];
    const bool polluted = foreign_pages(pfn, block) != 0;
    if (polluted && (!block.polluted || anew)) block.since = event;
    block.polluted = polluted;
}

void PollutionWatch::apply(const BlockEvent& e) {
    const auto event = static_cast<std::uint32_t>(e.event);
    const Pfn end = std::min<Pfn>(e.pfn + (Pfn{1} << e.order), m_class.size());
    const auto fill = [&](std::uint8_t page_class, std::uint32_t owner) {
        for (Pfn p = e.pfn; p < end; ++p)
            set(p, page_class, owner);
        for (Pfn p = align_down(e.pfn, pageblock_pages); p < end; p += pageblock_pages)
            judge(p, event, false);
    };
    switch (e.kind) {
        case BlockEventKind::handed_out:
        case BlockEventKind::isolated:  // where a page that moves will be
            return fill(static_cast<std::uint8_t>(static_cast<unsigned>(e.type) + 1), event);
        case BlockEventKind::freed:
            return fill(0, before_start);
        case BlockEventKind::retyped:
            m_changes.push_back({e.event, align_down(e.pfn, m_replay.zones().pageblock_nr_pages()), e.type, e.type2});
            for (Pfn p = m_changes.back().first; p < m_changes.back().first + m_replay.zones().pageblock_nr_pages();
                 p += pageblock_pages)
                judge(p, event, true);
            return;
        default:
            return;
    }
}

void PollutionWatch::run(std::size_t until) {
    until = std::min(until, m_replay.events().size());
    while (m_replay.position() < until)
        for (const BlockEvent& e : m_watch.step())
            apply(e);
}

PollutionMap PollutionWatch::map() const {
    PollutionMap map;
    map.at = m_replay.position();
    map.changes = m_changes;
    const Zones& zones = m_replay.zones();
    for (Pfn first = 0; first < m_class.size(); first += pageblock_pages) {
        const ZoneFrames* frames = zones.frames_of(first);
        if (!frames) frames = zones.frames_of(first + pageblock_pages - 1);  // a zone that starts within
        if (!frames) continue;
        const Block& block = m_blocks[first / pageblock_pages];
        PollutedBlock out{first, frames->zone, zones.pageblock(first), {}, foreign_pages(first, block), {}, {}, 0};
        ++map.pageblocks[static_cast<std::size_t>(out.type)];
        for (std::size_t c = 0; c < nr_page_classes; ++c) {
            out.pages[c] = block.pages[c];
            map.pages[static_cast<std::size_t>(out.type)][c] += block.pages[c];
        }
        if (out.foreign == 0) continue;
        if (block.since != before_start) out.since = block.since;
        std::uint64_t oldest = ~std::uint64_t{0};
        for (Pfn p = first; p < std::min<Pfn>(first + pageblock_pages, m_class.size()); ++p) {
            if (m_class[p] == 0 || !is_foreign(m_class[p] - 1u, out.type)) continue;
            const std::uint64_t age = m_owner[p] == before_start ? 0 : m_owner[p] + std::uint64_t{1};
            if (age >= oldest) continue;
            oldest = age;
            out.oldest_pfn = p;
        }
        if (oldest != 0) out.oldest = oldest - 1;
        map.blocks.push_back(out);
    }
    std::stable_sort(map.blocks.begin(), map.blocks.end(),
                     [](const PollutedBlock& a, const PollutedBlock& b) { return a.foreign > b.foreign; });
    return map;
}

}  // namespace mm
