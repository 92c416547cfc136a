// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a block in use is a caller's of alloc_pages(), who may give it back, or somebody's who stands on it.
#pragma once

#include "engine/snapshot/snapshot.h"

namespace mm {

/// Whose a frame is, beside callers of alloc_pages() and slabs; nothing: none of theirs. head: of a block.
Broken owner_of_frame(const MachineState& state, Pfn head);

/// True: __free_pages() would take it. False also for frames that are not in use.
bool is_callers_block(const Snapshot& s, Pfn head);

}  // namespace mm
