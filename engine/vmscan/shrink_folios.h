// SPDX-License-Identifier: GPL-3.0-or-later
// Pages taken off a list are looked at one by one: used lately? mapped? dirty? What nobody needs is freed.
//
//      page ─► referenced? ──yes──► active list, or once more around
//               │ no
//               ├─ a huge one: split, each of its pages is looked at
//               ├─ anonymous: a slot of swap, all entries name the slot
//               ├─ of a file: dirty ones are left to be written first
//               └─► free, and a shadow remembers when
//
// Follows mm/vmscan.c, Linux 6.1: shrink_folio_list, folio_check_references, __remove_mapping, shrink_active_list;
// folio_referenced of mm/rmap.c. Writing takes no time: what is written to swap is freed at once.
#pragma once

#include "engine/mm/rmap.h"
#include "engine/vmscan/scan_control.h"

namespace mm {

class FolioShrinker {
public:
    FolioShrinker(const MmContext& context, ScanControl& sc) : m_c(context), m_sc(sc) {}

    /// isolate_lru_folios() of the list's tail and shrink_folio_list(). Pages freed.
    NrPages shrink_inactive(LruVec& vec, LruList list, NrPages count);
    /// shrink_active_list(): the tail goes to the inactive list.
    void shrink_active(LruVec& vec, LruList list, NrPages count);

private:
    enum class Fate : std::uint8_t { freed, kept, activated, to_split };
    enum class References : std::uint8_t { reclaim, reclaim_clean, keep, activate };
    struct Used {
        int entries = 0;     ///< page table entries that were young
        VmaFlags areas = 0;  ///< flags of their areas
    };
    std::vector<Pfn> isolate(LruVec& vec, LruList list, NrPages count);
    Used referenced(Pfn p) const;
    References check_references(Pfn p) const;
    Fate look_at(Pfn p);
    Fate look_at_locked(Pfn p);
    bool add_to_swap(Pfn p) const;
    std::vector<Pfn> split(Pfn head);
    Fate remove(Pfn p, bool clean_only);
    void put_back(Pfn p, bool active) const;

    const MmContext& m_c;
    ScanControl& m_sc;
    NrPages m_isolated = 0;  ///< pages that isolate() took
    NrPages m_dirty = 0;     ///< of those looked at: files' pages that have to be written first
};

}  // namespace mm
