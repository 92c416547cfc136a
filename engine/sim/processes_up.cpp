// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/processes_up.h"

#include "engine/mm/processes.h"
#include "engine/snapshot/layout_of.h"
#include "engine/vmscan/reclaim.h"

namespace mm {
namespace {

using Kind = MmMetadata::Kind;

/// A cache of descriptors; sizes are those of Debian's 6.1 (/proc/slabinfo), on i386 with pointers half as long.
struct DescriptorCache {
    Kind kind;
    const char* name;
    Bytes size, size32;
    bool hw_aligned;
};
constexpr std::array caches{
    DescriptorCache{Kind::task_struct, "task_struct", 6208, 3776, true},
    DescriptorCache{Kind::mm_struct, "mm_struct", 1152, 640, true},
    DescriptorCache{Kind::vm_area_struct, "vm_area_struct", 152, 96, false},
    DescriptorCache{Kind::anon_vma, "anon_vma", 104, 56, false},
    DescriptorCache{Kind::anon_vma_chain, "anon_vma_chain", 64, 32, false},
    DescriptorCache{Kind::inode, "ext4_inode_cache", 1176, 760, false},
    DescriptorCache{Kind::radix_tree_node, "radix_tree_node", 584, 304, false},
};

const DescriptorCache& cache_of(Kind kind) {
    for (const DescriptorCache& c : caches)
        if (c.kind == kind) return c;
    return caches.front();
}

/// The cache's number, made if it is not there; nothing: no memory for it.
std::optional<CacheId> cache_made(SlabAllocator& slabs, const SlabState& state, const DescriptorCache& c, bool wide,
                                  const Tracer& trace) {
    if (const CacheId id = state.find(c.name); id != no_cache) return id;
    CacheRequest request;
    request.name = c.name;
    request.object_size = wide ? c.size : c.size32;
    request.align = wide ? 8 : 4;
    if (c.hw_aligned) request.flags |= slab::hwcache_align;
    const auto made = slabs.kmem_cache_create(request, trace);
    return made ? *made : std::nullopt;
}

}  // namespace

MmLayout mm_layout(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    MmLayout layout;
    layout.paging = state.direct_map.tables.paging().mode;
    switch (layout.paging) {
        case PagingMode::arm64:
            layout.task_size = VirtAddr{1} << 48;
            break;
        case PagingMode::i386:
        case PagingMode::i386_pae:
            layout.task_size = page_offset_of(layout_input_of(machine, profile, state));
            break;
        default:
            layout.task_size = (VirtAddr{1} << 47) - page_size;
    }
    layout.pgd_order = profile.pgd_order;
    return layout;
}

Pfn zero_page_of(const MachineState& state) {
    for (const IomemEntry& entry : state.iomem)
        if (entry.name == "Kernel bss" || entry.name == "Kernel data") return pfn_up(entry.range.start);
    return 0;
}

MmMetadata mm_metadata_from(SlabAllocator& slabs, const SlabState& state, const KernelProfile& profile,
                            const Tracer& trace) {
    const bool wide = profile.long_size == 8;
    MmMetadata metadata;
    metadata.alloc = [&slabs, &state, &trace, wide](Kind kind, unsigned cpu) -> std::optional<PhysAddr> {
        const auto id = cache_made(slabs, state, cache_of(kind), wide, trace);
        if (!id) return std::nullopt;
        const auto object = slabs.kmem_cache_alloc(*id, {gfp::GFP_KERNEL, no_node, cpu}, trace);
        return object ? *object : std::nullopt;
    };
    metadata.free = [&slabs, &state, &trace](Kind kind, PhysAddr at, unsigned cpu) {
        (void)slabs.kmem_cache_free(state.find(cache_of(kind).name), at, cpu, trace);
    };
    return metadata;
}

ProcessSide::ProcessSide(MachineState& state, PageColumns& pages, const KernelProfile& profile,
                         PageAllocator& allocator, const Tracer& trace)
    : m_state(state),
      m_trace(trace),
      m_slabs({state.slab, allocator, pages, state.zones, profile}),
      m_metadata(mm_metadata_from(m_slabs, state.slab, profile, m_trace)),
      m_context{state.processes, allocator, {state.zones, pages, state.stats, profile}, 0, &m_metadata,
                nullptr,         m_trace} {}

void ProcessSide::add_to(MemoryPressure& pressure) const {
    add_pressure(pressure, m_context, m_state.totalram_pages);
}

void ProcessSide::end_command() const {
    Processes(m_context).end_command();
}

}  // namespace mm
