// SPDX-License-Identifier: GPL-3.0-or-later
// Which block a frame belongs to: a free one of the buddy or of a CPU's list, or an allocation.
#pragma once

#include <optional>

#include "engine/snapshot/snapshot.h"

namespace mm {

struct FrameBlock {
    Pfn head = 0;
    Order order = 0;
    bool free = false;
    MigrateType type{};  ///< of the free list, or of the allocation

    PfnRange frames() const { return {head, head + (Pfn{1} << order)}; }
    friend bool operator==(const FrameBlock&, const FrameBlock&) = default;
};

/// None for frames that the page allocator does not have, or that nobody is known of.
std::optional<FrameBlock> block_of_frame(const FrozenPages& pages, Pfn pfn);

}  // namespace mm
