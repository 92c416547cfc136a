// SPDX-License-Identifier: GPL-3.0-or-later
// Which area maps a frame.
#pragma once

#include <optional>

#include "engine/vmalloc/vmalloc_state.h"

namespace mm {

/// The start of an area that maps the frame: vmalloc()'s own before those that lend it; none: no area does.
std::optional<VirtAddr> area_of_frame(const VmallocState& state, Pfn pfn);

}  // namespace mm
