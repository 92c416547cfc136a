// SPDX-License-Identifier: GPL-3.0-or-later
// Why a command of the slab allocator got its object: size class and cache, where the cache had the object, and where
// the object lies. Told from the counters before and after, as CONFIG_SLUB_STATS would show them.
//
//      CacheChosen ─► ObjectSource ─► [facts of the page allocator, if a slab was made] ─► ObjectAnswer
#pragma once

#include <optional>
#include <vector>

#include "engine/page_alloc/explain.h"
#include "engine/sim/command.h"

namespace mm {

struct SlabMoments {
    const SlabState& before;
    const SlabState& after;
    const PageColumns& pages;  ///< after
    const KernelProfile& profile;
};

/// Puts them around the facts that are there; nothing if the command asks for no object. object: what it answered.
void add_slab_facts(const Command& command, const SlabMoments& moments, std::optional<PhysAddr> object,
                    std::vector<WhyFact>& facts);

}  // namespace mm
