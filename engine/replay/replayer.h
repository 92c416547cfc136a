// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds a recording's events to the page allocator's parts and asks it for each answer: which block an allocation gets
// is computed from the lists, never read from the trace. What the allocator was asked to do (requests, frees, the
// moments and zones of takes, drains, isolations, what compaction moved) is taken from the trace.
//
//      req            context of the task: order, migratetype, flags
//      refill         noted; happens at its first mm_page_alloc_zone_locked (interrupts may come between)
//      zone_locked    one __rmqueue(): of the running refill, or a block for buddy_take
//      pcp_take       head of the list: the prediction
//      mm_page_alloc  the prediction is delivered
//
// Interrupts nest: requests of one task are a stack. Follows mm/page_alloc.c and mm/compaction.c, Linux 6.1.
// Not for: reading files (trace_reader.h), comparing with answers (replay.h).
#pragma once

#include <map>
#include <span>
#include <unordered_map>

#include "engine/page_alloc/pcp_lists.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/replay/frame_moves.h"
#include "engine/replay/recording.h"
#include "engine/replay/replay_notes.h"
#include "engine/replay/trace_event.h"

namespace mm {

/// How often what the trace tells differs from what the engine would have done by itself. All 0 where it is exact.
struct ReplayConflicts {
    std::uint64_t no_block = 0;    ///< a take from a list that is empty here
    std::uint64_t drains = 0;      ///< frees that should have drained another number of pages
    std::uint64_t isolations = 0;  ///< watermark check of an isolation came out otherwise
    std::uint64_t zones = 0;       ///< an attempt would have taken another zone
    std::uint64_t frees = 0;       ///< a block was freed that is free here
    std::uint64_t contexts = 0;    ///< a take or answer without its request
    std::uint64_t total() const { return no_block + drains + isolations + zones + frees + contexts; }
    friend bool operator==(const ReplayConflicts&, const ReplayConflicts&) = default;
};

class Replayer {
public:
    /// state: of a recording's machine, with one CPU's lists.
    explicit Replayer(const AllocState& state) : m_state(state), m_frames(state) {}

    /// One event; rest: the events after it (a buddy_take tells the zone of the mm_page_alloc_zone_locked before).
    /// Returns the answer the event asks for: the block of a take or an allocation, no_pfn: none or not asked.
    Pfn step(const TraceEvent& event, std::span<const TraceEvent> rest);
    /// No block is on its way between lists and users: neither taken nor freed half.
    bool between_operations() const;
    const ReplayConflicts& conflicts() const { return m_conflicts; }
    /// From here on each step fills them anew; null: nobody looks.
    void tell(ReplayNotes* notes) { m_notes = notes; }

    /// After a wrong answer: the block that was really taken leaves its list, the one given goes back.
    void put_right(const TraceEvent& event, Pfn given, Pfn real);

private:
    struct Request {
        TraceEvent asked;
        Pfn locked = no_pfn;  ///< off the free lists, waiting for its buddy_take
        Pfn taken = no_pfn;
        Pfn predicted = no_pfn;  ///< differs from taken where an answer was put right
        bool is_bulk = false, has_refilled = false;
    };
    struct Task {
        std::vector<Request> requests;
        std::optional<Capture> capture;
        std::optional<TraceEvent> free_ok, isolating;
        std::vector<std::pair<ZoneRef, NrPages>> boosts;  ///< watermark boosts as kswapd found them
    };
    struct Refill {
        TraceEvent asked;
        std::int32_t got = 0;
        bool started = false;
        std::size_t depth = 0;  ///< requests of the task when it was called
        std::int32_t steps = 0;
    };

    Zone& zone(ZoneRef ref) { return m_frames.zone(ref); }
    Request* top(std::uint32_t pid);
    Request* top_bulk(std::uint32_t pid);
    BuddyLists buddy(ZoneRef ref) { return {m_state, zone(ref), 0}; }
    PcpLists pcp(ZoneRef ref) { return {m_state, zone(ref), 0}; }

    void finish_running(const TraceEvent& event);
    void apply_pending(const TraceEvent& event);
    Pfn handle(const TraceEvent& event, std::span<const TraceEvent> rest);
    void on_req(const TraceEvent& event);
    void on_refill(const TraceEvent& event);
    void on_zone_locked(const TraceEvent& event, std::span<const TraceEvent> rest);
    Pfn give(Request& request, Pfn pfn, Order order);
    Pfn on_pcp_take(const TraceEvent& event);
    Pfn on_buddy_take(const TraceEvent& event);
    Pfn on_bulk_take(const TraceEvent& event);
    Pfn on_alloc(const TraceEvent& event);
    void on_free(const TraceEvent& event);
    void on_pcp_free(const TraceEvent& event);
    void on_free_one(const TraceEvent& event);
    void on_drain(const TraceEvent& event);
    void on_pcpu_drain(const TraceEvent& event);
    void on_isolate_ret(const TraceEvent& event);
    void on_compact_end(const TraceEvent& event);
    void on_kswapd(const TraceEvent& event);
    void on_kswapd_end(const TraceEvent& event);

    void take_for_buddy(const TraceEvent& event, std::span<const TraceEvent> rest);
    AllocFlags flags_in_zone(const Request& request, ZoneRef ref) const;
    MigrateType stored_type(Pfn pfn) const;
    ReplayNotes::Freed drained_block(Pfn pfn, Order order, MigrateType type) const;
    void free_directly(const TraceEvent& event, Pfn pfn, Order order, MigrateType type, bool to_tail);

    AllocState m_state;
    FrameMoves m_frames;
    std::unordered_map<std::uint32_t, Task> m_tasks;
    std::vector<Refill> m_refills;      ///< called and not over, innermost last
    std::vector<TraceEvent> m_drains;   ///< called and not begun, innermost last
    std::vector<TraceEvent> m_pending;  ///< changes of pageblocks whose cause is not known yet
    std::optional<NrPages> m_movable;   ///< counted by the steal in m_pending
    std::map<std::pair<Nid, ZoneType>, std::pair<NrPages, unsigned>>
        m_surplus;  ///< drains that must follow the last free: pages, list
    bool m_draining = false;
    std::uint64_t m_waiting = 0;  ///< blocks freed and not yet on a list
    ReplayConflicts m_conflicts;
    ReplayNotes* m_notes = nullptr;
};

}  // namespace mm
