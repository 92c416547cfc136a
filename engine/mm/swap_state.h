// SPDX-License-Identifier: GPL-3.0-or-later
// A swap area: a count a slot of who refers to it, and the pages that are both in a slot and in memory.
//
//      slot       0        1    2    3    4
//      swap_map   header   2    0    1    1        2: two page tables point here
//      cache                         p7            p7 is still, or again, in memory
//
// Follows include/linux/swap.h (struct swap_info_struct), Linux 6.1.
#pragma once

#include <string>

#include "engine/mm/page_mapping.h"

namespace mm {

struct SwapState {
    std::string path;                  ///< "/dev/sda2"; "": no swap
    NrPages pages = 0;                 ///< slots, with the header
    NrPages inuse = 0;                 ///< slots that are taken
    SwapSlot next = 1;                 ///< cluster_next: where the search begins
    PageColumn<std::uint16_t> map;     ///< by slot: page tables that point there, and one for the swap cache
    PageColumn<Pfn> cache;             ///< by slot: frame + 1 of the page in memory; 0 none
    PageColumn<std::uint64_t> shadow;  ///< by slot: when its page was evicted; 0 unknown

    bool on() const { return pages > 0; }
    NrPages total() const { return on() ? pages - 1 : 0; }  ///< without the header
    NrPages free() const { return total() - inuse; }
};

}  // namespace mm
