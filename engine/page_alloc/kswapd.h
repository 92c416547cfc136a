// SPDX-License-Identifier: GPL-3.0-or-later
// When a node's kswapd is woken, and what it leaves behind. Private to page_alloc and to who runs it.
//
// Follows mm/vmscan.c, Linux 6.1: wakeup_kswapd, pgdat_balanced, balance_pgdat; wake_all_kswapds of mm/page_alloc.c.
#pragma once

#include "engine/page_alloc/alloc_state.h"
#include "engine/page_alloc/pressure.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/types/trace.h"

namespace mm {

/// pgdat_balanced(): a zone up to highest has its high watermark and a block of the order.
bool node_is_balanced(const Node& node, Order order, ZoneType highest, const KernelProfile& profile);

/// wakeup_kswapd() of the zone's node: it is noted to run unless all is well there or nothing has helped.
void wakeup_kswapd(const AllocState& state, Zone& zone, Gfp gfp, Order order, ZoneType highest, const Tracer& trace);
/// wake_all_kswapds().
void wake_all_kswapds(const AllocState& state, const AllocContext& context, const Tracer& trace);

/// One run of balance_pgdat(): reclaims until the node is balanced or nothing helps; boosts end. REQUIRES: it was
/// woken.
void run_kswapd(const AllocState& state, Node& node, const MemoryPressure* pressure, const Tracer& trace);

}  // namespace mm
