// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation of the page allocator works on. Private to page_alloc and to what drives its parts one by one.
#pragma once

#include <algorithm>

#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// vmstat-like counts of what happened since boot.
struct AllocStats {
    std::uint64_t allocs = 0, frees = 0, failures = 0, splits = 0, merges = 0, fallbacks = 0, claimed_blocks = 0;
    friend bool operator==(const AllocStats&, const AllocStats&) = default;
};

/// References to the caller's state, which outlives every operation.
struct AllocState {
    Zones& zones;
    PageColumns& pages;
    AllocStats& stats;
    const KernelProfile& profile;
};

/// __mod_zone_page_state(NR_FREE_PAGES): the CPU keeps the change to itself until it exceeds stat_threshold.
inline void mod_free_pages(Zone& zone, unsigned cpu, std::int64_t delta) {
    zone.free_pages += static_cast<NrPages>(delta);
    if (cpu >= zone.pcp.size()) return;
    std::int32_t& diff = zone.pcp[cpu].free_diff;
    diff += static_cast<std::int32_t>(delta);
    if (static_cast<unsigned>(std::abs(diff)) > zone.stat_threshold) diff = 0;
}

}  // namespace mm
