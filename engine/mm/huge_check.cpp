// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/huge_check.h"

#include <fmt/format.h>

#include "engine/mm/rmap.h"

namespace mm {

void HugeChecker::enter(const Mm& mm) {
    m_mm = &mm;
    m_entries.clear();
    m_deposits = 0;
    m_zero_users += mm.huge_zero;
}

Broken HugeChecker::entry(const Vma& area, VirtAddr address, const UserPte& pte, Pfn table) {
    ++m_entries[table];
    if (pte.pfn == m_state.thp.zero_page) {
        if (pte.writable) return "the huge page of zeros is writable";
        return m_mm->huge_zero ? std::nullopt : Broken("the huge page of zeros has a user that is not counted");
    }
    if (!m_state.is_huge(pte.pfn) || m_state.folio_of(pte.pfn) != pte.pfn)
        return fmt::format("{:#x} is no huge page", pte.pfn);
    ++m_folios[pte.pfn].pmds;
    const PageMapping& m = m_state.mappings[pte.pfn];
    if (m.kind != MappingKind::anon || !area.has_chain(m.id) || m.index != area.index_of(address))
        return fmt::format("huge page {:#x} cannot be found from its mapping", pte.pfn);
    if (pte.writable && !(area.flags & vma::write)) return "a huge page is writable in an area that is not";
    if (pte.writable && !(m_pages.flags(pte.pfn) & pg_anon_exclusive))
        return fmt::format("huge page {:#x} is writable and not this process's alone", pte.pfn);
    return std::nullopt;
}

Broken HugeChecker::check_deposits(NrPages& tables) {
    if (m_mm->deposits.size() != m_entries.size()) return "tables are kept for other huge pages than there are";
    for (const auto& [table, kept] : m_mm->deposits) {
        const auto entries = m_entries.find(table);
        if (entries == m_entries.end() || entries->second != kept.size())
            return fmt::format("{} tables are kept for table {:#x}", kept.size(), table);
        for (const Pfn p : kept) {
            if (m_state.mappings[p].kind != MappingKind::table || !m_state.tables[p])
                return fmt::format("{:#x} is kept and is no table", p);
            for (const std::uint64_t word : (*m_state.tables[p])->words())
                if (word != 0) return fmt::format("table {:#x} is kept and maps something", p);
        }
        m_deposits += kept.size();
    }
    tables += m_deposits;
    return std::nullopt;
}

void HugeChecker::add_mapped(std::vector<NodeCounters>& counted) const {
    for (const auto& [head, expected] : m_folios)
        counted[node_of(head)].nr_anon_mapped += expected.pmds > 0 ? m_state.hpage_nr() : expected.parts.size();
}

/// Counts of one that is mapped.
Broken HugeChecker::folio(Pfn head, const Expected& expected) const {
    const HugeFolio& folio = m_state.huge_folio(head);
    std::int32_t refs = expected.pmds;
    if (folio.compound_mapcount != expected.pmds - 1)
        return fmt::format("{:#x} is mapped whole {} times, compound_mapcount {}", head, expected.pmds,
                           folio.compound_mapcount);
    if (folio.double_map && expected.pmds == 0) return fmt::format("{:#x} has PG_double_map and is in parts", head);
    if (!folio.double_map && expected.pmds > 0 && !expected.parts.empty())
        return fmt::format("{:#x} has no PG_double_map and is mapped both ways", head);
    for (Pfn p = head; p < head + m_state.hpage_nr(); ++p) {
        const auto part = expected.parts.find(p);
        const std::int32_t maps = part == expected.parts.end() ? 0 : part->second;
        refs += maps;
        if (m_pages.mapcount(p) != maps + (folio.double_map ? 1 : 0) - 1)
            return fmt::format("page {:#x} of {:#x} is mapped {} times, _mapcount {}", p, head, maps,
                               m_pages.mapcount(p));
        const PageMapping& m = m_state.mappings[p];
        const PageMapping& first = m_state.mappings[head];
        if (m.kind != MappingKind::anon || m.id != first.id || m.index != first.index + (p - head))
            return fmt::format("page {:#x} of {:#x} belongs elsewhere", p, head);
        if (p != head && m_pages.order(p) != not_a_head) return fmt::format("{:#x} is no tail of {:#x}", p, head);
    }
    if (m_pages.refcount(head) != refs)
        return fmt::format("{:#x} has {} references, {} are known", head, m_pages.refcount(head), refs);
    if (m_pages.order(head) != m_state.layout.hpage_order) return fmt::format("{:#x} has another order", head);
    if (!page_lru(m_pages, head)) return fmt::format("{:#x} is on no LRU list", head);
    const bool whole = expected.pmds > 0 || expected.parts.size() == m_state.hpage_nr();
    if (!whole && !folio.deferred) return fmt::format("{:#x} is mapped in part and waits for no split", head);
    return std::nullopt;
}

Broken HugeChecker::queues() const {
    for (std::size_t nid = 0; nid < m_state.thp.queues.size(); ++nid)
        for (const Pfn head : m_state.thp.queues[nid].folios)
            if (!m_state.huge_folio(head).deferred || node_of(head) != nid)
                return fmt::format("{:#x} is on the split queue of node {}", head, nid);
    return std::nullopt;
}

Broken HugeChecker::zero_page() const {
    const Pfn zero = m_state.thp.zero_page;
    if (m_zero_users != m_state.thp.zero_users)
        return fmt::format("{} see the page of zeros, {} are counted", m_zero_users, m_state.thp.zero_users);
    if (zero == no_pfn) return m_zero_users == 0 ? std::nullopt : Broken("there is no page of zeros");
    const bool whole = m_pages.order(zero) == m_state.layout.hpage_order && m_pages.refcount(zero) == 1;
    return whole ? std::nullopt : Broken("the page of zeros is no huge page");
}

Broken HugeChecker::check() const {
    std::vector<NrPages> thps(m_state.lru.size());
    for (const auto& [head, expected] : m_folios) {
        if (Broken b = folio(head, expected)) return b;
        thps[node_of(head)] += expected.pmds > 0;
    }
    for (std::size_t nid = 0; nid < thps.size(); ++nid)
        if (thps[nid] != m_state.lru[nid].counters.nr_anon_thps)
            return fmt::format("node {} has {} that are mapped whole, {} are counted", nid, thps[nid],
                               m_state.lru[nid].counters.nr_anon_thps);
    std::size_t here = 0, deferred = 0, queued = 0;
    m_state.thp.folios.each([&](Pfn, const HugeFolio& folio) { here += folio.here, deferred += folio.deferred; });
    for (const SplitQueue& queue : m_state.thp.queues)
        queued += queue.folios.size();
    if (here != m_folios.size()) return fmt::format("there are {}, {} are mapped", here, m_folios.size());
    if (deferred != queued) return fmt::format("{} wait to be split, {} are queued", deferred, queued);
    if (Broken b = queues()) return b;
    return zero_page();
}

}  // namespace mm
