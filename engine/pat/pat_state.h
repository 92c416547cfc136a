// SPDX-License-Identifier: GPL-3.0-or-later
// Memory types of RAM: what each page is cached as in the direct map, which its struct page remembers, and the page
// tables that were made for it.
//
//      flags word    uncached arch_1    track_memtype (_PGMT_*)        entry: PAT PCD PWT
//                       0       0       WB, as all memory is at boot        0   0   0
//                       0       1       WC, write combining                 0   0   1
//                       1       0       UC-, uncached                       0   1   0
//                       1       1       WT, write through: only set_pages_array_wt() asks for it, which is left out
//
// Follows arch/x86/mm/pat/memtype.c and set_memory.c, Linux 6.1.
#pragma once

#include <map>

#include "engine/mmzone/page_flags.h"
#include "engine/pgtable/paging.h"
#include "engine/types/shared.h"

namespace mm {

/// enum page_cache_mode; numbers are what the kernel's log shows.
enum class CacheMode : std::uint8_t { wb = 0, wc = 1, uc_minus = 2, wt = 4 };
std::string_view name_of(CacheMode);  ///< "write-back", "uncached-minus"

/// get_page_memtype().
constexpr CacheMode memory_type_of(std::uint32_t flags) {
    if (flags & bit(PageFlag::uncached)) return flags & bit(PageFlag::arch_1) ? CacheMode::wt : CacheMode::uc_minus;
    return flags & bit(PageFlag::arch_1) ? CacheMode::wc : CacheMode::wb;
}

struct PatState {
    Shared<std::map<Pfn, PtLevel>> tables;               ///< made when large leaves were split; they stay
    std::uint64_t level2_splits = 0, level3_splits = 0;  ///< DIRECT_MAP_LEVEL2_SPLIT: of PMD leaves; of PUD ones
    friend bool operator==(const PatState&, const PatState&) = default;
};

}  // namespace mm
