// SPDX-License-Identifier: GPL-3.0-or-later
// One CPU's lists of a zone's free pages: taken from the head, refilled at the tail, drained from the tail. What the
// kernel does with pcp->lock held.
//
//      refill (rmqueue_bulk)                       drain (free_pcppages_bulk), round robin over the lists
//      free_area ─────────────► tail of list       tail of list ─────────────► free_area, merged
//      alloc ◄─ head            head ◄─ free
//
// A page on a list is in state pcp; its head byte holds its order and the migratetype it will be freed with
// (set_pcppage_migratetype()), which may differ from its list's (highatomic and CMA pages wait on the movable list).
//
// Follows mm/page_alloc.c, Linux 6.1: order_to_pindex, __rmqueue_pcplist, rmqueue_bulk, free_unref_page_commit,
// nr_pcp_free, nr_pcp_high, free_pcppages_bulk.
#pragma once

#include <vector>

#include "engine/page_alloc/buddy_lists.h"

namespace mm {

/// pcp_allowed_order(): blocks of this order may wait on per-CPU lists.
inline bool pcp_allowed_order(Order order, const KernelProfile& profile) {
    return order <= profile.pcp.max_order || (profile.pcp.thp_lists != 0 && order == profile.pageblock_order);
}
/// order_to_pindex(): the list's number. REQUIRES: pcp_allowed_order(), mt is unmovable, movable or reclaimable.
inline unsigned order_to_pindex(Order order, MigrateType mt, const KernelProfile& profile) {
    const auto type = static_cast<unsigned>(mt);
    if (order <= profile.pcp.max_order) return nr_pcptypes * order + type;
    const unsigned thp = nr_pcptypes * (profile.pcp.max_order + 1);
    if (profile.pcp.thp_lists == nr_pcptypes) return thp + type;
    return thp + (profile.pcp.thp_lists == 2 && mt == MigrateType::movable ? 1 : 0);
}
/// The list that a page waits on which will be freed with that migratetype.
inline MigrateType pcp_list_of(MigrateType stored) {
    return static_cast<unsigned>(stored) < nr_pcptypes ? stored : MigrateType::movable;
}
/// pindex_to_order().
Order pindex_to_order(unsigned pindex, const KernelProfile& profile);
/// NR_PCP_LISTS.
unsigned nr_pcp_lists(const KernelProfile& profile);

class PcpLists {
public:
    /// REQUIRES: the zone has lists for that CPU.
    PcpLists(const AllocState& state, Zone& zone, unsigned cpu)
        : m_state(state), m_zone(zone), m_pcp(zone.pcp[cpu]), m_cpu(cpu), m_home(home_of(zone, cpu)) {
        touch_lists(state.pages, zone, cpu);
    }

    /// The list's first page, off the list, head byte cleared; no_pfn if it is empty.
    Pfn take(Order order, MigrateType mt);
    bool empty(Order order, MigrateType mt) const { return list_of(order, mt).first == no_link; }
    /// rmqueue_pcplist() at its start: an allocation halves what the next frees drain.
    void note_allocation() { m_pcp.free_factor >>= 1; }

    NrPages batch() const { return m_pcp.batch; }
    /// How many blocks __rmqueue_pcplist() asks for when a list is empty.
    NrPages refill_count(Order order) const;
    /// rmqueue_bulk(): fills the list; returns the blocks it got, each told to the log if there is one.
    NrPages refill(BuddyLists& buddy, Order order, NrPages count, MigrateType mt, AllocFlags flags,
                   std::vector<LockedBlock>* log = nullptr);
    /// One step of it, uncounted: a block to the list's tail. no_pfn: there is none.
    Pfn refill_one(BuddyLists& buddy, Order order, MigrateType mt, AllocFlags flags);
    /// And its end: the blocks leave NR_FREE_PAGES and enter the lists' count.
    void count_refill(Order order, NrPages blocks);

    /// free_unref_page_commit() without the drain: the block becomes the list's first. REQUIRES: its frames belong to
    /// no block. stored: the migratetype it will be freed with.
    void put(Pfn pfn, Order order, MigrateType stored);
    /// Pages to drain after put(), 0: none. Doubles free_factor as nr_pcp_free() does.
    NrPages surplus(Order order, bool reclaim_active);

    /// free_pcppages_bulk(): count pages, starting with list pindex. Each block is told after it was freed:
    /// freed(pfn, order, migratetype).
    template<class Freed>
    void drain(NrPages count, unsigned pindex, Capture* capture, Freed freed);

    /// What the block told to freed() has become.
    BuddyLists::Block became() const { return m_became; }

    /// The number of the list that the block is on. REQUIRES: it waits in one of this CPU's.
    unsigned listed_in(Pfn pfn) const;
    /// Takes a block off whatever list it is on. REQUIRES: it heads one.
    void remove(Pfn pfn);

private:
    unsigned pindex_of(Order order, MigrateType mt) const { return order_to_pindex(order, mt, m_state.profile); }
    const FreeList& list_of(Order order, MigrateType mt) const { return m_pcp.lists[pindex_of(order, mt)]; }
    void unlink(unsigned pindex, Pfn pfn, Order order);
    void give_to_buddy(BuddyLists& buddy, Pfn pfn, Order order, MigrateType mt, Capture* capture);

    const AllocState m_state;
    Zone& m_zone;
    PerCpuPages& m_pcp;
    unsigned m_cpu;
    UndoLog::Home m_home;
    BuddyLists::Block m_became{no_pfn, 0};
};

template<class Freed>
void PcpLists::drain(NrPages count, unsigned pindex, Capture* capture, Freed freed) {
    BuddyLists buddy(m_state, m_zone, m_cpu);
    auto left = static_cast<std::int64_t>(std::min(m_pcp.count, count));
    unsigned first = 0, last = nr_pcp_lists(m_state.profile) - 1;
    // The list asked for comes first; each list found empty at an end of the range narrows it.
    for (unsigned at = pindex; left > 0; ++at) {
        if (at > last) at = first;
        FreeList* list = &m_pcp.lists[at];
        while (list->first == no_link) {
            if (at == last) --last;
            if (at == first) ++first;
            if (++at > last) at = first;
            list = &m_pcp.lists[at];
        }
        const Order order = pindex_to_order(at, m_state.profile);
        do {
            const auto pfn = static_cast<Pfn>(list->last);
            const MigrateType mt = list_of_head(m_state.pages.head(pfn));
            unlink(at, pfn, order);
            left -= std::int64_t{1} << order;
            give_to_buddy(buddy, pfn, order, mt, capture);
            freed(pfn, order, mt);
        } while (left > 0 && list->first != no_link);
    }
}

}  // namespace mm
