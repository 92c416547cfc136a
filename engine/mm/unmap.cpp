// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/unmap.h"

#include "engine/mm/folio.h"
#include "engine/mm/rmap.h"
#include "engine/mm/swapfile.h"

namespace mm {
namespace {

/// What stands in place of the entry.
PtEntry entry_for(const MmContext& c, Mm& mm, Pfn p, bool hwpoison) {
    if (hwpoison) return encode_hwpoison(c.paging(), p);
    if (!page_anon(c.state, p)) return 0;
    const SwapSlot slot = c.state.mappings[p].swap;
    swap_duplicate(c, slot);
    ++mm.count(Rss::swap);
    return encode_swap(c.paging(), slot);
}

}  // namespace

bool try_to_unmap(const MmContext& c, Pfn p, UnmapHow how) {
    const UserTables tables(c);
    const Rmap rmap(c);
    for (const MappedAt& place : rmap.walk(p)) {
        Mm& mm = c.mm(place.mm);
        const Vma& area = mm.areas.at(place.area);
        if ((area.flags & vma::locked) && !how.ignore_mlock) continue;
        if (decode(c.paging(), place.at.entry).dirty) set_page_dirty(c, p);
        tables.set(place.at, entry_for(c, mm, p, how.hwpoison));
        rmap.remove(mm, area, p);
        if (page_anon(c.state, p)) c.clear_flags(p, pg_anon_exclusive);
        c.put_page(p);
    }
    return c.columns().mapcount(p) < 0;
}

}  // namespace mm
