// SPDX-License-Identifier: GPL-3.0-or-later
// Where there is memory to draw: stretches of frames with the large empty ones between them left out, and positions
// along them ("linear": as if the stretches lay side by side), in which zooming and panning are done.
//
//      pfn      0          0x80000                       0x100000       0x180000
//      memory   [###########)        no memory           [##############)
//      linear   0           0x80000                                     0x100000
//
// All ends are multiples of a pageblock.
#pragma once

#include <vector>

#include "gui/models/page_pyramid_modes.h"

namespace mm::gui {

class Extents {
public:
    Extents() = default;
    explicit Extents(const Ground& ground);

    const std::vector<PfnRange>& parts() const { return m_parts; }
    NrPages size() const { return m_size; }  ///< frames in all parts
    bool empty() const { return m_parts.empty(); }
    /// A frame in a left-out gap stands at the end of the part before.
    NrPages toLinear(Pfn pfn) const;
    /// REQUIRES: !empty(). Positions beyond the end are clamped to the last frame.
    Pfn fromLinear(NrPages position) const;
    /// The parts, or their pieces, inside the range: whole pageblocks. Everything for an empty range.
    std::vector<PfnRange> visible(PfnRange range) const;
    friend bool operator==(const Extents&, const Extents&) = default;

private:
    std::vector<PfnRange> m_parts;
    NrPages m_size = 0;
};

}  // namespace mm::gui
