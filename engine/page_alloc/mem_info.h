// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel prints when an allocation fails: the request, and where memory is. Private to page_alloc, to who
// plays the OOM killer and to whose allocations fail with such a report.
//
// Follows warn_alloc(), __show_free_areas() of mm/page_alloc.c and lib/show_mem.c, Linux 6.1. The task is called
// mmscope, runs in the root cpuset, and there is no call trace.
#pragma once

#include <string>
#include <string_view>

#include "engine/page_alloc/alloc_state.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/types/trace.h"

namespace mm {

/// "mmscope: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0-1" and
/// show_mem(). Nothing under __GFP_NOWARN.
void warn_alloc(const AllocState& state, const AllocRequest& request, const Tracer& trace);
/// The same with other words than "page allocation failure: order:4".
void warn_alloc(const AllocState& state, const AllocRequest& request, std::string_view what, const Tracer& trace);

/// dump_header() of mm/oom_kill.c: "make invoked oom-killer: ..." and show_mem(); the tasks are the caller's.
void dump_header(const AllocState& state, const AllocRequest& request, std::string_view comm, const Tracer& trace);

/// "0-1,3": %*pbl.
std::string nodes_text(std::uint64_t nodes);

/// show_mem(): "Mem-Info:" and what follows, line by line. cpu: whose lists are "local_pcp".
void show_mem(const AllocState& state, unsigned cpu, const Tracer& trace);

}  // namespace mm
