// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of reclaim is after, and how far it has come. Private to vmscan.
// Follows struct scan_control of mm/vmscan.c, Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

inline constexpr NrPages swap_cluster_max = 32;  ///< SWAP_CLUSTER_MAX: pages looked at together
inline constexpr int def_priority = 12;          ///< DEF_PRIORITY: a 4096th of each list first

struct ScanControl {
    NrPages nr_to_reclaim = swap_cluster_max;
    Gfp gfp = gfp::GFP_KERNEL;
    Order order = 0;
    ZoneType reclaim_idx = ZoneType::movable;  ///< the highest zone that is wanted
    int priority = def_priority;               ///< lists are scanned shifted right by it
    bool kswapd = false;
    bool may_swap = true;
    bool force_deactivate = false;
    // As found for the node that is shrunk.
    bool may_deactivate_anon = false, may_deactivate_file = false;
    bool skipped_deactivate = false;
    bool cache_trim_mode = false;  ///< inactive file pages abound: nothing else is looked at
    bool file_is_tiny = false;     ///< hardly any file pages are left: anonymous ones alone
    // So far.
    NrPages nr_scanned = 0, nr_reclaimed = 0;

    bool may_deactivate(bool file) const { return file ? may_deactivate_file : may_deactivate_anon; }
};

/// lruvec_lru_size(): pages of the list in zones up to the one wanted.
inline NrPages lru_size(const LruVec& vec, LruList list, ZoneType highest) {
    NrPages pages = 0;
    for (std::size_t z = 0; z <= static_cast<std::size_t>(highest); ++z)
        pages += vec.zone_pages[z][static_cast<std::size_t>(list)];
    return pages;
}

}  // namespace mm
