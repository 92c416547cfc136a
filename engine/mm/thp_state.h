// SPDX-License-Identifier: GPL-3.0-or-later
// Transparent huge pages: what /sys/kernel/mm/transparent_hugepage says, and what struct page keeps of a huge folio in
// its first tail page.
//
//      folio      [head][tail][tail] ... 512 pages      one entry of the PMD, or 512 of the PTE, or both
//                   │     └ compound_mapcount, deferred_list
//                   └ _refcount of all of them
//
// Follows mm/huge_memory.c and include/linux/mm_types.h, Linux 6.1.
#pragma once

#include <string_view>
#include <vector>

#include "engine/types/page_column.h"

namespace mm {

/// transparent_hugepage/enabled.
enum class ThpEnabled : std::uint8_t { always, madvise, never };
/// transparent_hugepage/defrag: who waits for compaction.
enum class ThpDefrag : std::uint8_t { always, defer, defer_madvise, madvise, never };
std::string_view name_of(ThpEnabled);
std::string_view name_of(ThpDefrag);  ///< "defer+madvise"

struct ThpSettings {
    ThpEnabled enabled = ThpEnabled::never;
    ThpDefrag defrag = ThpDefrag::madvise;
    bool use_zero_page = true;
    friend bool operator==(const ThpSettings&, const ThpSettings&) = default;
};

/// Of a huge page that processes have.
struct HugeFolio {
    std::int32_t compound_mapcount = -1;  ///< entries of PMDs that map it, minus one
    bool here = false;                    ///< there is one at all
    bool double_map = false;              ///< PG_double_map: each page's _mapcount is one more than its PTEs
    bool deferred = false;                ///< on its node's split queue
    friend bool operator==(const HugeFolio&, const HugeFolio&) = default;
};

/// struct deferred_split: folios of which a part is mapped nowhere; reclaim splits them.
struct SplitQueue {
    std::vector<Pfn> folios;
    NrPages nr_deferred = 0;  ///< what earlier, gentler scans have left to do
    friend bool operator==(const SplitQueue&, const SplitQueue&) = default;
};

struct ThpState {
    ThpSettings settings;
    Pfn zero_page = no_pfn;          ///< huge_zero_page, once somebody has read what nobody wrote
    unsigned zero_users = 0;         ///< mms that have seen it
    NrPages zero_deferred = 0;       ///< as SplitQueue::nr_deferred, of its shrinker
    PageColumn<HugeFolio> folios;    ///< by frame / pages of a huge page
    std::vector<SplitQueue> queues;  ///< by node
};

}  // namespace mm
