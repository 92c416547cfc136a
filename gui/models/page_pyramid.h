// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of page frames by category, per pageblock and per 8, 64, 512 ... pageblocks, so that a picture of any scale is
// drawn without looking at every frame and a minority never disappears: counts and not maxima.
//
//      tier 1    [ hole 0  movable 3999  unmovable 97 ... ]                        8 pageblocks
//      tier 0    [ ..... ][ ....... ][ ....... ][ ....... ] ...                    1 pageblock = 512 frames
//      frames    classified again on demand (categories()), never stored
//
// What is asked for between two tiers is the sum of a few nodes of the lower one.
//
// Invariant: a node is the sum of its children; tier 0 equals classify() of the snapshot last given to update().
// update() looks only at pageblocks whose image changed: sections and blocks are compared by identity, and the snapshot
// before is kept alive so that an address cannot come back with other contents.
#pragma once

#include <vector>

#include "gui/models/page_pyramid_modes.h"

namespace mm::gui {

class PagePyramid {
public:
    struct Change {
        bool all = false;
        std::vector<Pfn> blocks;  ///< first frames of changed pageblocks, ascending; empty if all
    };
    /// Makes the counts those of this snapshot and colouring.
    Change update(const SnapshotPtr& snapshot, ColourMode mode, unsigned parameter = 0);

    const Snapshot* snapshot() const { return m_snapshot.get(); }
    const ModeInfo& mode() const { return *m_mode; }
    const Ground& ground() const { return m_ground; }
    Pfn end() const { return m_ground.end; }
    unsigned categories() const { return m_mode->categories; }
    using Counts = std::array<NrPages, maxCategories>;
    /// Counts by category of the 2^level pageblocks number index; all zero beyond the end.
    Counts counts(unsigned level, std::size_t index) const;
    /// The same of the whole machine.
    const Counts& totals() const { return m_totals; }
    /// The category of each frame of a pageblock: filled in, with -1 returned, or returned where all are equal.
    int classify(Pfn first, BlockCategories& out) const;

private:
    template<class Node>
    void add(std::span<const Node> nodes, std::size_t first, std::size_t last, Counts& sum) const;
    void rebuild();
    const BlockTally* tallyOf(Pfn first) const;
    void recount(std::size_t block, std::uint16_t* counts) const;
    void correct(std::size_t block);
    std::vector<Pfn> changedBlocks(const Snapshot& before) const;
    void follow(std::vector<Pfn>& blocks, const Snapshot& before);
    void fetch(const FrozenPages& was, const FrozenPages& is, Pfn first) const;

    SnapshotPtr m_snapshot;
    const ModeInfo* m_mode = &colourMode(ColourMode::migrateType);
    unsigned m_parameter = 0;
    Ground m_ground;
    std::vector<std::uint16_t> m_blocks;              ///< tier 0: nodes of categories() counts each
    std::vector<std::vector<std::uint32_t>> m_tiers;  ///< tier 1 and up
    Counts m_totals{};
};

}  // namespace mm::gui
