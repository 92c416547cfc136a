// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/zone_walk.h"

#include <algorithm>

namespace mm {

bool zone_watermark_ok(const Zone& zone, Order order, NrPages mark, ZoneType highest, AllocFlags flags,
                       unsigned max_order) {
    auto min = static_cast<std::int64_t>(mark);
    const auto usable = static_cast<std::int64_t>(zone.free_pages) - ((std::int64_t{1} << order) - 1);
    if (flags.min_reserve) {
        min -= min / 2;
        if (flags.non_block) min -= min / 4;
    }
    const NrPages reserve = zone.lowmem_reserve[static_cast<std::size_t>(highest)];
    if (usable <= min + static_cast<std::int64_t>(reserve)) return false;
    if (order == 0) return true;
    for (Order o = order; o < max_order; ++o) {
        const FreeArea& area = zone.free_area[o];
        if (area.nr_free == 0) continue;
        for (std::size_t mt = 0; mt < nr_pcptypes; ++mt)
            if (area.free_list[mt].first != no_link) return true;
    }
    return false;
}

ZoneWalk::ZoneWalk(Zones& zones, const AllocRequest& request, const KernelProfile& profile)
    : m_zones(zones), m_request(request), m_profile(profile), m_highest(gfp_zone(request.gfp)) {
    const Node* node = zones.node(request.nid);
    if (!node || request.order >= profile.max_order) {
        m_pass = Pass::over;
        return;
    }
    m_list = request.gfp & gfp::thisnode ? &node->thisnode : &node->fallback;
    const auto first = std::find_if(m_list->begin(), m_list->end(), [this](ZoneRef z) { return z.type <= m_highest; });
    if (first == m_list->end()) {
        m_pass = Pass::over;
        return;
    }
    m_preferred = *first;
    // Keeping pageblocks pure is worth going to the next zone only from Normal, and only if DMA32 is there.
    const bool has_dma32 = profile.arch != Arch::i386;
    m_no_fragment = has_dma32 && m_preferred.type == ZoneType::normal &&
                    (zones.nodes.size() <= 1 || zones.zone(m_preferred.nid, ZoneType::dma32)->populated());
}

bool ZoneWalk::next_pass() {
    m_at = 0;
    const Gfp flags = m_request.gfp;
    switch (m_pass) {
        case Pass::low:
            m_pass = Pass::min;
            m_flags.min_reserve = flags & gfp::high;
            m_flags.non_block = !(flags & gfp::direct_reclaim) && !(flags & gfp::nomemalloc);
            return true;
        case Pass::min:
            m_pass = (flags & gfp::memalloc) && !(flags & gfp::nomemalloc) ? Pass::none : Pass::over;
            return m_pass == Pass::none;
        default:
            m_pass = Pass::over;
            return false;
    }
}

bool ZoneWalk::allowed(const Zone& zone) const {
    if (m_pass == Pass::none) return true;
    const auto mark = zone.watermark[static_cast<std::size_t>(m_pass == Pass::low ? Watermark::low : Watermark::min)];
    return zone_watermark_ok(zone, m_request.order, mark, m_highest, m_flags, m_profile.max_order);
}

Zone* ZoneWalk::next() {
    if (m_pass == Pass::over) return nullptr;
    while (true) {
        if (m_at == m_list->size()) {
            if (m_no_fragment) {  // rather fragment than fail
                m_no_fragment = false;
                m_at = 0;
            } else if (!next_pass()) {
                return nullptr;
            }
            continue;
        }
        const ZoneRef ref = (*m_list)[m_at++];
        if (ref.type > m_highest) continue;
        if (m_no_fragment && ref.nid != m_preferred.nid) {  // rather fragment than go to another node
            m_no_fragment = false;
            m_at = 0;
            continue;
        }
        Zone* zone = m_zones.zone(ref.nid, ref.type);
        if (allowed(*zone)) return zone;
    }
}

}  // namespace mm
