// SPDX-License-Identifier: GPL-3.0-or-later
// Replays what any machine's ftrace offers without probes: mm_page_alloc, mm_page_free and their kin. Requests are
// reconstructed from gfp flags; zones, flags and drains follow from the allocator's rules.
//
//      mm_page_alloc              zone walk by gfp, per-CPU list or free lists: the prediction
//      zone_locked (refill)       the list was empty: what is left on it here was taken unseen
//      mm_page_free               to a per-CPU list, at once, or where mm_page_free_batched follows for that page, then
//      mm_page_pcpu_drain         a drain: from the free before it, or from vmstat and drain_pages()
//
//      mm_vmscan_kswapd_sleep     the watermark boost has ended
//
// Bulk requests (stacks of new threads, for one) leave no tracepoint. A page at a list's head that the recording shows
// to be freed next, without having been handed out before, must have been taken unseen; it is passed over and counted.
// Where the answers are left out of the trace nothing is passed over.
//
// Follows mm/page_alloc.c, Linux 6.1. One CPU, requests for the CPU's own node.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/page_alloc/pcp_lists.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/replay/frame_moves.h"
#include "engine/replay/trace_event.h"

namespace mm {

/// The kernel has this tracepoint itself.
bool is_kernel_tracepoint(TraceKind kind);

/// What had to be inferred.
struct PlainInferences {
    std::uint64_t unseen_takes = 0;   ///< pages that left a list without a tracepoint
    std::uint64_t unseen_frees = 0;   ///< frees of what is free here
    std::uint64_t unseen_drains = 0;  ///< blocks drained that the rules would have kept
    std::uint64_t no_block = 0;       ///< requests that nothing could serve here
};

class PlainReplayer {
public:
    /// events: the whole recording, which outlives this.
    PlainReplayer(const AllocState& state, std::span<const TraceEvent> events);

    /// Event number at. Returns the block an mm_page_alloc gets, no_pfn: none or not asked.
    Pfn step(std::size_t at);
    /// After a wrong answer: the block that was really taken (0: none) leaves its list, the one given goes back.
    void put_right(const TraceEvent& event, Pfn given, Pfn real);
    const PlainInferences& inferences() const { return m_inferences; }

private:
    struct Seen {
        std::uint32_t pfn = 0, at = 0;
        friend auto operator<=>(const Seen&, const Seen&) = default;
    };
    struct Put {
        ZoneRef zone;
        Order order = 0;
        MigrateType type{};
    };
    struct Candidate {
        Zone* zone = nullptr;
        AllocFlags flags = 0;
    };
    std::vector<Candidate> candidates(const AllocContext& context) const;
    NrPages run_length(std::size_t at) const;
    /// What is known of the whole recording beforehand; shared by copies.
    struct Index {
        std::vector<Seen> seen;            ///< where each block appears, by frame and event
        std::vector<bool> waits_for_list;  ///< by event: a mm_page_free whose mm_page_free_batched follows
        bool has_answers = false;
    };
    static std::shared_ptr<const Index> index_of(std::span<const TraceEvent> events);
    bool was_taken_unseen(Pfn pfn, std::size_t at) const;

    Pfn allocate(const TraceEvent& event, std::size_t at);
    Pfn take(Zone& zone, const AllocContext& context, AllocFlags flags, std::size_t at);
    void refill(const TraceEvent& event, std::size_t at);
    void free_block(const TraceEvent& event, std::size_t at);
    void learn_watermarks(const TraceEvent& event, const Zone& given, Zone& real);
    bool take_up_to(const TraceEvent& event, Zone& zone, Pfn real);
    void put(Pfn pfn, Order order);
    void drain(std::size_t at);
    void drain_block(const TraceEvent& event);
    AllocContext context_of(Gfp gfp, Order order) const;

    AllocState m_state;
    FrameMoves m_frames;
    std::span<const TraceEvent> m_events;
    std::shared_ptr<const Index> m_index;
    bool m_in_run = false;                    ///< inside a refill's mm_page_alloc_zone_locked
    NrPages m_run_left = 0;                   ///< of them, still to come
    std::map<std::size_t, ZoneRef> m_served;  ///< zones of the requests that refills were for, by event
    bool m_draining = false;
    std::optional<Put> m_last_put;  ///< the event before put this block onto a per-CPU list
    PlainInferences m_inferences;
};

}  // namespace mm
