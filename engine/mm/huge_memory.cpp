// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/huge_memory.h"

#include <algorithm>

#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"

namespace mm {

std::string_view name_of(ThpEnabled enabled) {
    constexpr std::array<std::string_view, 3> names{"always", "madvise", "never"};
    return names.at(static_cast<std::size_t>(enabled));
}
std::string_view name_of(ThpDefrag defrag) {
    constexpr std::array<std::string_view, 5> names{"always", "defer", "defer+madvise", "madvise", "never"};
    return names.at(static_cast<std::size_t>(defrag));
}

/// hugepage_vma_check() of a fault in anonymous memory.
bool HugeMemory::enabled(const Vma& area) const {
    const ThpEnabled setting = m_c.state.thp.settings.enabled;
    if (setting == ThpEnabled::never || (area.flags & (vma::nohugepage | vma::special | vma::dontexpand))) return false;
    return setting == ThpEnabled::always || (area.flags & vma::hugepage);
}

/// vma_thp_gfp_mask().
Gfp HugeMemory::gfp_mask(const Vma& area) const {
    const bool advised = area.flags & vma::hugepage;
    switch (m_c.state.thp.settings.defrag) {
        case ThpDefrag::always:
            return gfp::GFP_TRANSHUGE | (advised ? 0 : gfp::noretry);
        case ThpDefrag::defer:
            return gfp::GFP_TRANSHUGE_LIGHT | gfp::kswapd_reclaim;
        case ThpDefrag::defer_madvise:
            return gfp::GFP_TRANSHUGE_LIGHT | (advised ? gfp::direct_reclaim : gfp::kswapd_reclaim);
        case ThpDefrag::madvise:
            return gfp::GFP_TRANSHUGE_LIGHT | (advised ? gfp::direct_reclaim : 0);
        case ThpDefrag::never:
            break;
    }
    return gfp::GFP_TRANSHUGE_LIGHT;
}

/// vma_alloc_folio(): first on the own node without much ado.
Pfn HugeMemory::alloc(const Vma& area) const {
    const Gfp gfp = gfp_mask(area);
    const Order order = m_c.state.layout.hpage_order;
    const Pfn p = m_c.alloc_page(gfp | gfp::thisnode | gfp::noretry, order);
    return p == no_pfn && (gfp & gfp::direct_reclaim) ? m_c.alloc_page(gfp, order) : p;
}

/// pgtable_trans_huge_deposit(): a ring whose newest is taken first, then the others from the oldest on.
void HugeMemory::deposit(Mm& mm, const EntryAt& at, Pfn table) const {
    std::vector<Pfn>& kept = mm.deposits[at.table];
    if (!kept.empty()) std::rotate(kept.begin(), kept.begin() + 1, kept.end());
    kept.insert(kept.begin(), table);
}

Pfn HugeMemory::withdraw(Mm& mm, const EntryAt& at) const {
    const auto it = mm.deposits.find(at.table);
    const Pfn table = it->second.front();
    it->second.erase(it->second.begin());
    if (it->second.empty()) mm.deposits.erase(it);
    return table;
}

Pfn HugeMemory::withdraw_filled(Mm& mm, const EntryAt& at, UserPte first, bool same_frame) const {
    const Paging& paging = m_c.paging();
    const Pfn table = withdraw(mm, at);
    PtPage& entries = m_c.state.tables.edit(table)->edit();
    for (unsigned i = 0; i < m_c.state.hpage_nr(); ++i, first.pfn += !same_frame)
        entries.set(i, paging.entry_size, encode(paging, first));
    return table;
}

std::optional<FaultKind> HugeMemory::fault(Mm& mm, Vma& area, VirtAddr address, bool write, const EntryAt& at) const {
    if (m_c.paging().present(at.entry)) {
        if (write) return write_protected(mm, area, address, at);
        return FaultKind::minor;  // huge_pmd_set_accessed(), which the CPU has done
    }
    return enabled(area) ? anonymous(mm, area, address, write) : std::nullopt;
}

/// do_huge_pmd_anonymous_page().
std::optional<FaultKind> HugeMemory::anonymous(Mm& mm, Vma& area, VirtAddr address, bool write) const {
    const VirtAddr start = align_down(address, size());
    if (start < area.range.start || area.range.end - start < size()) return std::nullopt;  // transhuge_vma_suitable()
    EntryAt at = m_tables.make(mm, start, m_tables.huge_level());
    if (at.table == no_pfn) return FaultKind::oom;
    if (at.entry != 0) return std::nullopt;
    if (!m_rmap.prepare(mm, area)) return FaultKind::oom;
    const bool zero = !write && m_c.state.thp.settings.use_zero_page;
    const Pfn p = zero ? no_pfn : alloc(area);
    if (!zero && p == no_pfn) {
        ++m_c.state.events.thp_fault_fallback;
        return std::nullopt;
    }
    const Pfn table = m_tables.alloc_pte(mm);
    if (table == no_pfn) {
        if (!zero) m_c.put_page(p);
        return FaultKind::oom;
    }
    if (zero) return map_zero(mm, area, start, table);
    at = m_tables.find(mm, start);
    m_c.set_flags(p, bit(PageFlag::uptodate));
    m_rmap.add_new_huge(mm, area, p, start);
    if (area.flags & vma::locked) set_mlocked(m_c, p, true);
    m_c.lru().add(p);
    deposit(mm, at, table);
    UserPte pte;
    pte.pfn = p;
    pte.executable = area.flags & vma::exec;
    pte.writable = area.flags & vma::write;
    pte.young = pte.dirty = true;
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    ++m_c.state.events.thp_fault_alloc;
    return FaultKind::minor;
}

/// do_huge_pmd_wp_page().
std::optional<FaultKind> HugeMemory::write_protected(Mm& mm, const Vma& area, VirtAddr address,
                                                     const EntryAt& at) const {
    PageColumns& pages = m_c.columns();
    UserPte pte = decode(m_c.paging(), at.entry, at.level);
    const bool exclusive = pte.pfn != m_c.state.thp.zero_page && (pages.flags(pte.pfn) & pg_anon_exclusive);
    if (!exclusive && (pte.pfn == m_c.state.thp.zero_page || pages.refcount(pte.pfn) != 1)) {
        split_pmd(mm, address);
        return std::nullopt;
    }
    if (!exclusive) {
        m_c.set_flags(pte.pfn, pg_anon_exclusive);
        set_anon_vma(m_c, pte.pfn, area.anon_vma);
    }
    pte.writable = pte.dirty = pte.young = true;
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    return FaultKind::minor;
}

std::optional<bool> HugeMemory::copy(Mm& to, Mm& from, VirtAddr address) const {
    const EntryAt place = m_tables.make(to, address, m_tables.huge_level());
    if (place.table == no_pfn) return false;
    const Pfn table = m_tables.alloc_pte(to);
    if (table == no_pfn) return false;
    const EntryAt at = m_tables.find(from, address);
    if (at.level != place.level || at.entry == 0) {  // reclaim has split it
        m_tables.free_pte(to, table);
        return std::nullopt;
    }
    UserPte pte = decode(m_c.paging(), at.entry, at.level);
    if (pte.pfn == m_c.state.thp.zero_page) {
        get_zero_page(to);
    } else {
        m_c.get_page(pte.pfn);
        m_rmap.dup_huge(to, pte.pfn);
    }
    deposit(to, place, table);
    pte.writable = false;
    m_tables.set(at, encode(m_c.paging(), pte, at.level));
    pte.young = false;
    m_tables.set(place, encode(m_c.paging(), pte, place.level));
    return true;
}

void HugeMemory::zap(Mm& mm, VirtAddr address, MmuGather& gather) const {
    const EntryAt at = m_tables.find(mm, address);
    const Pfn p = decode(m_c.paging(), at.entry, at.level).pfn;
    m_tables.set(at, 0);
    if (p != m_c.state.thp.zero_page) {
        m_rmap.remove_huge(mm, p);
        gather.remove_page(p);
    }
    m_tables.free_pte(mm, withdraw(mm, at));
}

void HugeMemory::split_pmd_at(Mm& mm, VirtAddr border) const {
    if (border % size() != 0) split_pmd(mm, border);
}

void HugeMemory::split_pmd(Mm& mm, VirtAddr address) const {
    const Paging& paging = m_c.paging();
    const VirtAddr start = align_down(address, size());
    const EntryAt at = m_tables.find(mm, start);
    if (at.level == PtLevel::pte || !paging.present(at.entry)) return;
    ++m_c.state.events.thp_split_pmd;
    UserPte pte = decode(paging, at.entry, at.level);
    if (pte.pfn == m_c.state.thp.zero_page) return split_zero(mm, start, at);
    PageColumns& pages = m_c.columns();
    const Pfn head = pte.pfn;
    const NrPages n = m_c.state.hpage_nr();
    if (pte.dirty) m_c.set_flags(head, bit(PageFlag::dirty));
    pte.dirty = false;
    pages.set_refcount(head, pages.refcount(head) + static_cast<std::int32_t>(n - 1));
    if (pages.flags(head) & pg_anon_exclusive) pages.set_flags(head, n, pg_anon_exclusive);
    const Pfn table = withdraw_filled(mm, at, pte, false);
    m_rmap.split_huge(head);
    const Vma* area = find_vma(mm, start);
    if (area && (area->flags & vma::locked)) set_mlocked(m_c, head, false);  // munlock_vma_page()
    m_tables.set(at, encode_table(paging, table, at.level));
}

}  // namespace mm
