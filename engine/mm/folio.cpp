// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/folio.h"

#include "engine/mm/huge_folio.h"
#include "engine/mm/hugetlb.h"

namespace mm {

void put_user_page(const MmContext& c, Pfn p) {
    PageColumns& pages = c.columns();
    const Pfn head = c.state.folio_of(p);
    if (pages.refcount(head) == 1) {
        if (c.state.mappings[head].kind == MappingKind::hugetlb) return Hugetlb(c).free_huge_page(head);
        c.lru().release(head);
        if (pages.flags(head) & bit(PageFlag::mlocked)) c.zone_counters(head).nr_mlock -= c.state.folio_pages(head);
        if (c.state.is_huge(head)) forget_huge_folio(c, head);
        c.clear_flags(head, ~(bit(PageFlag::head) | pg_hwpoison));
        c.state.mappings.set(head, unowned(c.columns(), head));
    }
    c.put_page(head);
}

void set_page_dirty(const MmContext& c, Pfn p) {
    if (c.columns().flags(p) & bit(PageFlag::dirty)) return;
    c.set_flags(p, bit(PageFlag::dirty));
    if (c.state.mappings[p].kind != MappingKind::file) return;
    ++c.counters(p).nr_file_dirty;
    ++c.zone_counters(p).nr_write_pending;
    File& file = c.file(c.state.mappings[p].id);
    if (file.dirty++ == 0) file.dirtied_when = ++c.state.last_dirtied;
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
