// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/pcp_lists.h"

#include "engine/page_alloc/page_list.h"

namespace mm {

Order pindex_to_order(unsigned pindex, const KernelProfile& profile) {
    const Order order = pindex / nr_pcptypes;
    return order > profile.pcp.max_order ? profile.pageblock_order : order;
}

unsigned nr_pcp_lists(const KernelProfile& profile) {
    return nr_pcptypes * (profile.pcp.max_order + 1) + profile.pcp.thp_lists;
}

void PcpLists::unlink(unsigned pindex, Pfn pfn, Order order) {
    if (UndoLog* u = m_state.pages.undo())
        u->take(m_state.pages, m_home, UndoLog::pcp_list(pindex), pfn, order,
                head_byte(order, static_cast<MigrateType>(pindex % nr_pcptypes)));
    list_del(m_pcp.lists[pindex], m_state.pages, pfn);
    m_pcp.count -= NrPages{1} << order;
}

Pfn PcpLists::take(Order order, MigrateType mt) {
    const unsigned pindex = pindex_of(order, mt);
    const std::uint32_t pfn = m_pcp.lists[pindex].first;
    if (pfn == no_link) return no_pfn;
    unlink(pindex, pfn, order);
    return pfn;
}

unsigned PcpLists::listed_in(Pfn pfn) const {
    return pindex_of(m_state.pages.order(pfn), pcp_list_of(list_of_head(m_state.pages.head(pfn))));
}

void PcpLists::remove(Pfn pfn) {
    unlink(listed_in(pfn), pfn, m_state.pages.order(pfn));
}

NrPages PcpLists::refill_count(Order order) const {
    return m_pcp.batch > 1 ? std::max<NrPages>(m_pcp.batch >> order, 2) : m_pcp.batch;
}

Pfn PcpLists::refill_one(BuddyLists& buddy, Order order, MigrateType mt, AllocFlags flags) {
    const Pfn pfn = buddy.rmqueue(order, mt, flags);
    if (pfn == no_pfn) return no_pfn;
    m_state.pages.set_block_state(pfn, order, state_byte(PageState::pcp, mt));
    const unsigned pindex = pindex_of(order, mt);
    if (UndoLog* u = m_state.pages.undo()) u->put(m_state.pages, m_home, UndoLog::pcp_list(pindex), pfn, order, false);
    list_add_tail(m_pcp.lists[pindex], m_state.pages, pfn, head_byte(order, mt));
    return pfn;
}

void PcpLists::count_refill(Order order, NrPages blocks) {
    m_pcp.count += blocks << order;
    mod_free_pages(m_zone, m_cpu, -static_cast<std::int64_t>(blocks << order));
}

NrPages PcpLists::refill(BuddyLists& buddy, Order order, NrPages count, MigrateType mt, AllocFlags flags,
                         std::vector<LockedBlock>* log) {
    NrPages got = 0;
    for (; got < count; ++got) {
        const Pfn pfn = refill_one(buddy, order, mt, flags);
        if (pfn == no_pfn) break;
        if (log) log->push_back({pfn, buddy.take_notes()});
    }
    count_refill(order, got);
    return got;
}

void PcpLists::put(Pfn pfn, Order order, MigrateType stored) {
    m_state.pages.set_block_state(pfn, order, state_byte(PageState::pcp, stored));
    const unsigned pindex = pindex_of(order, pcp_list_of(stored));
    if (UndoLog* u = m_state.pages.undo()) u->put(m_state.pages, m_home, UndoLog::pcp_list(pindex), pfn, order, true);
    list_add(m_pcp.lists[pindex], m_state.pages, pfn, head_byte(order, stored));
    m_pcp.count += NrPages{1} << order;
}

NrPages PcpLists::surplus(Order order, bool reclaim_active) {
    const PcpLayout& layout = m_state.profile.pcp;
    // High-order blocks other than huge pages fragment memory: while frees prevail they all go at once.
    const bool free_high = m_pcp.free_factor != 0 && order != 0 && order <= layout.max_order;
    NrPages high = free_high ? 0 : m_pcp.high;
    if (high != 0 && reclaim_active) high = std::min(m_pcp.batch << 2, high);
    if (m_pcp.count < high) return 0;
    if (!layout.frees_more) return m_pcp.batch;
    if (free_high) return m_pcp.count;
    if (high < m_pcp.batch) return 1;
    const auto most = static_cast<std::int64_t>(high - m_pcp.batch);
    const auto least = static_cast<std::int64_t>(m_pcp.batch);
    const std::int64_t batch = least << m_pcp.free_factor;
    if (batch < most && m_pcp.free_factor < layout.batch_scale_max) ++m_pcp.free_factor;
    // The kernel's clamp(): the lower bound is compared first, the upper one wins.
    return static_cast<NrPages>(std::min(std::max(batch, least), most));
}

void PcpLists::give_to_buddy(BuddyLists& buddy, Pfn pfn, Order order, MigrateType mt, Capture* capture) {
    const ZoneFrames* frames = m_state.zones.frames_of(pfn);
    m_state.pages.set_block_state(pfn, order, state_byte(PageState::free));
    if (m_zone.nr_isolate_pageblock != 0) mt = m_state.zones.pageblock(pfn);
    m_became = buddy.free_one(pfn, order, mt, frames->frames, false, capture);
}

}  // namespace mm
