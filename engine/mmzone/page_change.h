// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to a struct page in use, told as it happens: SetPageX and ClearPageX, and _mapcount. One event a change,
// of as many flags as change together: a and b are the words before and after.
//
//      page_flags      pfn 0x1a2b  a: swapbacked|uptodate   b: swapbacked|uptodate|lru      SetPageLRU
//      page_mapcount   pfn 0x1a2b  a: -1   b: 0                                             mapped for the first time
//
// Events of references (get_page, put_page) are the page allocator's: page_ref_mod. What clears flags of a page that
// goes free is told by who frees it. Flags that boot gives to stretches of memory are told as stretches.
#pragma once

#include "engine/mmzone/page_columns.h"
#include "engine/types/trace.h"

namespace mm {

inline void tell_page_change(const Tracer& trace, EventKind kind, Pfn p, std::uint64_t before, std::uint64_t after) {
    Event e;
    e.kind = kind;
    e.touched = phys_of(PfnRange{p, p + 1});
    e.a = before, e.b = after;
    trace.event(e);
}

/// Flags of one frame: those of set are set, those of clear are cleared. Nothing is told of what was so already.
inline void change_flags(PageColumns& pages, Pfn p, std::uint32_t set, std::uint32_t clear, const Tracer& trace) {
    const std::uint32_t before = pages.flags(p), after = (before & ~clear) | set;
    if (after == before) return;
    if (const std::uint32_t gone = before & ~after) pages.clear_flags(p, gone);
    if (const std::uint32_t come = after & ~before) pages.set_flags(p, come);
    if (trace) tell_page_change(trace, EventKind::page_flags, p, before, after);
}

/// page->_mapcount, from -1: mapped nowhere.
inline void change_mapcount(PageColumns& pages, Pfn p, std::int32_t by, const Tracer& trace) {
    const std::int32_t before = pages.mapcount(p);
    pages.set_mapcount(p, before + by);
    if (trace)
        tell_page_change(trace, EventKind::page_mapcount, p, static_cast<std::uint64_t>(std::int64_t{before}),
                         static_cast<std::uint64_t>(std::int64_t{before + by}));
}

}  // namespace mm
