// SPDX-License-Identifier: GPL-3.0-or-later
// The maps of two boots as pairs of strips, one above the other, and the stretches in which they differ.
//
//      e820, real       [usable      ][reserved]
//      e820, computed   [usable         ][resvd]
//      differs                       ###
#pragma once

#include "gui/models/differences.h"
#include "gui/models/strips.h"

namespace mm::gui {

struct MapPair {
    QString title;                   ///< "e820"
    Strip left, right;               ///< pieces' inks are MapPairs::strips.inks
    std::vector<PhysRange> differs;  ///< sorted, disjoint
};

struct MapPairs {
    std::vector<MapPair> pairs;
    Strips strips;  ///< inks only, for painting
    Bytes differing() const;
};

/// e820, nodes, zones; a pair that neither side has is left out.
MapPairs mapPairs(const Comparison& comparison);

/// Where two lists of pieces do not show the same ink.
std::vector<PhysRange> differingRanges(const std::vector<Piece>& left, const std::vector<Piece>& right);

}  // namespace mm::gui
