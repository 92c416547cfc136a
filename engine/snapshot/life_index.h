// SPDX-License-Identifier: GPL-3.0-or-later
// The lives of all frames, and that of one. For each pageblock what happened to blocks in it is kept, 8 bytes an entry;
// a question reads the entries of one pageblock and nothing else:
//
//      pageblock 24   [5606 refilled 206 0<1 | 5608 handed_out 206 0 | ...]
//      pageblock 25   [...]
//
// A block that spans pageblocks is entered in each. Written by whoever sees block events: replay/block_watch.h,
// snapshot/machine_lives.h.
#pragma once

#include <vector>

#include "engine/snapshot/block_event.h"

namespace mm {

/// One line of a frame's life.
struct LifeLine {
    enum class Role : std::uint8_t { itself, split, merged };  ///< or the free block it lay in was split, or grew
    BlockEvent what;
    Role role = Role::itself;
};
std::string_view name_of(LifeLine::Role role);
/// What the line says, without event and task: "free: its block grows to 0..31 (order 5) on Movable".
std::string text_of(const LifeLine& line, Pfn pfn);

/// A pageblock became another type.
struct TypeChange {
    Position event = 0;
    Pfn first = 0;
    MigrateType from{}, to{};
};

class LifeIndex {
public:
    /// REQUIRES: no event before the last one's.
    void enter(const BlockEvent& e);
    /// Forgets that event and everything after it.
    void cut(Position event);

    /// All that happened to the frame, in order.
    std::vector<LifeLine> life_of(Pfn pfn) const;
    /// What happened to blocks in the 512 frames from first on, in order: see(BlockEvent) until it returns false.
    template<class See>
    void each(Pfn first, See see) const {
        if (first / pageblock_pages >= m_blocks.size()) return;
        for (const Entry& entry : m_blocks[first / pageblock_pages])
            if (!see(decoded(entry, first))) return;
    }
    bool untouched(Pfn first) const {
        return first / pageblock_pages >= m_blocks.size() || m_blocks[first / pageblock_pages].empty();
    }
    const std::vector<TypeChange>& changes() const { return m_changes; }
    std::size_t entries() const;
    std::size_t bytes() const { return entries() * sizeof(Entry); }

private:
    struct Entry {
        std::uint32_t event;
        std::uint32_t kind : 4, offset : 9, order : 4, other : 4, type : 3, type2 : 3, away : 1;
    };
    static_assert(sizeof(Entry) == 8 && nr_block_event_kinds <= 16 && pageblock_pages == 512);

    static BlockEvent decoded(const Entry& entry, Pfn first);

    std::vector<std::vector<Entry>> m_blocks;  ///< by 512 frames
    std::vector<TypeChange> m_changes;
};

}  // namespace mm
