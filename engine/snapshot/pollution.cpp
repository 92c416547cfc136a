// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/pollution.h"

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

namespace {

/// One pageblock's pages in use, as they came and went.
class BlockStory {
public:
    BlockStory(Pfn first, MigrateType type) : m_first(first), m_type(type) {}

    /// What was in use before: on an LRU list it is movable, else it does not move.
    void begin(const FrozenPages& pages) {
        for (Pfn p = m_first; p < std::min<Pfn>(m_first + pageblock_pages, pages.end_pfn()); ++p) {
            const PageRecord r = pages.at(p);
            std::size_t page_class = pinned_before;
            if (state_of(r.state) == PageState::allocated)
                page_class = static_cast<std::size_t>(alloc_type_of(r.state));
            else if (state_of(r.state) != PageState::unknown)
                continue;
            else if (r.flags & bit(PageFlag::lru))
                page_class = static_cast<std::size_t>(MigrateType::movable);
            set(p, page_class, before_start);
        }
        judge(before_start, false);
    }

    void apply(const BlockEvent& e) {
        const auto event = static_cast<std::uint32_t>(e.event);
        switch (e.kind) {
            case BlockEventKind::handed_out:
            case BlockEventKind::isolated:  // where a page that moves will be
            case BlockEventKind::moved_here:
                return fill(e, static_cast<std::size_t>(e.type), event);
            case BlockEventKind::freed:
            case BlockEventKind::moved_away:
                return fill(e, none, event);
            case BlockEventKind::retyped:
                m_type = e.type2;
                return judge(event, true);
            default:
                return;
        }
    }

    bool polluted() const { return m_polluted; }
    NrPages pages(std::size_t page_class) const { return m_pages[page_class]; }
    NrPages foreign() const {
        NrPages n = 0;
        for (std::size_t c = 0; c < nr_page_classes; ++c)
            if (m_pages[c] != 0 && is_foreign(c, m_type)) n += m_pages[c];
        return n;
    }
    void tell(PollutedBlock& out) const {
        if (m_since != before_start) out.since = m_since;
        std::uint64_t oldest = ~std::uint64_t{0};
        for (std::size_t i = 0; i < pageblock_pages; ++i) {
            if (m_class[i] == none || !is_foreign(m_class[i], m_type)) continue;
            const std::uint64_t age = m_owner[i] == before_start ? 0 : m_owner[i] + std::uint64_t{1};
            if (age >= oldest) continue;
            oldest = age;
            out.oldest_pfn = m_first + i;
        }
        if (oldest != 0) out.oldest = oldest - 1;
    }

private:
    static constexpr std::uint32_t before_start = 0xffffffff;
    static constexpr std::size_t none = nr_page_classes;

    void fill(const BlockEvent& e, std::size_t page_class, std::uint32_t event) {
        const Pfn end = std::min(e.pfn + (Pfn{1} << e.order), m_first + pageblock_pages);
        for (Pfn p = std::max(e.pfn, m_first); p < end; ++p)
            set(p, page_class, event);
        judge(event, false);
    }
    void set(Pfn pfn, std::size_t page_class, std::uint32_t owner) {
        std::uint8_t& now = m_class[pfn - m_first];
        if (now != none) --m_pages[now];
        if (page_class < none) ++m_pages[page_class];
        now = static_cast<std::uint8_t>(std::min(page_class, none));
        m_owner[pfn - m_first] = owner;
    }
    /// anew: other pages count as foreign from here on.
    void judge(std::uint32_t event, bool anew) {
        const bool polluted = foreign() != 0;
        if (polluted && (!m_polluted || anew)) m_since = event;
        m_polluted = polluted;
    }

    static constexpr std::array<std::uint8_t, pageblock_pages> all_none() {
        std::array<std::uint8_t, pageblock_pages> a{};
        a.fill(none);
        return a;
    }

    Pfn m_first;
    MigrateType m_type;
    std::array<std::uint8_t, pageblock_pages> m_class = all_none();
    std::array<std::uint32_t, pageblock_pages> m_owner{};  ///< event that handed it out
    std::array<NrPages, nr_page_classes> m_pages{};
    bool m_polluted = false;
    std::uint32_t m_since = before_start;
};

/// The pageblock's type at the start: what its first change says it was, else what it is.
MigrateType type_at_start(const LifeIndex& lives, Pfn first, MigrateType now) {
    lives.each(first, [&](const BlockEvent& e) {
        if (e.kind != BlockEventKind::retyped) return true;
        now = e.type;
        return false;
    });
    return now;
}

}  // namespace

PollutionMap pollution_map(const LifeIndex& lives, const Snapshot* start, const Snapshot& now, const Moments& moments) {
    PollutionMap map;
    map.at = now.at;
    const auto& changes = lives.changes();
    map.changes.assign(changes.begin(), std::partition_point(changes.begin(), changes.end(),
                                                             [&](const TypeChange& c) { return c.event < now.at; }));
    const Zones& zones = now.state.zones;
    for (Pfn first = 0; first < now.pages.end_pfn(); first += pageblock_pages) {
        const ZoneFrames* frames = zones.frames_of(first);
        if (!frames) frames = zones.frames_of(first + pageblock_pages - 1);  // a zone that starts within
        if (!frames) continue;
        PollutedBlock out{first, frames->zone, zones.pageblock(first), {}, 0, {}, {}, 0, {}};
        ++map.pageblocks[static_cast<std::size_t>(out.type)];
        if (!start && lives.untouched(first)) continue;
        BlockStory story(first, type_at_start(lives, first, out.type));
        if (start) story.begin(start->pages);
        lives.each(first, [&](const BlockEvent& e) {
            if (e.event >= now.at) return false;
            story.apply(e);
            return true;
        });
        for (std::size_t c = 0; c < nr_page_classes; ++c) {
            out.pages[c] = story.pages(c);
            map.pages[static_cast<std::size_t>(out.type)][c] += story.pages(c);
        }
        out.foreign = story.foreign();
        if (out.foreign == 0) continue;
        story.tell(out);
        if (out.oldest) out.owner = moments(*out.oldest).who;
        map.blocks.push_back(std::move(out));
    }
    std::stable_sort(map.blocks.begin(), map.blocks.end(),
                     [](const PollutedBlock& a, const PollutedBlock& b) { return a.foreign > b.foreign; });
    return map;
}

}  // namespace mm
