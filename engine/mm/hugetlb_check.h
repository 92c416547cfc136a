// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of huge pages by name: each is free or mapped, what is promised is there. Private to check_mm().
#pragma once

#include <map>

#include "engine/mm/mm_state.h"
#include "engine/mm/user_pte.h"

namespace mm {

class HugetlbChecker {
public:
    HugetlbChecker(const MmState& state, const PageColumns& pages, const Zones& zones)
        : m_state(state), m_pages(pages), m_zones(zones) {}

    /// An entry of a PMD in such an area.
    Broken entry(const Vma& area, VirtAddr address, const UserPte& pte);
    /// All entries of the address space were told.
    Broken leave(const Mm& mm);
    /// All address spaces were.
    Broken check() const;

private:
    Broken free_page(Pfn head, std::size_t nid) const;
    Broken promises() const;

    const MmState& m_state;
    const PageColumns& m_pages;
    const Zones& m_zones;
    std::map<Pfn, std::int32_t> m_maps;
    NrPages m_entries = 0;
};

}  // namespace mm
