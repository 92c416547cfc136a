// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation of the slab allocator works on, and what a request says. Private to slab_common, slab and slub
// but for SlabRequest.
#pragma once

#include <functional>

#include "engine/page_alloc/page_allocator.h"
#include "engine/slab_common/kmem_cache.h"

namespace mm {

struct SlabRequest {
    Gfp gfp = gfp::GFP_KERNEL;
    Nid nid = no_node;  ///< no_node: near the CPU
    unsigned cpu = 0;
    friend bool operator==(const SlabRequest&, const SlabRequest&) = default;
};

/// Fault injection, for tests: should_failslab() and should_fail_alloc_page() of the pages that slabs take.
struct SlabFaults {
    std::function<bool()> object, pages;
};

/// References to the caller's state, which outlives every operation.
struct SlabContext {
    SlabState& state;
    PageAllocator& allocator;
    PageColumns& pages;
    const Zones& zones;
    const KernelProfile& profile;
    const SlabFaults* faults = nullptr;
};

/// should_failslab().
inline bool should_failslab(const SlabContext& c) {
    return c.faults && c.faults->object && c.faults->object();
}

/// The node asked for, or else the CPU's.
inline Nid node_near(const SlabContext& c, const SlabRequest& request) {
    return request.nid == no_node ? c.zones.node_of_cpu(request.cpu) : request.nid;
}

}  // namespace mm
