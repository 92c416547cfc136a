// SPDX-License-Identifier: GPL-3.0-or-later
// Where high memory's picture has what: physical memory as a bar, the pkmap window as a grid of slots, and a row of
// fixmap slots for each CPU. Geometry only, in pixels.
//
//      [ lowmem          |   highmem  ' '  '    ]     ticks: frames that are mapped now
//      pkmap 0xff800000  [ ][#][#][:][ ][ ][ ]...     # has users   : waits for a flush
//      CPU 0             [#][ ][ ]...                 kmap_local(), the last one is unmapped first
#pragma once

#include <QRectF>
#include <optional>
#include <vector>

#include "engine/highmem/highmem_state.h"
#include "gui/style/theme.h"

namespace mm::gui {

/// A slot of the pkmap window, or one of a CPU.
struct SlotRef {
    std::optional<unsigned> cpu;  ///< none: of the pkmap window
    unsigned index = 0;
    friend bool operator==(const SlotRef&, const SlotRef&) = default;
};

struct SlotsLayout {
    QRectF physical;                                        ///< the bar
    double pkmapCaption = 0, localCaption = 0, legend = 0;  ///< tops of lines of words
    QRectF grid;                                            ///< of the pkmap window
    unsigned columns = 1;
    double cell = 0;  ///< a slot's side with its gap
    double localFrom = 0, localLeft = 0;
    double height = 0;

    static SlotsLayout fit(const HighmemWindow& window, const Theme& theme, double width);
    QRectF rectOf(const SlotRef& slot) const;
    std::optional<SlotRef> slotAt(const HighmemWindow& window, QPointF at) const;
};

/// The frame that is mapped there; no_pfn: none. A pkmap slot keeps its frame until the flush.
Pfn frameIn(const HighmemState& state, const SlotRef& slot);
VirtAddr addressOf(const HighmemWindow& window, const SlotRef& slot);
/// Slots with a frame, those of the pkmap window first.
std::vector<SlotRef> mappedSlots(const HighmemState& state);

}  // namespace mm::gui
