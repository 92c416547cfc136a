// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation of the page allocator works on. Private to page_alloc and to what drives its parts one by one.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/mmzone/undo_log.h"
#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// enum vm_event_item as far as the allocator counts: the names /proc/vmstat prints. What each command counts comes
/// first, see UndoJournal.
struct VmEvents {
    std::uint64_t pgfree = 0;
    std::array<std::uint64_t, nr_zone_types> pgalloc{}, allocstall{};
    std::uint64_t pgsteal_direct = 0, pgsteal_kswapd = 0, pageoutrun = 0, oom_kill = 0;
    std::uint64_t pgmigrate_success = 0, pgmigrate_fail = 0;
    std::uint64_t compact_migrate_scanned = 0, compact_free_scanned = 0, compact_isolated = 0;
    std::uint64_t compact_stall = 0, compact_fail = 0, compact_success = 0;
    friend bool operator==(const VmEvents&, const VmEvents&) = default;
};

/// Counts of what happened since boot.
struct AllocStats {
    std::uint64_t allocs = 0, frees = 0, failures = 0, splits = 0, merges = 0, fallbacks = 0, claimed_blocks = 0;
    VmEvents vm;
    NrPages poisoned = 0;     ///< num_poisoned_pages
    NrPages typed_tails = 0;  ///< so often a page behind a block's first was given a memory type (pat/)
    friend bool operator==(const AllocStats&, const AllocStats&) = default;
};

/// What others than the page allocator count of memory, for the report of a failure: passed in, because it knows
/// neither caches nor processes. Names are those of /proc/zoneinfo.
class OthersCounters {
public:
    virtual ~OthersCounters() = default;
    virtual std::uint64_t node(Nid nid, std::string_view name) const = 0;  ///< no_node: of all
    virtual std::uint64_t zone(const Zone& zone, std::string_view name) const = 0;
    virtual NrPages swap_free() const = 0;
    virtual NrPages swap_total() const = 0;
};

/// References to the caller's state, which outlives every operation.
struct AllocState {
    Zones& zones;
    PageColumns& pages;
    AllocStats& stats;
    const KernelProfile& profile;
    const OthersCounters* others = nullptr;  ///< null: they have nothing
};

inline UndoLog::Home home_of(const Zone& zone, unsigned cpu) {
    return UndoLog::home_of(zone.nid, static_cast<unsigned>(zone.type), cpu);
}
/// Before counters of the zone change that each command counts, or those of that CPU's lists; list operations tell it
/// themselves.
inline void touch_lists(const PageColumns& pages, const Zone& zone, unsigned cpu) {
    if (UndoLog* undo = pages.undo()) undo->touch(home_of(zone, cpu));
}
/// Before others of the zone, or its node's, or statistics that tell of memory running short.
inline void touch_counters(const PageColumns& pages, const Zone& zone, unsigned cpu = UndoLog::no_cpu) {
    if (UndoLog* undo = pages.undo()) undo->touch(home_of(zone, cpu)), undo->expect_anything();
}
/// Zones::set_pageblock(), told to the undo log.
inline void set_pageblock(const AllocState& state, Pfn pfn, MigrateType type) {
    if (UndoLog* undo = state.pages.undo()) undo->pageblock(pfn, static_cast<std::uint8_t>(state.zones.pageblock(pfn)));
    state.zones.set_pageblock(pfn, type);
}

/// __mod_zone_page_state(NR_FREE_PAGES): the CPU keeps the change to itself until it exceeds stat_threshold.
inline void mod_free_pages(Zone& zone, unsigned cpu, std::int64_t delta) {
    zone.free_pages += static_cast<NrPages>(delta);
    if (cpu >= zone.pcp.size()) return;
    std::int32_t& diff = zone.pcp[cpu].free_diff;
    diff += static_cast<std::int32_t>(delta);
    if (static_cast<unsigned>(std::abs(diff)) > zone.stat_threshold) diff = 0;
}

}  // namespace mm
