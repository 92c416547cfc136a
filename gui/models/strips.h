// SPDX-License-Identifier: GPL-3.0-or-later
// What the physical address map draws: aligned strips, one per table of the kernel, each a list of pieces with what
// they are called and where the kernel keeps them. Says what kind of ink a piece needs, never a colour.
#pragma once

#include <QString>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

enum class InkKind { e820, memory, owner, leaf, node, zone, resource };

/// What a colour stands for; the legend has one entry for each.
struct StripInk {
    InkKind kind = InkKind::memory;
    std::uint32_t value = 0;  ///< E820Type, Nid, ZoneType, bytes of a leaf >> page_shift
    QString name;             ///< "usable", "kernel image", "2 MiB"
    Bytes total = 0;          ///< in the first strip that shows it
};

struct Piece {
    PhysRange range;
    std::uint32_t ink = 0;   ///< index into Strips::inks
    std::uint8_t depth = 0;  ///< of /proc/iomem: drawn lower
};

struct Strip {
    const char* id = "";      ///< "reserved"
    const char* title = "";   ///< "memblock reserved"
    const char* source = "";  ///< "memblock.reserved, mm/memblock.c"
    QString empty;            ///< what will fill it
    std::vector<Piece> pieces;
};

struct Strips {
    std::vector<Strip> strips;
    std::vector<StripInk> inks;
};

Strips makeStrips(const Snapshot& snapshot);
/// The same strips for both, seen without making them: what runs after the boot changes page frames alone.
bool sameStrips(const Snapshot& a, const Snapshot& b);

/// Where a strip is not what it was: pieces of either that the other has not, ascending as they come.
std::vector<PhysRange> differingPieces(const Strips& was, const Strips& is, std::size_t strip);

/// Of several pieces at that address the innermost; null if none.
const Piece* pieceAt(const Strip& strip, PhysAddr address);

}  // namespace mm::gui
