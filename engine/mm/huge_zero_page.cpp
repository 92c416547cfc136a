// SPDX-License-Identifier: GPL-3.0-or-later
// What reads of untouched anonymous memory see where a huge page would fit: one page of zeros for all, made when the
// first of them comes and given back by reclaim when the last address space that has seen it is gone.
#include "engine/mm/huge_memory.h"

namespace mm {

/// mm_get_huge_zero_page().
Pfn HugeMemory::get_zero_page(Mm& mm) const {
    ThpState& thp = m_c.state.thp;
    if (mm.huge_zero) return thp.zero_page;
    if (thp.zero_page == no_pfn) {
        MmEvents& events = m_c.state.events;
        thp.zero_page = m_c.alloc_page((gfp::GFP_TRANSHUGE | gfp::zero) & ~gfp::movable, m_c.state.layout.hpage_order);
        ++(thp.zero_page == no_pfn ? events.thp_zero_page_alloc_failed : events.thp_zero_page_alloc);
        if (thp.zero_page == no_pfn) return no_pfn;
    }
    mm.huge_zero = true;
    ++thp.zero_users;
    return thp.zero_page;
}

void HugeMemory::put_zero_page(Mm& mm) const {
    if (mm.huge_zero) --m_c.state.thp.zero_users;
    mm.huge_zero = false;
}

/// set_huge_zero_page().
std::optional<FaultKind> HugeMemory::map_zero(Mm& mm, const Vma& area, VirtAddr start, Pfn table) const {
    const Pfn p = get_zero_page(mm);
    if (p == no_pfn) {
        m_tables.free_pte(mm, table);
        ++m_c.state.events.thp_fault_fallback;
        return std::nullopt;
    }
    const EntryAt at = m_tables.find(mm, start);
    UserPte pte;
    pte.pfn = p;
    pte.executable = area.flags & vma::exec;
    pte.young = true;
    deposit(mm, at, table);
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    return FaultKind::minor;
}

/// __split_huge_zero_page_pmd().
void HugeMemory::split_zero(Mm& mm, VirtAddr start, const EntryAt& at) const {
    UserPte zero;
    zero.pfn = m_c.state.zero_page;
    zero.special = zero.young = true;
    const Vma* area = find_vma(mm, start);
    zero.executable = area && (area->flags & vma::exec);
    m_tables.set(at, encode_table(m_c.paging(), withdraw_filled(mm, at, zero, true), at.level));
}

}  // namespace mm
