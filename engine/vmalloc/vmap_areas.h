// SPDX-License-Identifier: GPL-3.0-or-later
// Stretches of addresses: taken from the lowest place that fits, and freed lazily.
//
//      take ◄── free tree ◄── purge (TLBs flushed) ◄── waits ◄── give back
//
// Follows alloc_vmap_area(), free_vmap_area_noflush() and __purge_vmap_area_lazy() of mm/vmalloc.c, Linux 6.1. Private
// to vmalloc.
#pragma once

#include "engine/vmalloc/vmalloc_context.h"

namespace mm {

class VmapAreas {
public:
    VmapAreas(const VmallocContext& c, const Tracer& trace) : m_c(c), m_trace(trace) {}

    /// alloc_vmap_area(), without putting it among the busy ones. REQUIRES: whole pages, align a power of two.
    std::optional<VmapArea> take(Bytes size, Bytes align, const VmRequest& request);
    /// Its event, once it is among the busy ones.
    void tell_taken(const VmapArea& area, Bytes align) const;
    /// free_vmap_area_noflush(). REQUIRES: it is no longer among the busy ones.
    void give_back(const VmapArea& area, unsigned cpu);
    /// drain_vmap_area_work(): if more waits than lazy_max_pages().
    void drain_if_due(unsigned cpu);
    /// purge_vmap_area_lazy(); false: nothing waited.
    bool purge(unsigned cpu);

    std::optional<PhysAddr> new_descriptor(const VmRequest& request);
    void drop_descriptor(PhysAddr at, unsigned cpu);

    /// Among the free ones.
    void add_free(const VmapArea& area, unsigned cpu);

private:
    std::optional<VirtAddr> place(Bytes size, Bytes align, const VmRequest& request);

    const VmallocContext& m_c;
    const Tracer& m_trace;
};

}  // namespace mm
