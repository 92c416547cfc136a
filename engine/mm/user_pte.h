// SPDX-License-Identifier: GPL-3.0-or-later
// What an entry of a process's page table says, whatever the architecture: a page with its protection, or where a page
// is that was swapped out.
//
//      x86_64   present   NX | 51..12 frame | 9 special | 6 dirty | 5 accessed | 2 user | 1 writable | 0 present
//               swapped   63..59 area | 58..9 slot, inverted | ... | 0
//
// Follows arch/x86/include/asm/pgtable.h, pgtable_64.h, pgtable-2level.h, arch/arm64/include/asm/pgtable.h, Linux 6.1.
#pragma once

#include "engine/mm/page_mapping.h"
#include "engine/pgtable/paging.h"

namespace mm {

/// A present entry.
struct UserPte {
    Pfn pfn = 0;
    bool writable = false, executable = false, dirty = false, young = false;
    bool special = false;  ///< the zero page: no struct page is counted for it
    friend bool operator==(const UserPte&, const UserPte&) = default;
};

PtEntry encode(const Paging& paging, const UserPte& pte, PtLevel level = PtLevel::pte);
/// REQUIRES: paging.present(entry).
UserPte decode(const Paging& paging, PtEntry entry, PtLevel level = PtLevel::pte);

/// swp_entry_to_pte() of the first swap area, and the slot in it. REQUIRES (slot): not present and not 0.
PtEntry encode_swap(const Paging& paging, SwapSlot slot);
SwapSlot decode_swap(const Paging& paging, PtEntry entry);

/// make_hwpoison_entry(): what was there is lost with its frame. REQUIRES (others): not present and not 0.
PtEntry encode_hwpoison(const Paging& paging, Pfn pfn);
bool is_hwpoison(const Paging& paging, PtEntry entry);
Pfn decode_hwpoison(const Paging& paging, PtEntry entry);
/// SWP_HWPOISON, the type of such entries; swap areas have types from 0 on.
inline constexpr unsigned swp_hwpoison = 23;

/// A table of a process's own: _PAGE_TABLE, or its user half of arm64.
PtEntry encode_table(const Paging& paging, Pfn table, PtLevel level);

}  // namespace mm
