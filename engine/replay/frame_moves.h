// SPDX-License-Identifier: GPL-3.0-or-later
// What a replay does to frames besides asking the allocator: blocks are handed out, stop being blocks, and are fetched
// from wherever they are when the real kernel is known to have had them. Private to replay.
#pragma once

#include "engine/page_alloc/alloc_state.h"

namespace mm {

/// On a free list or a per-CPU list.
inline bool is_free_state(std::uint8_t state) {
    return state_of(state) == PageState::free || state_of(state) == PageState::pcp;
}

class FrameMoves {
public:
    explicit FrameMoves(const AllocState& state) : m_state(state) {}

    Zone& zone(ZoneRef ref) const { return *m_state.zones.zone(ref.nid, ref.type); }
    /// REQUIRES: known(pfn).
    Zone& zone_of(Pfn pfn) const { return zone(m_state.zones.frames_of(pfn)->zone); }
    /// The recording's memory holds the frame.
    bool known(Pfn pfn) const { return pfn < m_state.pages.end_pfn() && m_state.zones.frames_of(pfn) != nullptr; }

    void hand_out(Pfn pfn, Order order, MigrateType type) const;
    /// The frames stop belonging to whatever blocks they were in (split_page() and compaction leave no trace) and are
    /// an allocated block of their own, without flags. False, and nothing done: they are free or unknown.
    bool make_block(Pfn pfn, Order order, MigrateType type) const;
    /// The frames leave the list they are on, and become an allocated block; what was cut off around them stays free.
    /// Nothing to do where they are not free.
    void fetch(Pfn pfn, Order order) const;

private:
    bool leave_blocks(Pfn pfn, Order order) const;

    AllocState m_state;
};

}  // namespace mm
