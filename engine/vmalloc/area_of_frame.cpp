// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmalloc/area_of_frame.h"

#include <algorithm>

namespace mm {
namespace {

bool maps(const VmArea& area, Pfn pfn) {
    if (area.flags & vm::ioremap) return pfn >= pfn_down(area.phys) && pfn < pfn_up(area.phys + area.size());
    return std::find(area.pages.begin(), area.pages.end(), pfn) != area.pages.end();
}

}  // namespace

std::optional<VirtAddr> area_of_frame(const VmallocState& state, Pfn pfn) {
    if (!state.up) return std::nullopt;
    const bool owned = state.owns(pfn);
    for (const auto& [start, area] : *state.busy)
        if (owned == ((area.flags & vm::alloc) != 0) && maps(area, pfn)) return start;
    return std::nullopt;
}

}  // namespace mm
