// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/frame_block.h"

namespace mm {

std::optional<FrameBlock> block_of_frame(const FrozenPages& pages, Pfn pfn) {
    if (pfn >= pages.end_pfn()) return {};
    const PageRecord own = pages.at(pfn);
    const PageState state = state_of(own.state);
    if (state != PageState::free && state != PageState::allocated && state != PageState::pcp) return {};
    // Blocks lie at multiples of their size: one candidate an order.
    for (unsigned order = 0; order < max_orders; ++order) {
        const Pfn head = align_down(pfn, Pfn{1} << order);
        const PageRecord r = head == pfn ? own : pages.at(head);
        if (r.order == not_a_head || r.order < order || state_of(r.state) != state) continue;
        const bool free = state != PageState::allocated;
        return FrameBlock{head, r.order, free, free ? r.list : alloc_type_of(r.state)};
    }
    return {};
}

}  // namespace mm
