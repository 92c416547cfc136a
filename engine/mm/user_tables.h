// SPDX-License-Identifier: GPL-3.0-or-later
// A process's own page tables: real pages, made on the way to an entry and freed when nothing is left to map in them.
//
//      pgd ─► [ | | ]        p4d folded, pud ─► [ | | ]      pmd ─► [ | | ]      pte ─► [ | | ]
//                                                              └ a huge page ends here
//
// The kernel's half of the top table is not drawn in each copy: it is the same in all.
// Follows mm/memory.c (__pte_alloc, free_pgtables) and arch/x86/mm/pgtable.c, Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"
#include "engine/mm/user_pte.h"

namespace mm {

/// An entry and where it is.
struct EntryAt {
    Pfn table = no_pfn;  ///< no_pfn: there is no table that far down
    unsigned index = 0;
    PtLevel level{};
    PtEntry entry = 0;
};

/// The lowest entry on the way to the address that is there to be read.
EntryAt find_entry(const MmState& state, const Mm& mm, VirtAddr address);
/// What the CPU reads on its way to the address.
Walk walk_user(const MmState& state, const Mm& mm, VirtAddr address);
/// What the entry says of the page at the address, which may be one of a huge page's. REQUIRES: it is present.
UserPte page_at(const Paging& paging, const EntryAt& at, VirtAddr address);
/// Calls visit(address, entry at) for each entry of the last level, or huge one, that is not empty.
template<class Visit>
void each_entry(const MmState& state, const Mm& mm, VirtRange range, Visit visit) {
    const Paging& paging = paging_of(state.layout.paging);
    for (VirtAddr a = range.start; a < range.end;) {
        const EntryAt at = find_entry(state, mm, a);
        const Bytes span = paging.at(at.level).span();
        if (at.entry != 0) visit(a, at);
        const VirtAddr next = align_down(a, span) + span;
        if (next <= a) break;
        a = next;
    }
}

/// Where huge pages of processes are mapped.
inline PtLevel huge_level(const Paging& paging) {
    return paging.levels[paging.levels.size() - 2].level;
}

class UserTables {
public:
    explicit UserTables(const MmContext& context) : m_c(context) {}

    /// pgd_alloc(). False: no memory.
    bool alloc_pgd(Mm& mm) const;
    void free_pgd(Mm& mm) const;
    EntryAt find(const Mm& mm, VirtAddr address) const { return find_entry(m_c.state, mm, address); }
    /// The entry of that level, with the tables above it made. A table is no_pfn: there was no memory for one.
    EntryAt make(Mm& mm, VirtAddr address, PtLevel level = PtLevel::pte) const;
    void set(const EntryAt& at, PtEntry entry) const;
    /// pte_alloc_one() and pte_free(): a table of the last level that is nowhere yet, or any more. no_pfn: no memory.
    Pfn alloc_pte(Mm& mm) const { return new_table(mm, PtLevel::pte); }
    void free_pte(Mm& mm, Pfn table) const { free_table(mm, table, PtLevel::pte); }
    /// Where huge pages end: the kernel's PMD, whatever it is folded into.
    PtLevel huge_level() const { return mm::huge_level(m_c.paging()); }
    /// free_pgtables(): of the tables that map nothing but addresses between the neighbours' ends.
    void free_range(Mm& mm, VirtRange unmapped, VirtAddr floor, VirtAddr ceiling) const;
    template<class Visit>
    void each(const Mm& mm, VirtRange range, Visit visit) const {
        each_entry(m_c.state, mm, range, visit);
    }

private:
    void sync_icache(const EntryAt& at, PtEntry entry) const;
    Pfn new_table(Mm& mm, PtLevel level) const;
    void free_table(Mm& mm, Pfn table, PtLevel level) const;
    void free_below(Mm& mm, Pfn table, PtLevel level, VirtRange unmapped, VirtRange room) const;

    const MmContext& m_c;
};

}  // namespace mm
