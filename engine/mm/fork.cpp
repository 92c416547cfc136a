// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/fork.h"

#include "engine/mm/huge_memory.h"
#include "engine/mm/hugetlb.h"
#include "engine/mm/swapfile.h"

namespace mm {

std::optional<MmId> Fork::mm_alloc() const {
    const auto object = m_c.alloc_object(MmObject::mm_struct);
    if (!object) return std::nullopt;
    const MmId id = m_c.state.next_mm++;
    Mm& mm = m_c.state.mms.edit()[id].edit();
    mm.id = id;
    mm.at = *object;
    if (UserTables(m_c).alloc_pgd(mm)) return id;
    m_c.free_object(MmObject::mm_struct, *object);
    m_c.state.mms.edit().erase(id);
    return std::nullopt;
}

void Fork::mm_release(MmId id) const {
    Mm& mm = m_c.mm(id);
    Areas(m_c).unmap_all(mm);
    UserTables(m_c).free_pgd(mm);
    HugeMemory(m_c).put_zero_page(mm);
    m_c.free_object(MmObject::mm_struct, mm.at);
    m_c.state.mms.edit().erase(id);
}

bool Fork::copy_area(Mm& to, const Vma& from) const {
    Vma area = from;
    area.at = m_c.alloc_object(MmObject::vm_area_struct);
    if (!area.at) return false;
    const Rmap rmap(m_c);
    if (!rmap.fork(to.id, area, from)) {
        m_c.free_object(MmObject::vm_area_struct, *area.at);
        return false;
    }
    area.flags &= ~(vma::locked | vma::resv_owner);  // the pool has promised nothing to the child
    area.resv_used.clear();
    rmap.link_file(to.id, area);
    to.areas.emplace(area.range.start, std::move(area));
    return true;
}

/// copy_pte_range(): one entry. Reclaim may have run for the child's table.
bool Fork::copy_entry(Mm& to, Mm& from, const Vma& area, VirtAddr address) const {
    const UserTables tables(m_c);
    const Rmap rmap(m_c);
    const Paging& paging = m_c.paging();
    const EntryAt place = tables.make(to, address);
    if (place.table == no_pfn) return false;
    const EntryAt at = tables.find(from, address);
    if (at.entry == 0) return true;
    if (!paging.present(at.entry)) {
        if (!is_hwpoison(paging, at.entry)) {
            swap_duplicate(m_c, decode_swap(paging, at.entry));
            ++to.count(Rss::swap);
        }
        tables.set(place, at.entry);
        return true;
    }
    UserPte pte = decode(paging, at.entry);
    const bool is_cow = !(area.flags & vma::shared) && (area.flags & vma::maywrite);
    if (is_cow && pte.writable) {
        pte.writable = false;
        tables.set(at, encode(paging, pte));
    }
    pte.young = false;
    if (!pte.special) {
        m_c.get_page(pte.pfn);
        if (page_anon(m_c.state, pte.pfn)) {
            m_c.clear_flags(pte.pfn, pg_anon_exclusive);  // page_try_dup_anon_rmap()
            rmap.add_anon(to, pte.pfn, false);
        } else {
            rmap.add_file(to, pte.pfn);
        }
    }
    tables.set(place, encode(paging, pte));
    return true;
}

bool Fork::copy_range(Mm& to, Mm& from, const Vma& area, VirtRange range) const {
    bool ok = true;
    UserTables(m_c).each(from, range, [&](VirtAddr address, const EntryAt& at) {
        if (!ok) return;
        if (at.level == PtLevel::pte) return void(ok = copy_entry(to, from, area, address));
        if (area.flags & vma::hugetlb) return void(ok = Hugetlb(m_c).copy(to, from, address));
        const auto copied = HugeMemory(m_c).copy(to, from, address);
        ok = copied ? *copied : copy_range(to, from, area, {address, address + (m_c.state.hpage_nr() << page_shift)});
    });
    return ok;
}

/// copy_page_range(). Areas of files whose pages can be found again are left to faults (vma_needs_copy()).
bool Fork::copy_pages(Mm& to, Mm& from, const Vma& area) const {
    return area.anon_vma == no_id || copy_range(to, from, area, area.range);
}

std::optional<MmId> Fork::dup_mm(MmId from) const {
    const auto id = mm_alloc();
    if (!id) return std::nullopt;
    Mm& to = m_c.mm(*id);
    Mm& parent = m_c.mm(from);
    to.mmap_base = parent.mmap_base;
    to.start_code = parent.start_code, to.end_code = parent.end_code;
    to.start_data = parent.start_data, to.end_data = parent.end_data;
    to.start_brk = parent.start_brk, to.brk = parent.brk, to.start_stack = parent.start_stack;
    to.exe = parent.exe;
    bool ok = true;
    for (const auto& [start, area] : parent.areas) {
        ok = copy_area(to, area) && copy_pages(to, parent, to.areas.at(start));
        if (!ok) break;
    }
    to.total_vm = 0;
    for (const auto& [start, area] : to.areas)
        to.total_vm += area.range.size() >> page_shift;
    if (ok) return id;
    mm_release(*id);
    return std::nullopt;
}

}  // namespace mm
