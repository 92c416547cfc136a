// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hotplug/hotplug_state.h"

#include <algorithm>

namespace mm {

const AddedMemory* added_with(const HotplugState& state, Pfn pfn) {
    const auto& added = *state.added;
    const auto after = std::upper_bound(added.begin(), added.end(), phys_of(pfn),
                                        [](PhysAddr at, const AddedMemory& one) { return at < one.range.start; });
    if (after == added.begin()) return nullptr;
    const AddedMemory& one = *std::prev(after);
    return one.range.contains(phys_of(pfn)) ? &one : nullptr;
}

std::int64_t pages_since_boot(const HotplugState& state) {
    std::int64_t pages = 0;
    for (const AddedMemory& one : *state.added)
        pages += static_cast<std::int64_t>(pfn_down(one.range.size()));
    for (const ZoneFrames& block : state.offline)
        pages -= static_cast<std::int64_t>(block.frames.size());
    return pages;
}

}  // namespace mm
