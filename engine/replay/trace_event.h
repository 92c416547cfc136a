// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a recording of the page allocator: tracepoints (mm_*) and probes on what happens between them. Fixed
// size: a recording of millions is kept.
//
//      4.659967 init-1 d.Z1. pcp_take pfn=36108 order=2 zone=0:DMA32
//      seconds  task-pid     event    key=value ...                        pfn=? where the answer was left out
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/page_alloc/alloc_flags.h"
#include "engine/page_alloc/gfp.h"

namespace mm {

/// One line an event: its name in the trace, and what it tells.
// clang-format off
#define MM_TRACE_KINDS(X)                                                              \
    X(req, "an attempt of get_page_from_freelist()")                                   \
    X(bulk_req, "__alloc_pages_bulk() is called")                                      \
    X(pcp_take, "a block leaves a per-CPU list for its user")                          \
    X(buddy_take, "a block leaves the free lists for its user")                        \
    X(bulk_take, "a page leaves a per-CPU list for a bulk request")                    \
    X(refill, "rmqueue_bulk() is called")                                              \
    X(drain, "free_pcppages_bulk() is called")                                         \
    X(pcp_free, "a block enters a per-CPU list")                                       \
    X(free_one, "a block goes straight to the free lists: the per-CPU lists are busy") \
    X(free_ok, "__free_pages_ok(): a block that per-CPU lists do not take")            \
    X(isolate, "compaction wants a free block")                                        \
    X(isolate_ret, "and got it, or was refused")                                       \
    X(list_head_move, "compaction moves the blocks before one to the list's tail")     \
    X(list_tail_move, "compaction moves the blocks up to one to the list's tail")      \
    X(compact, "direct compaction of a zone begins")                                   \
    X(compact_end, "and ends, perhaps with a captured block")                          \
    X(setmt, "a pageblock changes its migratetype")                                    \
    X(moveblk, "the free blocks of a pageblock change lists")                          \
    X(steal_count, "what a steal moved and counted")                                   \
    X(unreserve, "direct reclaim looks for a highatomic reserve to undo")              \
    X(kswapd, "balance_pgdat() begins")                                                \
    X(kswapd_end, "balance_pgdat() ends")                                              \
    X(vmstat_fold, "the CPU's counter differences are added to the zones'")            \
    X(mm_page_alloc, "__alloc_pages() returns")                                        \
    X(mm_page_alloc_zone_locked, "a block leaves the free lists")                      \
    X(mm_page_alloc_extfrag, "a block of another migratetype's list is taken")         \
    X(mm_page_free, "a block is freed")                                                \
    X(mm_page_free_batched, "a page of a list is freed")                               \
    X(mm_page_pcpu_drain, "a block goes from a per-CPU list to the free lists")        \
    X(mm_vmscan_kswapd_sleep, "kswapd goes to sleep")                                  \
    X(mm_vmscan_wakeup_kswapd, "kswapd is woken")                                      \
    X(mm_vmscan_direct_reclaim_begin, "direct reclaim begins")                         \
    X(mm_vmscan_direct_reclaim_end, "direct reclaim ends")                             \
    X(compact_retry, "is another round of compaction worth while?")                    \
    X(mark_victim, "a process is to die for lack of memory")                           \
    X(other, "anything else")
// clang-format on

enum class TraceKind : std::uint8_t {
#define MM_X(id, words) id,
    MM_TRACE_KINDS(MM_X)
#undef MM_X
};
inline constexpr std::size_t nr_trace_kinds = static_cast<std::size_t>(TraceKind::other) + 1;

std::string_view name_of(TraceKind kind);   ///< "pcp_take"
std::string_view words_of(TraceKind kind);  ///< "a block leaves a per-CPU list for its user"
TraceKind trace_kind_named(std::string_view name);

struct TraceEvent {
    std::uint64_t nanoseconds = 0;
    Pfn pfn = no_pfn;  ///< no_pfn: left out (?), none (-1) or not a field of the event
    std::uint32_t pid = 0;
    Gfp gfp = 0;
    AllocFlags flags = 0;
    std::int32_t count = 0;  ///< pages or blocks: count=, n=, free=, nr_reclaimed=
    std::int32_t other = 0;  ///< pindex, highest zone index, fpi flags, zone flags, ret, movable, force: one an event
    ZoneRef zone;            ///< zone= or pz=; nid= of kswapd and bulk_req
    TraceKind kind = TraceKind::other;
    std::uint8_t order = 0;
    MigrateType type{};
    bool spread = false;  ///< spread_dirty_pages
};

}  // namespace mm
