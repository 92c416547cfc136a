// SPDX-License-Identifier: GPL-3.0-or-later
// What a 32-bit kernel has mapped of memory that its direct map does not reach: slots of the pkmap window, and each
// CPU's slots in the fixmap. Values, copied with the machine's state.
//
//      PKMAP_BASE                                               FIXADDR_TOP - 68 pages, downwards
//      | slot 0 | slot 1: pfn, users + 1 | ... | LAST_PKMAP - 1 |      ... CPU 1: | idx 15 .. 0 |  CPU 0: | idx 15 .. 0
//      |
//
// Follows pkmap_count[], struct page_address_map and struct kmap_ctrl of mm/highmem.c and include/linux, Linux 6.1.
#pragma once

#include <map>
#include <vector>

#include "engine/types/shared.h"
#include "engine/types/units.h"

namespace mm {

/// What differs between machines.
struct HighmemWindow {
    VirtAddr page_offset = 0;  ///< address of phys_base in the direct map
    PhysAddr phys_base = 0;
    Pfn first_high = no_pfn;     ///< max_low_pfn; no_pfn: the direct map reaches everything
    VirtAddr pkmap = 0;          ///< PKMAP_BASE
    unsigned slots = 0;          ///< LAST_PKMAP
    VirtAddr fixmap = 0;         ///< FIX_KMAP_BEGIN's address: slots go down from there
    unsigned local_per_cpu = 0;  ///< KM_MAX_IDX
    unsigned cpus = 1;           ///< that run
    friend bool operator==(const HighmemWindow&, const HighmemWindow&) = default;

    bool is_high(Pfn pfn) const { return pfn >= first_high; }
    VirtAddr lowmem_address(Pfn pfn) const { return page_offset + (phys_of(pfn) - phys_base); }
    VirtAddr slot_address(unsigned slot) const { return pkmap + slot * page_size; }
    VirtAddr local_address(unsigned cpu, unsigned index) const {
        return fixmap - (cpu * local_per_cpu + index) * page_size;
    }
    /// BUG_ON() of kmap_local_idx_push(): the last index is never used.
    unsigned usable_per_cpu() const { return local_per_cpu == 0 ? 0 : local_per_cpu - 1; }
};

/// A slot of the pkmap window and its pkmap_count[]: 0 free; 1 nobody uses it, but TLBs may know it; n: n - 1 users.
struct PkmapSlot {
    Pfn pfn = no_pfn;
    unsigned count = 0;
    friend bool operator==(const PkmapSlot&, const PkmapSlot&) = default;
};

struct HighmemState {
    bool up = false;
    HighmemWindow window;
    SharedVector<PkmapSlot> slots;
    Shared<std::map<Pfn, unsigned>> by_page;  ///< page_address_htable: the slot of a page
    unsigned last_slot = 0;                   ///< last_pkmap_nr
    std::vector<std::vector<Pfn>> local;      ///< by CPU: kmap_ctrl of the task there; the last is unmapped first

    unsigned used() const;     ///< slots with users
    unsigned waiting() const;  ///< and those that wait for a flush
};

}  // namespace mm
