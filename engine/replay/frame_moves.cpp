// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/frame_moves.h"

#include "engine/page_alloc/pcp_lists.h"

namespace mm {

void FrameMoves::hand_out(Pfn pfn, Order order, MigrateType type) const {
    m_state.pages.set_allocated(pfn, order, state_byte(PageState::allocated, type));
}

bool FrameMoves::leave_blocks(Pfn pfn, Order order) const {
    PageColumns& pages = m_state.pages;
    const Pfn end = pfn + (Pfn{1} << order);
    if (!known(pfn) || !known(end - 1)) return false;
    for (Pfn p = pfn; p < end; ++p)
        if (is_free_state(pages.state(p))) return false;
    if (pages.order(pfn) == order) return true;
    for (Order o = order + 1; o < m_state.profile.max_order; ++o) {
        const Pfn head = align_down(pfn, Pfn{1} << o);
        if (pages.order(head) == not_a_head || pages.order(head) < o || is_free_state(pages.state(head))) continue;
        const std::uint8_t state = pages.state(head);
        const Pfn block_end = head + (Pfn{1} << pages.order(head));
        for (Pfn p = head; p < block_end; ++p)
            pages.set_allocated(p, 0, state);
        break;
    }
    for (Pfn p = pfn; p < end; ++p)
        pages.clear_order(p);
    return true;
}

bool FrameMoves::make_block(Pfn pfn, Order order, MigrateType type) const {
    if (!leave_blocks(pfn, order)) return false;
    const NrPages n = NrPages{1} << order;
    m_state.pages.clear_flags(pfn, n, ~std::uint32_t{0});
    m_state.pages.set_refcount(pfn, n, 0);
    hand_out(pfn, order, type);
    return true;
}

void FrameMoves::fetch(Pfn pfn, Order order) const {
    PageColumns& pages = m_state.pages;
    for (Order o = order; o < m_state.profile.max_order; ++o) {
        const Pfn head = align_down(pfn, Pfn{1} << o);
        if (pages.order(head) != o || !is_free_state(pages.state(head))) continue;
        Zone& z = zone_of(head);
        const MigrateType type = list_of_head(pages.head(head));
        if (state_of(pages.state(head)) == PageState::pcp) {
            PcpLists(m_state, z, 0).remove(head);
        } else {
            BuddyLists(m_state, z).del(head, o);
            mod_free_pages(z, 0, -(std::int64_t{1} << o));
        }
        hand_out(pfn, order, type);
        for (Order half = o; half-- > order;) {
            const Pfn other = align_down(pfn, Pfn{1} << half) ^ (Pfn{1} << half);
            pages.set_freed(other, half);
            BuddyLists(m_state, z).free_one(other, half, type, m_state.zones.frames_of(other)->frames, false);
        }
        return;
    }
}

}  // namespace mm
