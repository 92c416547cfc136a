// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/kswapd.h"

#include <fmt/format.h>

namespace mm {
namespace {

constexpr unsigned most_failures = 16;   ///< MAX_RECLAIM_RETRIES
constexpr unsigned reclaim_rounds = 12;  ///< DEF_PRIORITY

bool is_boosted(const Node& node, ZoneType highest) {
    for (std::size_t t = 0; t <= static_cast<std::size_t>(highest); ++t)
        if (node.zones[t].managed != 0 && node.zones[t].watermark_boost != 0) return true;
    return false;
}

}  // namespace

bool node_is_balanced(const Node& node, Order order, ZoneType highest, const KernelProfile& profile) {
    bool has_memory = false;
    for (std::size_t t = 0; t <= static_cast<std::size_t>(highest); ++t) {
        const Zone& zone = node.zones[t];
        if (zone.managed == 0) continue;
        has_memory = true;
        const auto free = static_cast<std::int64_t>(zone.free_pages);  // zone_watermark_ok_safe(): exact
        if (check_watermark(zone, order, wmark_pages(zone, alloc::wmark_high), highest, 0, free, profile.max_order).ok)
            return true;
    }
    return !has_memory;
}

void wakeup_kswapd(const AllocState& state, Zone& zone, Gfp gfp, Order order, ZoneType highest, const Tracer& trace) {
    if (zone.managed == 0) return;
    Node& node = *state.zones.node(zone.nid);
    touch_counters(state.pages, zone);
    if (!node.kswapd_woken || node.kswapd_highest_zoneidx < highest) node.kswapd_highest_zoneidx = highest;
    node.kswapd_order = std::max(node.kswapd_order, order);
    if (node.kswapd_woken) return;
    if (node.kswapd_failures >= most_failures) return;
    if (node_is_balanced(node, order, highest, state.profile) && !is_boosted(node, highest)) return;
    node.kswapd_woken = true;
    if (!trace) return;
    trace.event({.kind = EventKind::mm_vmscan_wakeup_kswapd,
                 .nid = static_cast<std::int16_t>(node.nid),
                 .zone = static_cast<std::uint8_t>(highest),
                 .order = static_cast<std::uint8_t>(order),
                 .a = gfp});
}

void wake_all_kswapds(const AllocState& state, const AllocContext& context, const Tracer& trace) {
    Nid last = no_node;
    for (const ZoneRef ref : *context.zonelist) {
        if (!context.admits(ref) || ref.nid == last) continue;
        Zone& zone = *state.zones.zone(ref.nid, ref.type);
        if (zone.managed == 0) continue;
        wakeup_kswapd(state, zone, context.gfp, context.order, context.highest, trace);
        last = ref.nid;
    }
}

void run_kswapd(const AllocState& state, Node& node, const MemoryPressure* pressure, const Tracer& trace) {
    const ZoneType highest = node.kswapd_highest_zoneidx;
    const Order order = node.kswapd_order;
    const Nid nid = node.nid;
    for (unsigned t = 0; t <= static_cast<unsigned>(highest); ++t) {
        if (UndoLog* undo = state.pages.undo())
            undo->touch(UndoLog::home_of(nid, t, UndoLog::no_cpu)), undo->expect_anything();
        node.zones[t].watermark_boost = 0;
    }
    NrPages reclaimed = 0;
    const AllocRequest wanted{gfp::GFP_KERNEL, order, nid, 0};
    if (pressure && pressure->balance) reclaimed = pressure->balance(node, order, highest);
    const unsigned rounds = pressure && pressure->balance ? 0 : reclaim_rounds;
    for (unsigned round = 0; round < rounds && !node_is_balanced(node, order, highest, state.profile); ++round) {
        const NrPages n = pressure && pressure->reclaim ? pressure->reclaim(wanted) : 0;
        reclaimed += n;
        if (n == 0) break;
    }
    const bool helped = reclaimed > 0 || node_is_balanced(node, order, highest, state.profile);
    node.kswapd_failures = helped ? 0 : node.kswapd_failures + 1;
    state.stats.vm.pgsteal_kswapd += reclaimed;
    ++state.stats.vm.pageoutrun;
    node.kswapd_woken = false;
    node.kswapd_order = 0;
    node.kswapd_highest_zoneidx = {};
    if (trace)
        trace.event({.kind = EventKind::mm_vmscan_kswapd_sleep, .nid = static_cast<std::int16_t>(nid), .a = reclaimed},
                    fmt::format("{} pages reclaimed", reclaimed));
}

}  // namespace mm
