// SPDX-License-Identifier: GPL-3.0-or-later
// The log lines of free_area_init(), in the words of the kernel's version: zone ranges, early memory, nodes, and what
// each zone costs. Private to mmzone. mm/page_alloc.c (mm/mm_init.c from 6.3 on), 2.6.32 to 6.16.
#pragma once

#include <map>

#include "engine/mmzone/mem_ranges.h"
#include "engine/mmzone/zone.h"

namespace mm {

class ZoneLines {
public:
    ZoneLines(const KernelProfile& profile, const Tracer& trace) : m_profile(profile), m_trace(trace) {}

    void zone_title() const;
    void zone_range(ZoneType type, PfnRange frames) const;
    void movable_starts(const std::map<Nid, Pfn>& starts) const;
    void early_memory(const std::vector<MemRange>& memory) const;
    void initmem(Nid nid, PfnRange span) const;

    void totalpages(const Node& node) const;
    /// What was taken off a zone's pages: its memmap (if it fits), and reserved in the first zone.
    void taken(ZoneType type, NrPages memmap, NrPages left, bool first_zone, NrPages reserved) const;
    /// "  DMA32 zone: 126974 pages, LIFO batch:31"; batch follows from the pages the zone counts as its own.
    void batch(ZoneType type, NrPages pages, NrPages managed) const;

private:
    std::string mem_text(PfnRange r) const;

    const KernelProfile& m_profile;
    const Tracer& m_trace;
};

/// zone_batchsize(): pages that go to or from a CPU's list at once.
NrPages zone_batchsize(const KernelProfile& profile, NrPages managed);

}  // namespace mm
