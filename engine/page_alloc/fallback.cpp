// SPDX-License-Identifier: GPL-3.0-or-later
// Taking from another migratetype's lists when one's own are empty, and claiming whole pageblocks on the way.
#include <algorithm>
#include <array>

#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/compaction.h"

namespace mm {
namespace {

/// fallbacks[]: whom each type robs, in order of preference.
constexpr std::array<std::array<MigrateType, 2>, nr_pcptypes> fallbacks{{
    {MigrateType::reclaimable, MigrateType::movable},    // unmovable
    {MigrateType::reclaimable, MigrateType::unmovable},  // movable
    {MigrateType::unmovable, MigrateType::movable},      // reclaimable
}};

}  // namespace

void BuddyLists::claim_pageblock(Pfn pfn, MigrateType mt) {
    const MigrateType was = m_zones.pageblock(pfn);
    if (was == mt) return;
    set_pageblock({m_zones, m_pages, m_stats, m_profile}, pfn, mt);
    ++m_stats.claimed_blocks;
    if (m_notes.nr_claims == BuddyNotes::max_claims) return;
    m_notes.claimed_from[m_notes.nr_claims] = was;
    m_notes.claims[m_notes.nr_claims++] = align_down(pfn, m_zones.pageblock_nr_pages());
}

/// find_suitable_fallback(), only_stealable false. can_steal: the rest of the pageblock may be taken too.
bool BuddyLists::suitable_fallback(Order order, MigrateType start, MigrateType& fallback, bool& can_steal) const {
    const FreeArea& area = m_zone.free_area[order];
    if (area.nr_free == 0) return false;
    for (const MigrateType mt : fallbacks[static_cast<std::size_t>(start)]) {
        if (area.free_list[static_cast<std::size_t>(mt)].first == no_link) continue;
        fallback = mt;
        can_steal = order >= m_profile.pageblock_order / 2 || start == MigrateType::reclaimable ||
                    start == MigrateType::unmovable || !m_zones.mobility_grouping;
        return true;
    }
    return false;
}

/// The kernel counts as movable what is on an LRU list or __PageMovable(); here that is, unless someone has counted,
/// what was allocated as movable.
BuddyLists::Moved BuddyLists::move_freepages_block(Pfn pfn, MigrateType mt) {
    Pfn start = align_down(pfn, m_zones.pageblock_nr_pages());
    const Pfn end = start + m_zones.pageblock_nr_pages();
    if (!m_zone.span().contains(start)) start = pfn;
    if (!m_zone.span().contains(end - 1)) return {0, 0};
    Moved moved{0, 0};
    for (Pfn p = start; p < end;) {
        if (!m_pages.free_head(p)) {
            moved.movable += m_pages.state(p) == state_byte(PageState::allocated, MigrateType::movable) ||
                             (m_pages.flags(p) & bit(PageFlag::lru));
            ++p;
            continue;
        }
        const Order order = m_pages.order(p);
        move_to_tail(p, order, mt);
        moved.free += NrPages{1} << order;
        p += Pfn{1} << order;
    }
    if (m_movable_count) moved.movable = *m_movable_count;
    return moved;
}

/// watermark_boost_factor: 15000, so up to one and a half high watermarks.
bool BuddyLists::boost_watermark() {
    constexpr NrPages boost_factor = 15000;
    const NrPages block = m_zones.pageblock_nr_pages(), high = m_zone.watermark[2];
    if (!m_profile.watermark_boost || block * 4 > m_zone.managed) return false;
    NrPages max = high / 10000 * boost_factor + high % 10000 * boost_factor / 10000;
    if (max == 0) return false;
    max = std::max(block, max);
    touch_counters(m_pages, m_zone, m_cpu);
    m_zone.watermark_boost = std::min(m_zone.watermark_boost + block, max);
    return true;
}

void BuddyLists::steal_suitable_fallback(Pfn pfn, Order order, MigrateType start, AllocFlags flags, bool whole_block) {
    const MigrateType old = m_zones.pageblock(pfn);
    if (old == MigrateType::highatomic) return move_to_tail(pfn, order, start);
    if (order >= m_profile.pageblock_order) {
        for (Pfn p = pfn; p < pfn + (Pfn{1} << order); p += m_zones.pageblock_nr_pages())
            claim_pageblock(p, start);
        move_to_tail(pfn, order, start);
        return;
    }
    if (boost_watermark() && (flags & alloc::kswapd)) m_zone.boosted = true;
    if (whole_block) {
        const Moved moved = move_freepages_block(pfn, start);
        if (moved.free != 0) {
            NrPages alike = 0;
            if (start == MigrateType::movable)
                alike = moved.movable;
            else if (old == MigrateType::movable)
                alike = m_zones.pageblock_nr_pages() - (moved.free + moved.movable);
            if (moved.free + alike >= m_zones.pageblock_nr_pages() / 2 || !m_zones.mobility_grouping)
                claim_pageblock(pfn, start);
            return;
        }
    }
    move_to_tail(pfn, order, start);
}

bool BuddyLists::rmqueue_fallback(Order order, MigrateType start, AllocFlags flags) {
    if (static_cast<std::size_t>(start) >= nr_pcptypes) return false;
    const Order min_order = (flags & alloc::nofragment) ? std::max(order, m_profile.pageblock_order) : order;
    MigrateType fallback{};
    bool can_steal = false;
    Order o = m_profile.max_order;
    while (o > min_order && !suitable_fallback(o - 1, start, fallback, can_steal))
        --o;
    if (o-- <= min_order) return false;
    // A movable request that may not take the whole pageblock splits the smallest block instead of the largest.
    if (!can_steal && start == MigrateType::movable && o > order)
        for (o = order; !suitable_fallback(o, start, fallback, can_steal);)
            ++o;

    const Pfn pfn = m_zone.free_area[o].free_list[static_cast<std::size_t>(fallback)].first;
    m_notes.stolen = true;
    m_notes.stolen_pfn = pfn;
    m_notes.stolen_order = o;
    m_notes.stolen_from = fallback;
    ++m_stats.fallbacks;
    steal_suitable_fallback(pfn, o, start, flags, can_steal);
    return true;
}

bool has_stealable_block(const Zone& zone, Order order, MigrateType start, const KernelProfile& profile,
                         bool mobility_grouping) {
    if (static_cast<std::size_t>(start) >= nr_pcptypes) return false;
    const bool can_steal = order >= profile.pageblock_order / 2 || start != MigrateType::movable || !mobility_grouping;
    return can_steal &&
           std::any_of(fallbacks[static_cast<std::size_t>(start)].begin(),
                       fallbacks[static_cast<std::size_t>(start)].end(), [&](MigrateType mt) {
                           return zone.free_area[order].free_list[static_cast<std::size_t>(mt)].first != no_link;
                       });
}

}  // namespace mm
