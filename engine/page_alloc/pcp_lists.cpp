// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/pcp_lists.h"

#include <cassert>

#include "engine/page_alloc/page_list.h"

namespace mm {

bool pcp_allowed_order(Order order, const KernelProfile& profile) {
    return order <= profile.pcp.max_order || (profile.pcp.thp_lists != 0 && order == profile.pageblock_order);
}

unsigned order_to_pindex(Order order, MigrateType mt, const KernelProfile& profile) {
    const auto type = static_cast<unsigned>(mt);
    if (order <= profile.pcp.max_order) return nr_pcptypes * order + type;
    const unsigned thp = nr_pcptypes * (profile.pcp.max_order + 1);
    if (profile.pcp.thp_lists == nr_pcptypes) return thp + type;
    return thp + (profile.pcp.thp_lists == 2 && mt == MigrateType::movable ? 1 : 0);
}

Order pindex_to_order(unsigned pindex, const KernelProfile& profile) {
    const Order order = pindex / nr_pcptypes;
    return order > profile.pcp.max_order ? profile.pageblock_order : order;
}

unsigned nr_pcp_lists(const KernelProfile& profile) {
    return nr_pcptypes * (profile.pcp.max_order + 1) + profile.pcp.thp_lists;
}

void PcpLists::unlink(FreeList& list, Pfn pfn, Order order) {
    list_del(list, m_state.pages, pfn);
    m_pcp.count -= NrPages{1} << order;
}

Pfn PcpLists::take(Order order, MigrateType mt) {
    FreeList& list = list_of(order, mt);
    if (list.first == no_link) return no_pfn;
    const Pfn pfn = list.first;
    unlink(list, pfn, order);
    return pfn;
}

FreeList& PcpLists::listed_in(Pfn pfn) {
    const Order order = m_state.pages.order(pfn);
    Pfn first = pfn;
    while (m_state.pages.link(first).prev != no_link)
        first = m_state.pages.link(first).prev;
    for (unsigned i = 0; i < nr_pcp_lists(m_state.profile); ++i)
        if (pindex_to_order(i, m_state.profile) == order && m_pcp.lists[i].first == first) return m_pcp.lists[i];
    assert(false && "a page in state pcp is on a list of its zone");
    return m_pcp.lists[0];
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
    m_state.pages.set_state(pfn, NrPages{1} << order, state_byte(PageState::pcp, mt));
    list_add_tail(list_of(order, mt), m_state.pages, pfn, head_byte(order, mt));
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

void PcpLists::put(Pfn pfn, Order order, MigrateType list_type, MigrateType stored) {
    m_state.pages.set_state(pfn, NrPages{1} << order, state_byte(PageState::pcp, stored));
    list_add(list_of(order, list_type), m_state.pages, pfn, head_byte(order, stored));
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
    m_state.pages.set_state(pfn, NrPages{1} << order, state_byte(PageState::free));
    m_became = buddy.free_one(pfn, order, mt, frames->frames, false, capture);
}

}  // namespace mm
