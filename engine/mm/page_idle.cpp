// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_idle.h"

#include <algorithm>

#include "engine/mm/rmap.h"

namespace mm {
namespace {

constexpr std::uint32_t pg_idle = bit(PageFlag::idle), pg_young = bit(PageFlag::young);

/// page_idle_clear_pte_refs().
void clear_references(const MmContext& c, Pfn folio) {
    const UserTables tables(c);
    bool referenced = false;
    for (const MappedAt& place : rmap_walk(c.state, folio)) {
        UserPte pte = decode(c.paging(), place.at.entry, place.at.level);
        if (!pte.young) continue;
        pte.young = false;
        tables.set(place.at, encode(c.paging(), pte, place.at.level));
        referenced = true;
    }
    if (referenced) c.change(folio, pg_young, pg_idle);
}

/// Calls visit(folio) for each frame of a page on an LRU list, as often as it has frames there.
template<class Visit>
void each_page(const MmContext& c, PfnRange frames, Visit visit) {
    const Pfn end = std::min<Pfn>(frames.end, c.columns().end_pfn());
    for (Pfn p = frames.start; p < end; ++p)
        if (const Pfn folio = c.state.folio_of(p); page_lru(c.columns(), folio)) visit(folio);
}

}  // namespace

NrPages mark_idle(const MmContext& c, PfnRange frames) {
    NrPages marked = 0;
    each_page(c, frames, [&](Pfn folio) {
        clear_references(c, folio);
        c.set_flags(folio, pg_idle);
        ++marked;
    });
    return marked;
}

NrPages count_idle(const MmContext& c, PfnRange frames) {
    NrPages idle = 0;
    each_page(c, frames, [&](Pfn folio) {
        if (!(c.columns().flags(folio) & pg_idle)) return;
        clear_references(c, folio);
        idle += (c.columns().flags(folio) & pg_idle) != 0;
    });
    return idle;
}

}  // namespace mm
