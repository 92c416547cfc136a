// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/folio.h"

namespace mm {

void put_user_page(const MmContext& c, Pfn p) {
    PageColumns& pages = c.columns();
    if (pages.refcount(p) == 1) {
        c.lru().release(p);
        if (pages.flags(p) & bit(PageFlag::mlocked)) --c.zone_counters(p).nr_mlock;
        c.clear_flags(p, ~bit(PageFlag::head));
        c.state.mappings.set(p, {});
    }
    c.put_page(p);
}

void set_page_dirty(const MmContext& c, Pfn p) {
    if (c.columns().flags(p) & bit(PageFlag::dirty)) return;
    c.set_flags(p, bit(PageFlag::dirty));
    if (c.state.mappings[p].kind != MappingKind::file) return;
    ++c.counters(p).nr_file_dirty;
    ++c.zone_counters(p).nr_write_pending;
    ++c.file(c.state.mappings[p].id).dirty;
}

bool clear_page_dirty(const MmContext& c, Pfn p) {
    if (!(c.columns().flags(p) & bit(PageFlag::dirty))) return false;
    c.clear_flags(p, bit(PageFlag::dirty));
    if (c.state.mappings[p].kind == MappingKind::file) {
        --c.counters(p).nr_file_dirty;
        --c.zone_counters(p).nr_write_pending;
        --c.file(c.state.mappings[p].id).dirty;
    }
    return true;
}

}  // namespace mm
