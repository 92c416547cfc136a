// SPDX-License-Identifier: GPL-3.0-or-later
// Counters of processes, files and reclaim by the names that /proc/vmstat and /proc/zoneinfo print.
#pragma once

#include <string_view>

#include "engine/mm/mm_state.h"

namespace mm {

/// enum node_stat_item of one node; 0: not counted here.
std::uint64_t node_stat(const LruVec& vec, std::string_view name);
/// Of all nodes.
std::uint64_t node_stat(const MmState& state, std::string_view name);
/// enum zone_stat_item: "nr_zone_inactive_anon", "nr_mlock" ...; 0: not counted here.
std::uint64_t zone_stat(const LruVec& vec, ZoneType zone, std::string_view name);
/// Of all zones.
std::uint64_t zone_stat(const MmState& state, std::string_view name);
/// enum vm_event_item; 0: not counted here.
std::uint64_t mm_event(const MmEvents& events, std::string_view name);

}  // namespace mm
