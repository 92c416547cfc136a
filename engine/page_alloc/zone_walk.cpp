// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/zone_walk.h"

#include <algorithm>
#include <utility>

namespace mm {

AllocContext prepare_alloc(const Zones& zones, const AllocRequest& request, const KernelProfile& profile) {
    AllocContext c;
    c.gfp = request.gfp;
    c.order = request.order;
    c.migratetype = zones.mobility_grouping ? gfp_migratetype(request.gfp) : MigrateType::unmovable;
    c.highest = gfp_zone(request.gfp, profile);
    const Node* node = zones.node(request.nid);
    if (!node || request.order >= profile.max_order) return c;
    const std::vector<ZoneRef>& list = request.gfp & gfp::thisnode ? node->thisnode : node->fallback;
    c.nodemask = request.nodemask;
    const auto first = std::find_if(list.begin(), list.end(), [&c](ZoneRef z) { return c.admits(z); });
    if (first == list.end()) return c;
    c.zonelist = &list;
    c.preferred = *first;
    return c;
}

void lift_nodemask(AllocContext& context) {
    if (std::exchange(context.nodemask, 0) == 0 || !context.zonelist) return;
    const auto& list = *context.zonelist;
    context.preferred = *std::find_if(list.begin(), list.end(), [&](ZoneRef z) { return context.admits(z); });
}

AllocFlags first_alloc_flags(const Zones& zones, const AllocContext& context, const KernelProfile& profile) {
    AllocFlags flags = alloc::wmark_low | (context.gfp & gfp::kswapd_reclaim);
    if (profile.cma && context.migratetype == MigrateType::movable) flags |= alloc::cma;
    // Keeping pageblocks pure is worth going to the next zone only from Normal, and only if DMA32 is there.
    if (profile.arch == Arch::i386 || !profile.zone_dma32 || context.preferred.type != ZoneType::normal) return flags;
    const bool single = zones.nodes.size() <= 1;
    if (single || zones.zone(context.preferred.nid, ZoneType::dma32)->populated()) flags |= alloc::nofragment;
    return flags;
}

AllocFlags slow_alloc_flags(Gfp flags, Order order, bool has_cma) {
    AllocFlags out = alloc::wmark_min | (flags & (gfp::high | gfp::kswapd_reclaim));
    if (!(flags & gfp::direct_reclaim) && !(flags & gfp::nomemalloc)) {
        out |= alloc::non_block;
        if (order > 0 && (out & alloc::min_reserve)) out |= alloc::highatomic;
    }
    if (has_cma && gfp_migratetype(flags) == MigrateType::movable) out |= alloc::cma;
    return out;
}

bool ZoneWalk::allowed(const Zone& zone) const {
    if (m_flags & alloc::no_watermarks) return true;
    return zone_watermark_fast(zone, m_context.order, wmark_pages(zone, m_flags), m_context.highest, m_flags,
                               m_context.gfp, m_profile.max_order);
}

Zone* ZoneWalk::next() {
    if (!m_context.zonelist) return nullptr;
    const auto& zonelist = *m_context.zonelist;
    const auto masked = [&](ZoneRef z) { return z.type <= m_context.highest && !m_context.admits(z); };
    while (true) {
        while (m_at < zonelist.size() && masked(zonelist[m_at]))  // not one of the request's nodes
            ++m_at;
        if (m_at == m_context.zonelist->size()) {
            if (!(m_flags & alloc::nofragment)) return nullptr;
            restart();  // rather fragment than fail
            continue;
        }
        const ZoneRef ref = (*m_context.zonelist)[m_at++];
        if (ref.type > m_context.highest) {
            visit(ref, ZoneVisit::Verdict::too_high);
            continue;
        }
        if ((m_flags & alloc::nofragment) && ref.nid != m_context.preferred.nid) {
            visit(ref, ZoneVisit::Verdict::other_node);
            restart();  // rather fragment than go to another node
            continue;
        }
        Zone* zone = m_zones.zone(ref.nid, ref.type);
        const bool ok = allowed(*zone);
        visit(ref, ok ? ZoneVisit::Verdict::allowed : ZoneVisit::Verdict::refused);
        if (ok) return zone;
    }
}

}  // namespace mm
