// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine around the page allocator can do when memory runs short: reclaim and kill. Passed in, because the
// allocator knows neither caches nor tasks. Follows the calls of mm/page_alloc.c into mm/vmscan.c and mm/oom_kill.c.
#pragma once

#include <functional>
#include <optional>

#include "engine/page_alloc/zone_walk.h"

namespace mm {

/// A page that compaction has moved; its owner has to follow.
struct PageMove {
    Pfn from = 0, to = 0;
    friend bool operator==(PageMove, PageMove) = default;
};

enum class OomVerdict : std::uint8_t {
    none,   ///< nobody can be killed
    other,  ///< a task died, its memory is free
    dying,  ///< the task that asked is dying already: the same, and nobody else has to
    self,   ///< the task that asked was chosen: it may use reserves and then fails
};

struct MemoryPressure {
    /// try_to_free_pages(), or a node's balance_pgdat(): frees pages by calling the allocator; returns how many.
    std::function<NrPages(const AllocRequest&)> reclaim;
    /// balance_pgdat(): the whole of it; none: reclaim is called until the node is balanced.
    std::function<NrPages(Node&, Order, ZoneType highest)> balance;
    /// zone_reclaimable_pages().
    std::function<NrPages(const Zone&)> reclaimable;
    /// out_of_memory().
    std::function<OomVerdict(const AllocRequest&)> oom;
    /// folio_expected_refs(): what page tables and caches hold of a page; nothing: none of them has it.
    std::function<std::optional<std::int32_t>(Pfn)> references;
    /// move_to_new_folio(): a page's owner follows it. The new frame is allocated; the old one is freed afterwards.
    std::function<void(PageMove)> migrate;
    /// split_huge_page() of the huge page of processes that the frame is of. False: somebody holds it.
    std::function<bool(Pfn)> split;
};

}  // namespace mm
