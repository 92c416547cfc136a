// SPDX-License-Identifier: GPL-3.0-or-later
// Which frame is which page of which CPU's unit in per-CPU memory. Of the first chunk, which boot took from memblock,
// by pcpu_embed_first_chunk(): units in the direct map; of later chunks the pages that
// pcpu_populate_chunk() put there (mm/percpu.c, mm/percpu-vm.c, Linux 6.1).
#pragma once

#include <optional>

#include "engine/snapshot/machine_state.h"

namespace mm {

struct PercpuPart {
    ChunkId chunk = no_chunk;
    unsigned cpu = 0, page = 0;  ///< page: of the chunk
    friend bool operator==(const PercpuPart&, const PercpuPart&) = default;
};

/// no_pfn: there is no memory yet. REQUIRES: the chunk is there.
Pfn percpu_frame(const MachineState& state, const PercpuPart& part);
/// Nothing: the frame is no part of a chunk. Static variables' frames are not.
std::optional<PercpuPart> percpu_part_of(const MachineState& state, Pfn pfn);

}  // namespace mm
