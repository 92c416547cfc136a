// SPDX-License-Identifier: GPL-3.0-or-later
// vmalloc: pages that lie anywhere, side by side in the kernel's own window of virtual addresses; and devices' memory
// mapped there.
//
//      virtual    VMALLOC_START  [ p0 ][ p1 ][ p2 ]|guard|[ dev ]|guard|     free ...
//                                   |     |     |            |
//      physical   [..p1..][....p0....][...p2...]         0xfed00000
//
// Failures of the kernel (no memory, no room in the window) are empty results, after its messages; errors are the
// user's (an address that is no area). check() holds after each operation and each event.
// Follows mm/vmalloc.c and arch/x86/mm/ioremap.c, Linux 6.1; what is left out stands in README.md of this folder.
#pragma once

#include "engine/vmalloc/vmalloc_context.h"

namespace mm {

class VmapAreas;

class VmallocAllocator {
public:
    explicit VmallocAllocator(const VmallocContext& context) : m_c(context) {}

    /// vmalloc_init(). Error: no memory for descriptors; nothing is left behind.
    Outcome<Done> vmalloc_init(const VmallocWindow& window, const Tracer& trace = {});

    /// vmalloc(), and vzalloc() with __GFP_ZERO. Error: no bytes.
    Outcome<std::optional<VirtAddr>> vmalloc(Bytes size, const VmRequest& request, const Tracer& trace = {});
    /// vfree(). Error: the address is not one that vmalloc() answered.
    Outcome<Done> vfree(VirtAddr address, unsigned cpu = 0, const Tracer& trace = {});
    /// vmap() of allocated pages, which stay their owner's. Error: one is not allocated.
    Outcome<std::optional<VirtAddr>> vmap(const std::vector<Pfn>& pages, const VmRequest& request,
                                          const Tracer& trace = {});
    Outcome<Done> vunmap(VirtAddr address, unsigned cpu = 0, const Tracer& trace = {});
    /// ioremap(): nothing for memory the kernel uses. Error: no bytes, or beyond the end of addresses.
    Outcome<std::optional<VirtAddr>> ioremap(PhysAddr phys, Bytes size, const VmRequest& request,
                                             const Tracer& trace = {});
    Outcome<Done> iounmap(VirtAddr address, unsigned cpu = 0, const Tracer& trace = {});
    /// vm_unmap_aliases(): what waits is flushed and free again.
    void vm_unmap_aliases(unsigned cpu = 0, const Tracer& trace = {});

    /// pcpu_get_vm_areas(): areas at these distances from one base, which is answered by their starts; the highest
    /// place, nothing mapped yet. Empty: no room or no memory. REQUIRES: ranges aligned and apart.
    std::vector<VirtAddr> pcpu_get_vm_areas(const std::vector<VirtRange>& wanted, Bytes align, const VmRequest& request,
                                            const Tracer& trace = {});
    void pcpu_free_vm_areas(const std::vector<VirtAddr>& starts, unsigned cpu, const Tracer& trace = {});
    /// Pages of others in such an area; false: no memory for a table, what is mapped so far stays so.
    bool map_into(VirtAddr at, std::span<const Pfn> frames, unsigned cpu, const Tracer& trace = {});
    void unmap_from(VirtRange range, unsigned cpu, const Tracer& trace = {});

    Broken check() const;

private:
    bool cut_congruent(const std::vector<VirtRange>& taken, VmapAreas& areas, unsigned cpu);
    VmArea* get_vm_area(Bytes size, Bytes align, VmFlags flags, const VmRequest& request, VmapAreas& areas);
    std::optional<VirtAddr> vmalloc_node(Bytes size, const VmRequest& request, const Tracer& trace);
    bool get_array(VmArea& area, const VmRequest& request, const Tracer& trace);
    bool get_pages(VmArea& area, const VmRequest& request, const Tracer& trace);
    void remove(VirtAddr address, unsigned cpu, const Tracer& trace);
    void free_area(VirtAddr address, unsigned cpu, const Tracer& trace);
    std::optional<VirtAddr> undo_area(VirtAddr address, unsigned cpu, const Tracer& trace);
    Outcome<Done> unmap(VirtAddr address, VmFlags kind, EventKind undone, unsigned cpu, const Tracer& trace);
    void give_pages_back(const VmArea& area, unsigned cpu, const Tracer& trace);
    Broken not_of(VirtAddr address, VmFlags kind) const;
    void own(Pfn pfn, bool owned);

    VmallocContext m_c;
};

/// VmallocAllocator::check() for those who only look.
Broken check_vmalloc(const VmallocState& state, const PageColumns& pages, const PageTables* tables);
/// Why a frame is not the page allocator's caller's to free; nothing if vmalloc() does not have it.
Broken vmalloc_owner_of(const VmallocState& state, Pfn pfn);

}  // namespace mm
