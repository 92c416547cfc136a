// SPDX-License-Identifier: GPL-3.0-or-later
// The free lists of a zone as rows of blocks in list order: the head first, which is what an allocation takes.
//
//      order 3   M   [0x1a8c0][0x1b010][0x0f008] + 12 more
//                U   [0x00f10]
#pragma once

#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct BuddyRow {
    unsigned order = 0;
    MigrateType type{};
    NrPages blocks = 0;       ///< of the whole list
    std::vector<Pfn> heads;   ///< the first of them
    std::vector<bool> fresh;  ///< as long as heads: was not on this list a moment before

    PfnRange frames(std::size_t block) const { return {heads[block], heads[block] + (Pfn{1} << order)}; }
    friend bool operator==(const BuddyRow&, const BuddyRow&) = default;
};

/// A row per order and per migratetype that has blocks anywhere in the zone (movable, where none has), by order.
/// before: the same zone a moment before, with its frames; null: nothing counts as fresh.
std::vector<BuddyRow> buddyRows(const SnapshotPtr& snapshot, ZoneRef zone, std::size_t most, const SnapshotPtr& before);

}  // namespace mm::gui
