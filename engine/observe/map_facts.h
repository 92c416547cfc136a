// SPDX-License-Identifier: GPL-3.0-or-later
// What a kernel's log, real or computed, says of where things are in physical memory, so that two of them can be drawn
// above each other: the firmware's map as the kernel changed it, the nodes' memory, the zones' extents.
//
//      BIOS-e820: [mem 0x0-0x9fbff] usable  ...                            firmware's map
//      e820: update [mem 0x0-0xfff] usable ==> reserved, e820: remove ...  changes, in the log's order
//      node   0: [mem 0x1000-0x9efff]                                      "Early memory node ranges"
//      DMA      [mem 0x1000-0xffffff]                                      "Zone ranges"
//
// A map that the kernel prints again as a whole ("user:", "modified:") replaces what was gathered before it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/firmware/machine.h"

namespace mm {

struct NodeRange {
    Nid nid = 0;
    PhysRange range;
    friend bool operator==(const NodeRange&, const NodeRange&) = default;
};

struct ZoneRange {
    std::string zone;  ///< "DMA32"
    PhysRange range;
    friend bool operator==(const ZoneRange&, const ZoneRange&) = default;
};

struct MapFacts {
    std::vector<E820Entry> e820;  ///< sorted and disjoint
    std::vector<NodeRange> nodes;
    std::vector<ZoneRange> zones;
    friend bool operator==(const MapFacts&, const MapFacts&) = default;
};

/// REQUIRES: lines without prefixes.
MapFacts map_facts(std::span<const std::string_view> lines);

}  // namespace mm
