// SPDX-License-Identifier: GPL-3.0-or-later
// The lives of a simulated machine's frames: its own events (types/trace.h) read as what they did to blocks, and the
// events of the boot that concern memory by the stretch.
//
//      expand 10 -> 0, mm_page_alloc_zone_locked      refilled, cut from order 10
//      mm_page_free, merge 0 -> 3                     freed, put on the free lists, merged to order 3
//      mm_migrate_pages                               moved_away and moved_here
//      e820_range_add, memblock_reserve ...           kept by number, asked one by one
#pragma once

#include "engine/snapshot/biography.h"

namespace mm {

class MachineLives {
public:
    /// Reads what is new in the history. REQUIRES: the history has only grown, or was cut where cut() said.
    void update(const History& history);
    /// The future from that event on is gone.
    void cut(Position event);

    const LifeIndex& index() const { return m_index; }
    /// The whole life, from the firmware on. REQUIRES: update() with the snapshot's history.
    Biography biography(Pfn pfn, const Snapshot& now, const Moments& moments) const;

private:
    void read(Position at, const Event& e);
    void enter(Position at, const Event& e, BlockEventKind kind, unsigned other = 0);
    void hold(Position at, const Event& e, BlockEventKind kind);
    void flush();

    LifeIndex m_index;
    std::vector<Position> m_places;        ///< events that concern stretches of memory
    Position m_read = 0;                   ///< events read
    std::optional<BlockEvent> m_freeing;   ///< may yet grow by the merge that follows
    std::optional<BlockEvent> m_cut_from;  ///< the block that the next one is cut from
};

}  // namespace mm
