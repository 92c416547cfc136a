// SPDX-License-Identifier: GPL-3.0-or-later
// The part of check_mm() that knows huge pages: each entry of a PMD, and each of a PTE that maps a part, is counted in
// the folio; tables are kept for each; queues and counters agree. Private to mm.
#pragma once

#include <map>
#include <unordered_map>

#include "engine/mm/mm_state.h"
#include "engine/mm/user_pte.h"

namespace mm {

class HugeChecker {
public:
    HugeChecker(const MmState& state, const PageColumns& pages, const Zones& zones)
        : m_state(state), m_pages(pages), m_zones(zones) {}

    /// Entries that follow are this address space's.
    void enter(const Mm& mm);
    /// An entry of the table at a level of huge pages.
    Broken entry(const Vma& area, VirtAddr address, const UserPte& pte, Pfn table);
    /// An entry of a last level maps a page of a folio.
    void part_mapped(Pfn p) { ++m_folios[m_state.folio_of(p)].parts[p]; }
    /// A table is kept for each entry. tables: those kept are added.
    Broken check_deposits(NrPages& tables);
    NrPages deposits() const { return m_deposits; }
    /// Pages that are mapped, by node: nr_anon_mapped.
    void add_mapped(std::vector<NodeCounters>& counted) const;
    /// After all entries.
    Broken check() const;

private:
    struct Expected {
        std::int32_t pmds = 0;
        std::unordered_map<Pfn, std::int32_t> parts{};
    };
    Broken folio(Pfn head, const Expected& expected) const;
    Broken queues() const;
    Broken zero_page() const;
    std::size_t node_of(Pfn p) const { return static_cast<std::size_t>(m_zones.frames_of(p)->zone.nid); }

    const MmState& m_state;
    const PageColumns& m_pages;
    const Zones& m_zones;
    const Mm* m_mm = nullptr;
    std::map<Pfn, std::size_t> m_entries;  ///< of the address space, by table
    NrPages m_deposits = 0;
    unsigned m_zero_users = 0;
    std::unordered_map<Pfn, Expected> m_folios;
};

}  // namespace mm
