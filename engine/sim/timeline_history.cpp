// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline's past kept to its budget.
#include "engine/mmzone/differing_blocks.h"
#include "engine/sim/timeline_impl.h"

namespace mm {
namespace {

/// A pageblock in a keyframe: its frames' columns, and what page->mapping and page->private are for processes.
constexpr Bytes block_bytes =
    sizeof(PageBlockImage) + sizeof(PageMappings::Singles::Piece) + sizeof(PageColumn<PhysAddr>::Piece);

}  // namespace

Bytes Timeline::Impl::bytes_of_keyframes() const {
    Bytes bytes = 0;
    const auto& entries = keyframes.entries();
    for (std::size_t i = boot_keyframes; i < entries.size(); ++i)
        bytes += differing_blocks(entries[i - 1].frame.frame.pages, entries[i].frame.frame.pages).size() * block_bytes;
    return bytes;
}

void Timeline::Impl::keep_to_budget() {
    const HistoryShares shares(budget);
    while (keyframes.size() > boot_keyframes + 2 && bytes_of_keyframes() > shares.keyframes)
        thin_keyframes();
    if (system.undo_bytes() > shares.undo) system.forget_undo();
    // A quarter more goes than has to, so that this is not done with each keyframe.
    if (recorder.bytes() > shares.records) recorder.forget_after(boot_end, shares.records / 4 * 3);
}

}  // namespace mm
