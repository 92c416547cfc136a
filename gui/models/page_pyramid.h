// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of page frames by category, per pageblock and per 2, 4, 8 ... pageblocks, so that a picture of any scale is
// drawn without looking at every frame and a minority never disappears: counts and not maxima.
//
//      level 2   [ hole 0  movable 1999  unmovable 49 ... ]                        4 pageblocks
//      level 1   [ ................. ][ ................. ]                        2
//      level 0   [ ..... ][ ....... ][ ....... ][ ....... ]                        1 pageblock = 512 frames
//      frames    classified again on demand (categories()), never stored
//
// Invariant: a node is the sum of its two children; level 0 equals classify() of the snapshot last given to update().
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
    unsigned levels() const { return static_cast<unsigned>(m_levels.size()); }
    /// Counts by category of the 2^level pageblocks number index; all zero beyond the end.
    std::span<const std::uint32_t> counts(unsigned level, std::size_t index) const;
    /// The same of the whole machine.
    const std::array<NrPages, maxCategories>& totals() const { return m_totals; }
    /// The category of each frame of a pageblock: filled in, with -1 returned, or returned where all are equal.
    int classify(Pfn first, BlockCategories& out) const;

private:
    void rebuild();
    void recount(std::size_t block);
    void sumUp(unsigned level, std::size_t index);
    std::vector<Pfn> changedBlocks(const Snapshot& before) const;
    void widen(std::vector<Pfn>& blocks, const Snapshot& before) const;

    SnapshotPtr m_snapshot;
    const ModeInfo* m_mode = &colourMode(ColourMode::migrateType);
    unsigned m_parameter = 0;
    Ground m_ground;
    std::vector<std::vector<std::uint32_t>> m_levels;  ///< nodes of categories() counts each
    std::array<NrPages, maxCategories> m_totals{};
};

}  // namespace mm::gui
