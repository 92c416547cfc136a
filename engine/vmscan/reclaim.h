// SPDX-License-Identifier: GPL-3.0-or-later
// Memory runs short: pages are taken back from files and processes, by the task that asked or by kswapd; and when that
// does not help, a process is killed.
//
//      free      ██████████ high ──► kswapd sleeps
//                ██████     low  ──► kswapd is woken: scans a 4096th of each list, then a 2048th ...
//                ███        min  ──► the task itself reclaims
//                           0    ──► the OOM killer takes the process with the most pages
//
// Follows mm/vmscan.c (try_to_free_pages, balance_pgdat, shrink_node, get_scan_count, shrink_lruvec) and mm/oom_kill.c,
// Linux 6.1, with the two classical lists and not the multi-gen LRU; what is left out stands in README.md.
#pragma once

#include "engine/page_alloc/pressure.h"
#include "engine/vmscan/scan_control.h"

namespace mm {

class Reclaim {
public:
    explicit Reclaim(const MmContext& context) : m_c(context) {}

    /// try_to_free_pages(): for the request's zonelist. Pages freed.
    NrPages try_to_free_pages(const AllocRequest& request) const;
    /// balance_pgdat(): until the node has room for a block of the order, or nothing helps. Pages freed.
    NrPages balance_pgdat(Node& node, Order order, ZoneType highest) const;
    /// zone_reclaimable_pages().
    NrPages reclaimable(const Zone& zone) const;

private:
    void shrink_node(Nid nid, ScanControl& sc) const;
    void shrink_lruvec(LruVec& vec, ScanControl& sc) const;
    void prepare(const Node& node, LruVec& vec, ScanControl& sc) const;
    std::array<NrPages, 4> scan_count(const LruVec& vec, const ScanControl& sc) const;
    bool inactive_is_low(const LruVec& vec, bool file) const;
    bool can_reclaim_anon() const { return m_c.state.swap.free() > 0; }

    const MmContext& m_c;
};

/// A process that the OOM killer chose, and how it was counted: oom_badness().
struct Badness {
    Pid pid = 0;
    std::int64_t points = 0;
};
/// select_bad_process(): nothing: nobody may be killed. The first process is never.
std::optional<Badness> select_bad_process(const MmState& state, NrPages totalram);

/// out_of_memory(): the process is chosen, told of in the log, and its anonymous memory is taken at once
/// (oom_reap_task_mm) unless it is the one that asks. It ends when the command does: MmState::dying.
OomVerdict out_of_memory(const MmContext& context, const AllocRequest& request, NrPages totalram);

/// All that the page allocator asks for when memory runs short, of processes and files. REQUIRES: they and the context
/// outlive it.
void add_pressure(MemoryPressure& pressure, const MmContext& context, const NrPages& totalram);

}  // namespace mm
