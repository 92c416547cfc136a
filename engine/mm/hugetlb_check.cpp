// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/hugetlb_check.h"

#include <fmt/format.h>

#include "engine/mm/hugetlb.h"

namespace mm {

Broken HugetlbChecker::entry(const Vma& area, VirtAddr address, const UserPte& pte) {
    ++m_entries;
    ++m_maps[pte.pfn];
    const PageMapping& m = m_state.mappings[pte.pfn];
    if (m.kind != MappingKind::hugetlb || !area.has_chain(m.id) || m.index != area.index_of(address))
        return fmt::format("huge page {:#x} cannot be found from its mapping", pte.pfn);
    if (pte.writable && !(area.flags & vma::write)) return "a huge page is writable in an area that is not";
    if (pte.writable && !(m_pages.flags(pte.pfn) & pg_anon_exclusive))
        return fmt::format("huge page {:#x} is writable and not this process's alone", pte.pfn);
    return std::nullopt;
}

Broken HugetlbChecker::leave(const Mm& mm) {
    const NrPages entries = std::exchange(m_entries, 0);
    if (entries == mm.hugetlb) return std::nullopt;
    return fmt::format("{} huge pages by name are mapped, {} are counted", entries, mm.hugetlb);
}

Broken HugetlbChecker::free_page(Pfn head, std::size_t nid) const {
    const PageMapping& m = m_state.mappings[head];
    if (m_maps.contains(head) || m.kind != MappingKind::hugetlb || m.id != no_id || m_pages.refcount(head) != 0)
        return fmt::format("{:#x} is free and in use", head);
    if (static_cast<std::size_t>(m_zones.frames_of(head)->zone.nid) != nid)
        return fmt::format("{:#x} is another node's", head);
    return std::nullopt;
}

/// Each area that was promised pages and has not used all of them; together, what the pool keeps for them.
Broken HugetlbChecker::promises() const {
    NrPages promised = 0;
    for (const auto& [id, mm] : *m_state.mms)
        for (const auto& [start, area] : mm->areas) {
            if (!(area.flags & vma::resv_owner)) continue;
            promised += (area.range.size() >> page_shift) / m_state.hpage_nr() - area.resv_used.size();
            for (const VirtAddr used : area.resv_used)
                if (!area.range.contains(used)) return "a promise was used outside of its area";
        }
    if (promised != m_state.hugetlb.resv)
        return fmt::format("{} are promised, {} are kept", promised, m_state.hugetlb.resv);
    if (promised > m_state.hugetlb.free()) return fmt::format("{} are promised and fewer are free", promised);
    return std::nullopt;
}

Broken HugetlbChecker::check() const {
    std::vector<NrPages> nr(m_state.hugetlb.nodes.size());
    for (std::size_t nid = 0; nid < nr.size(); ++nid) {
        for (const Pfn head : m_state.hugetlb.nodes[nid].free)
            if (Broken b = free_page(head, nid)) return b;
        nr[nid] = m_state.hugetlb.nodes[nid].free.size();
    }
    for (const auto& [head, maps] : m_maps) {
        if (m_pages.refcount(head) != maps || m_state.huge_folio(head).compound_mapcount != maps - 1)
            return fmt::format("{:#x} is mapped {} times, has {} references, compound_mapcount {}", head, maps,
                               m_pages.refcount(head), m_state.huge_folio(head).compound_mapcount);
        ++nr[static_cast<std::size_t>(m_zones.frames_of(head)->zone.nid)];
    }
    NrPages frames = 0;
    m_state.mappings.each([&](Pfn, const PageMapping& m) { frames += m.kind == MappingKind::hugetlb; });
    if (frames != m_state.hugetlb.nr() * m_state.hpage_nr())
        return fmt::format("{} frames belong to {} pages", frames, m_state.hugetlb.nr());
    for (std::size_t nid = 0; nid < nr.size(); ++nid)
        if (nr[nid] != m_state.hugetlb.nodes[nid].nr)
            return fmt::format("node {} has {}, {} are counted", nid, nr[nid], m_state.hugetlb.nodes[nid].nr);
    // A node's own surplus may exceed what it has: it is counted where a page was free, not where one is in use.
    if (m_state.hugetlb.surplus() > m_state.hugetlb.nr())
        return fmt::format("{} of {} are surplus", m_state.hugetlb.surplus(), m_state.hugetlb.nr());
    return promises();
}

}  // namespace mm
