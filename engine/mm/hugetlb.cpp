// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/hugetlb.h"

namespace mm {
namespace {

/// page_mapcount() of a huge page.
std::int32_t maps_of(const MmContext& c, Pfn head) {
    return c.state.huge_folio(head).compound_mapcount + 1;
}

}  // namespace

/// avoid_reserve: what was promised to the area is kept for its other pages. no_pfn: VM_FAULT_SIGBUS.
Pfn Hugetlb::alloc_huge_page(Vma& area, VirtAddr start, bool avoid_reserve) const {
    HugetlbState& pool = m_c.state.hugetlb;
    const bool promised = (area.flags & vma::resv_owner) && !promise_used(area, start) && !avoid_reserve;
    if (!promised && pool.free() == pool.resv) return no_pfn;
    const Pfn head = dequeue();
    if (head == no_pfn || !promised) return head;
    --pool.resv;
    area.resv_used.push_back(start);
    return head;
}

/// hugepage_add_new_anon_rmap() and the entry.
void Hugetlb::map_new(Mm& mm, const Vma& area, VirtAddr start, Pfn head, bool writable) const {
    m_c.set_flags(head, bit(PageFlag::uptodate) | pg_anon_exclusive);
    m_c.state.edit_huge_folio(head).compound_mapcount = 0;
    m_c.state.mappings.set_run({head, head + m_c.state.hpage_nr()},
                               {MappingKind::hugetlb, area.anon_vma, no_id, area.index_of(start)});
    UserPte pte;
    pte.pfn = head;
    pte.executable = area.flags & vma::exec;
    pte.young = true;
    pte.writable = pte.dirty = writable;
    const EntryAt at = m_tables.find(mm, start);
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    ++mm.hugetlb;
}

/// page_remove_rmap() and put_page() of what an entry maps; the entry is the caller's.
void Hugetlb::unmap_one(Mm& mm, const EntryAt& at, Pfn head) const {
    m_tables.set(at, 0);
    --m_c.state.edit_huge_folio(head).compound_mapcount;
    --mm.hugetlb;
}

FaultKind Hugetlb::fault(Mm& mm, Vma& area, VirtAddr address, bool write) const {
    const VirtAddr start = align_down(address, size());
    const EntryAt at = m_tables.make(mm, start, m_tables.huge_level());
    if (at.table == no_pfn) return FaultKind::oom;
    return at.entry == 0 ? no_page(mm, area, start, write) : write_protected(mm, area, start);
}

/// hugetlb_no_page(): reads get a page, too. A private page is writable after hugetlb_wp() alone.
FaultKind Hugetlb::no_page(Mm& mm, Vma& area, VirtAddr start, bool write) const {
    if (!m_rmap.prepare(mm, area)) return FaultKind::oom;
    const Pfn head = alloc_huge_page(area, start, false);
    if (head == no_pfn) return FaultKind::bus;
    map_new(mm, area, start, head, false);
    return write ? write_protected(mm, area, start) : FaultKind::minor;
}

/// hugetlb_wp().
FaultKind Hugetlb::write_protected(Mm& mm, Vma& area, VirtAddr start) const {
    EntryAt at = m_tables.find(mm, start);
    UserPte pte = decode(m_c.paging(), at.entry, at.level);
    const Pfn old = pte.pfn;
    const auto reuse = [&] {
        m_c.set_flags(old, pg_anon_exclusive);
        m_c.state.mappings.set_id({old, old + m_c.state.hpage_nr()}, area.anon_vma);
        pte.writable = pte.dirty = pte.young = true;
        m_tables.set(at, encode(m_c.paging(), pte, at.level));
        return FaultKind::minor;
    };
    if (maps_of(m_c, old) == 1) return reuse();
    // The page is shared with a child. Who mapped it first has the right to it.
    const bool owner = area.flags & vma::resv_owner;
    if (!m_rmap.prepare(mm, area)) return FaultKind::oom;
    const Pfn copy = alloc_huge_page(area, start, owner);
    if (copy == no_pfn && owner && unmap_ref_private(mm, start, old)) return reuse();
    if (copy == no_pfn) return FaultKind::bus;
    m_c.tell(EventKind::cow, copy, start, old, m_c.state.hpage_nr());
    unmap_one(mm, at, old);
    m_c.put_page(old);
    map_new(mm, area, start, copy, true);
    return FaultKind::minor;
}

/// Children that share the page lose it: their next touch asks the pool, and is a SIGBUS where that is empty.
bool Hugetlb::unmap_ref_private(const Mm& mm, VirtAddr start, Pfn head) const {
    for (const MappedAt& place : m_rmap.walk(head)) {
        if (place.mm == mm.id && place.address == start) continue;
        Mm& other = m_c.mm(place.mm);
        if (other.areas.at(place.area).flags & vma::resv_owner) continue;
        unmap_one(other, place.at, head);
        m_c.put_page(head);
    }
    return maps_of(m_c, head) == 1;
}

bool Hugetlb::copy(Mm& to, Mm& from, VirtAddr address) const {
    const EntryAt place = m_tables.make(to, address, m_tables.huge_level());
    if (place.table == no_pfn) return false;
    const EntryAt at = m_tables.find(from, address);
    UserPte pte = decode(m_c.paging(), at.entry, at.level);
    m_c.get_page(pte.pfn);
    m_c.clear_flags(pte.pfn, pg_anon_exclusive);
    ++m_c.state.edit_huge_folio(pte.pfn).compound_mapcount;
    pte.writable = false;
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    m_tables.set(place, encode(m_c.paging(), pte, place.level));
    ++to.hugetlb;
    return true;
}

void Hugetlb::zap(Mm& mm, VirtAddr address, MmuGather& gather) const {
    const EntryAt at = m_tables.find(mm, address);
    const Pfn head = decode(m_c.paging(), at.entry, at.level).pfn;
    unmap_one(mm, at, head);
    gather.remove_page(head);
}

}  // namespace mm
