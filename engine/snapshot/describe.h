// SPDX-License-Identifier: GPL-3.0-or-later
// Events in words, for lists, logs and "what just happened" cards. English only, no ink: the window translates and
// colours.
#pragma once

#include <string>

#include "engine/snapshot/history.h"

namespace mm {

/// "0x1000000-0x43fffff" as the kernel prints ranges (inclusive end); "" for an empty range.
std::string range_text(PhysRange range);
/// "4 KiB", "2.5 GiB": at most one decimal, binary units.
std::string size_text(Bytes bytes);
/// "memblock_reserve [mem 0x1000000-0x43fffff] kernel image", "mm_page_alloc pfn 0x1a8c1 order 0 Movable".
std::string describe(const RecordedEvent& event);

}  // namespace mm
