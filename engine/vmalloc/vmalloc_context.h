// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation of vmalloc works on, and what a request says.
#pragma once

#include <functional>
#include <string>

#include "engine/page_alloc/page_allocator.h"
#include "engine/pgtable/page_tables.h"
#include "engine/vmalloc/vmalloc_state.h"

namespace mm {

struct VmRequest {
    Gfp gfp = gfp::GFP_KERNEL;
    Nid nid = no_node;  ///< no_node: near the CPU
    unsigned cpu = 0;
    std::string caller{};
    Bytes align = 1;  ///< of what vmalloc() answers
    friend bool operator==(const VmRequest&, const VmRequest&) = default;
};

/// Where descriptors come from: the slab allocator, which is a sibling and not included here. None set: they cost
/// nothing.
struct VmallocMetadata {
    enum class Kind { vmap_area, vm_struct, page_array };
    std::function<std::optional<PhysAddr>(Kind, Bytes, const VmRequest&)> alloc;
    std::function<void(Kind, PhysAddr, unsigned cpu)> free;
};

/// Fault injection, for tests: should_fail_alloc_page() of the pages that are mapped, and of those for tables.
struct VmallocFaults {
    std::function<bool()> pages, tables{};
};

/// References to the caller's state, which outlives every operation.
struct VmallocContext {
    VmallocState& state;
    PageAllocator& allocator;
    AllocState pages;
    const VmallocMetadata* metadata = nullptr;
    const VmallocFaults* faults = nullptr;
    PageTables* tables = nullptr;  ///< the kernel's; null: areas are not mapped
};

}  // namespace mm
