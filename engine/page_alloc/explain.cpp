// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/explain.h"

#include "engine/page_alloc/compaction.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {

WatermarkLook look_at_watermark(const Zone& zone, const AllocContext& context, AllocFlags flags, unsigned max_order) {
    WatermarkLook look;
    look.nr_free = zone.free_pages_seen();
    look.mark = zone.watermark[flags & alloc::wmark_mask];
    look.boost = zone.watermark_boost;
    look.request = (NrPages{1} << context.order) - 1;
    look.highatomic = flags & alloc::reserves ? 0 : zone.nr_reserved_highatomic;
    look.check =
        check_watermark(zone, context.order, look.mark + look.boost, context.highest, flags, look.nr_free, max_order);
    const auto counted = static_cast<std::int64_t>(look.request + look.highatomic);
    look.cma = static_cast<NrPages>(look.nr_free - counted - look.check.free);
    return look;
}

why::Compaction look_at_compaction(const Zone& zone, Order order, ZoneType highest, unsigned max_order) {
    why::Compaction look{{zone.nid, zone.type}, order, fragmentation_index(zone, order, max_order), {}};
    WatermarkLook& mark = look.suitable;
    const NrPages gap = NrPages{2} << order;  // compact_gap()
    mark.nr_free = zone.free_pages_seen();
    mark.mark = zone.watermark[order > costly_order ? 1 : 0] + gap;
    mark.boost = zone.watermark_boost;
    mark.highatomic = zone.nr_reserved_highatomic;
    mark.check = check_watermark(zone, 0, mark.mark + mark.boost, highest, alloc::cma, mark.nr_free, max_order);
    return look;
}

void look_at_visits(const Zones& zones, const AllocContext& context, AllocFlags flags, const KernelProfile& profile,
                    const std::vector<ZoneVisit>& visits, std::size_t first, std::vector<WhyFact>& facts) {
    for (std::size_t i = first; i < visits.size(); ++i) {
        const ZoneVisit& v = visits[i];
        const AllocFlags before = i == 0 ? flags : visits[i - 1].flags;
        if ((before & alloc::nofragment) && !(v.flags & alloc::nofragment)) facts.push_back(why::MayFragment{});
        why::ZoneTried tried{v.zone, v.flags, v.verdict, {}, false};
        tried.mark = look_at_watermark(*zones.zone(v.zone.nid, v.zone.type), context, v.flags, profile.max_order);
        facts.push_back(tried);
    }
}

std::vector<WhyFact> look_at_attempt(const Zones& zones, const AllocContext& context, AllocFlags flags,
                                     const KernelProfile& profile, std::optional<ZoneRef> served) {
    Zones copy = zones;  // a walk hands out zones to be changed
    std::vector<ZoneVisit> visits;
    ZoneWalk walk(copy, context, flags, profile);
    walk.tell(&visits);
    const Zone* last = walk.next();
    while (last && !(served && ZoneRef{last->nid, last->type} == *served))
        last = walk.next();

    std::vector<WhyFact> facts;
    look_at_visits(zones, context, flags, profile, visits, 0, facts);
    if (last) std::get<why::ZoneTried>(facts.back()).served = true;
    return facts;
}

why::Steal look_at_steal(const Zones& zones, const PageColumns& pages, ZoneRef zone, Order order, MigrateType to,
                         const BuddyNotes& notes, const BeforeSteal& before, std::optional<NrPages> movable) {
    why::Steal s{zone, notes.stolen_pfn, notes.stolen_order, notes.stolen_from, to, {}, false, 0, 0, 0, 0, 0, 0};
    s.was = static_cast<MigrateType>(before.pageblock_type[notes.stolen_pfn / pageblock_pages]);
    s.pageblock = zones.pageblock_nr_pages();
    s.claims = notes.nr_claims;
    s.boost_before = before.boost;
    s.boost_after = zones.zone(zone.nid, zone.type)->watermark_boost;
    const bool large = s.order >= zones.pageblock_order;
    s.whole = !large && s.was != MigrateType::highatomic &&
              (s.order >= zones.pageblock_order / 2 || to != MigrateType::movable || !zones.mobility_grouping);
    if (!s.whole) return s;
    const Pfn aligned = align_down(s.pfn, s.pageblock);
    const Pfn first = zones.zone(zone.nid, zone.type)->span().contains(aligned) ? aligned : s.pfn;
    s.free = NrPages{1} << order;
    NrPages counted = 0;
    for (Pfn p = first; p < aligned + s.pageblock && p < pages.end_pfn(); ++p) {
        if (pages.free_head(p)) s.free += NrPages{1} << pages.order(p);
        counted += pages.state(p) == state_byte(PageState::allocated, MigrateType::movable);
    }
    const NrPages moving = movable.value_or(counted);
    if (to == MigrateType::movable)
        s.alike = moving;
    else if (s.was == MigrateType::movable)
        s.alike = s.pageblock - std::min(s.pageblock, s.free + moving);
    return s;
}

}  // namespace mm
