// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine did in one step of a replay besides giving its answer: blocks that left and entered the free lists,
// what was split, stolen and merged for them, pageblocks that changed their type. For those who look on (explanations,
// biographies, pollution); a replay without them does not fill it.
#pragma once

#include <optional>
#include <vector>

#include "engine/page_alloc/buddy_lists.h"

namespace mm {

struct ReplayNotes {
    /// A block that left the free lists for a per-CPU list or its user.
    struct Locked {
        ZoneRef zone;
        Pfn pfn = no_pfn;
        Order order = 0;
        MigrateType type{};
        bool refill = false;
        BuddyNotes buddy;
    };
    /// A block that came to them, and what it became by merging; became_pfn is no_pfn where it was captured.
    struct Freed {
        Pfn pfn = no_pfn;
        Order order = 0;
        MigrateType type{};
        bool drained = false;
        Pfn became_pfn = no_pfn;
        Order became = 0;
    };
    /// A pageblock that changed its type other than by a steal.
    struct Retyped {
        Pfn pfn = no_pfn;
        MigrateType from{}, to{};
    };
    std::optional<Locked> locked;
    std::vector<Freed> freed;
    std::vector<Retyped> retyped;
    void clear() { locked.reset(), freed.clear(), retyped.clear(); }
};

}  // namespace mm
