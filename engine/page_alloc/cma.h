// SPDX-License-Identifier: GPL-3.0-or-later
// Memory set aside for large contiguous requests, lent to movable pages until it is asked for.
//
//      area     [ lent to movable pages ............ ]
//      alloc    [ the caller's ][ lent ............. ]     who was there has moved
//
// Follows mm/cma.c (cma_alloc, cma_release), Linux 6.1; order_per_bit is 0, as for the default area.
#pragma once

#include <map>

#include "engine/page_alloc/contig_range.h"

namespace mm {

/// struct cma of all areas: what is handed out, and how often that went well (cma_alloc_success, cma_alloc_fail).
struct CmaState {
    std::map<Pfn, NrPages> taken;  ///< by first frame: allocations; one released in part is told in parts
    std::uint64_t success = 0, fail = 0;
    friend bool operator==(const CmaState&, const CmaState&) = default;
};

class Cma {
public:
    Cma(CmaState& state, const std::vector<PhysRange>& areas, ContigRange& contig, const Tracer& trace)
        : m_state(state), m_areas(areas), m_contig(contig), m_trace(trace) {}

    /// cma_alloc() of the default area, aligned to 2^align pages: the first frame; nothing: too much of every place is
    /// in use for good. Error: there is no area, or no pages are asked for.
    Outcome<std::optional<Pfn>> alloc(NrPages count, Order align);
    /// cma_release(). Error: not all of it was handed out.
    Outcome<Done> release(Pfn pfn, NrPages count);

private:
    std::optional<Pfn> free_place(PfnRange area, Pfn from, NrPages count, NrPages align) const;

    CmaState& m_state;
    const std::vector<PhysRange>& m_areas;
    ContigRange& m_contig;
    const Tracer& m_trace;
};

/// Why a frame is not a caller's of alloc_pages(), or nothing.
Broken cma_owner_of(const CmaState& state, Pfn pfn);

}  // namespace mm
