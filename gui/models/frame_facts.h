// SPDX-License-Identifier: GPL-3.0-or-later
// What a snapshot knows about one page frame, gathered from the rooms and put into words: for hover cards and the
// inspector of struct page.
#pragma once

#include <QString>
#include <optional>

#include "engine/snapshot/frame_block.h"

namespace mm::gui {

struct FrameFacts {
    Pfn pfn = 0;
    bool offline = false;         ///< of a memory block that nobody gets pages of (memory_offline, memory_add)
    bool memory = false;          ///< RAM in memblock (in e820 before that)
    bool hasStruct = false;       ///< its struct page is initialised
    PageRecord record;            ///< REQUIRES: hasStruct
    PageState state{};            ///< none without a struct page
    std::optional<ZoneRef> zone;  ///< none before zone_sizes_init, and outside all zones
    std::optional<MigrateType> pageblock;
    std::optional<FrameBlock> block;
    QString owner;     ///< who reserved it in memblock; "" for nobody
    QString firmware;  ///< what the kernel's e820 table calls it: "usable"; "" for no entry
};

FrameFacts frameFacts(const Snapshot& snapshot, Pfn pfn);
/// "free, in a block of order 10", "in use, Movable, order 0", "reserved: kernel image", "no memory".
QString stateInWords(const FrameFacts& facts);
/// "DMA32 · node 0"; "" without a zone.
QString zoneInWords(const FrameFacts& facts);

}  // namespace mm::gui
