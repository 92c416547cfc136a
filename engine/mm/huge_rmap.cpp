// SPDX-License-Identifier: GPL-3.0-or-later
// What is counted when an entry of a PMD begins, or ceases, to map a huge page. Follows mm/rmap.c, Linux 6.1.
#include <algorithm>

#include "engine/mm/huge_folio.h"
#include "engine/mm/rmap.h"

namespace mm {
namespace {

/// All pages' _mapcounts go up or down. Those that fell to no mapping.
NrPages change_mapcounts(const MmContext& c, Pfn head, std::int32_t by) {
    PageColumns& pages = c.columns();
    NrPages unmapped = 0;
    for (Pfn p = head; p < head + c.state.hpage_nr(); ++p) {
        pages.set_mapcount(p, pages.mapcount(p) + by);
        unmapped += pages.mapcount(p) < 0;
    }
    return unmapped;
}

void count_anon(const MmContext& c, Mm& mm) {
    mm.count(Rss::anon) += c.state.hpage_nr();
    mm.hiwater_rss = std::max(mm.hiwater_rss, mm.resident());
}

}  // namespace

void Rmap::add_new_huge(Mm& mm, const Vma& area, Pfn head, VirtAddr address) const {
    m_c.set_flags(head, bit(PageFlag::swapbacked) | pg_anon_exclusive);
    m_c.state.edit_huge_folio(head) = {0, true, false, false};
    m_c.state.mappings.set_run({head, head + m_c.state.hpage_nr()},
                               {MappingKind::anon, area.anon_vma, no_id, area.index_of(address)});
    ++m_c.counters(head).nr_anon_thps;
    m_c.counters(head).nr_anon_mapped += m_c.state.hpage_nr();
    count_anon(m_c, mm);
}

void Rmap::dup_huge(Mm& mm, Pfn head) const {
    m_c.clear_flags(head, pg_anon_exclusive);
    ++m_c.state.edit_huge_folio(head).compound_mapcount;
    count_anon(m_c, mm);
}

void Rmap::remove_huge(Mm& mm, Pfn head) const {
    const NrPages n = m_c.state.hpage_nr();
    mm.count(Rss::anon) -= n;
    HugeFolio& folio = m_c.state.edit_huge_folio(head);
    if (--folio.compound_mapcount >= 0) return;
    NodeCounters& counters = m_c.counters(head);
    --counters.nr_anon_thps;
    if (!std::exchange(folio.double_map, false)) {
        counters.nr_anon_mapped -= n;
        return;
    }
    const NrPages unmapped = change_mapcounts(m_c, head, -1);
    counters.nr_anon_mapped -= unmapped;
    if (unmapped > 0 && unmapped < n) deferred_split_huge_page(m_c, head);
}

void Rmap::split_huge(Pfn head) const {
    HugeFolio& folio = m_c.state.edit_huge_folio(head);
    change_mapcounts(m_c, head, 1);
    if (folio.compound_mapcount > 0 && !folio.double_map) {
        folio.double_map = true;
        change_mapcounts(m_c, head, 1);
    }
    if (--folio.compound_mapcount >= 0) return;
    --m_c.counters(head).nr_anon_thps;
    if (std::exchange(folio.double_map, false)) change_mapcounts(m_c, head, -1);
}

}  // namespace mm
