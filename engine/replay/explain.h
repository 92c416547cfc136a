// SPDX-License-Identifier: GPL-3.0-or-later
// Why a recorded request got its block: the replay goes on from the request's first attempt to its answer, and at each
// event of the task the state is looked at. Costs nothing where nobody asks.
//
//      req          zones looked at, watermarks             page_alloc/explain.h has the facts and their words
//      refill       list empty, blocks asked for
//      zone_locked  block taken, split, stolen, claimed
//      pcp_take     the answer                              interrupts in between are counted, not explained
//      mm_page_alloc
#pragma once

#include "engine/replay/replay.h"
#include "engine/snapshot/explanation.h"

namespace mm {

/// The events of one request: from its first attempt to mm_page_alloc.
struct RequestSpan {
    std::size_t first = 0, last = 0;
    std::vector<std::size_t> attempts;  ///< its req events
};
/// The innermost request of the event's task that the event belongs to; nothing if it belongs to none.
std::optional<RequestSpan> request_around(const std::vector<TraceEvent>& events, std::size_t event);
/// Event number of the n-th allocation (mm_page_alloc), from 0; nothing if there are fewer.
std::optional<std::size_t> event_of_allocation(const std::vector<TraceEvent>& events, std::size_t n);

/// The same, with words. Error: there is no such event, or it belongs to none.
Outcome<RequestSpan> request_of(const std::vector<TraceEvent>& events, std::size_t event);
/// REQUIRES: the replay has not passed span.first. Leaves it behind span.last.
Explanation explain(Replay& replay, const RequestSpan& span);

}  // namespace mm
