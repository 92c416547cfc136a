// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/huge_folio.h"

#include <algorithm>

#include "engine/mm/folio.h"
#include "engine/mm/huge_memory.h"
#include "engine/page_alloc/alloc_events.h"

namespace mm {
namespace {

/// What tails take over from the head: __split_huge_page_tail().
constexpr std::uint32_t shared_flags = bit(PageFlag::referenced) | bit(PageFlag::swapbacked) | bit(PageFlag::mlocked) |
                                       bit(PageFlag::uptodate) | bit(PageFlag::active) | bit(PageFlag::workingset) |
                                       bit(PageFlag::unevictable) | bit(PageFlag::dirty);

std::vector<Pfn>& queue_of(const MmContext& c, Pfn head) {
    const auto nid = static_cast<std::size_t>(c.pages.zones.frames_of(head)->zone.nid);
    auto& queues = c.state.thp.queues;
    if (nid >= queues.size()) queues.resize(nid + 1);
    return queues[nid].folios;
}

void leave_queue(const MmContext& c, Pfn head) {
    HugeFolio& folio = c.state.edit_huge_folio(head);
    if (!folio.deferred) return;
    folio.deferred = false;
    std::vector<Pfn>& queue = queue_of(c, head);
    queue.erase(std::find(queue.begin(), queue.end(), head));
}

}  // namespace

std::int32_t folio_mapcount(const MmState& state, const PageColumns& pages, Pfn p) {
    if (!state.is_huge(p)) return pages.mapcount(p) + 1;
    const Pfn head = state.folio_of(p);
    const HugeFolio& folio = state.huge_folio(head);
    std::int32_t maps = folio.compound_mapcount + 1;
    for (Pfn page = head; page < head + state.hpage_nr(); ++page)
        maps += pages.mapcount(page) + 1 - (folio.double_map ? 1 : 0);
    return maps;
}

std::int32_t page_mapcount(const MmState& state, Pfn p, std::int32_t own) {
    const HugeFolio& folio = state.huge_folio(p);
    if (state.mappings[p].kind == MappingKind::hugetlb) return folio.compound_mapcount + 1;
    if (!state.is_huge(p)) return own + 1;
    return own + 1 + folio.compound_mapcount + 1 - (folio.double_map ? 1 : 0);
}

bool folio_mapped(const MmState& state, const PageColumns& pages, Pfn p) {
    if (!state.is_huge(p)) return pages.mapcount(p) >= 0;
    return state.huge_folio(p).compound_mapcount >= 0 || folio_mapcount(state, pages, p) > 0;
}

void deferred_split_huge_page(const MmContext& c, Pfn head) {
    if (c.state.huge_folio(head).deferred) return;
    c.state.edit_huge_folio(head).deferred = true;
    queue_of(c, head).push_back(head);
    ++c.state.events.thp_deferred_split_page;
}

void forget_huge_folio(const MmContext& c, Pfn head) {
    leave_queue(c, head);
    c.state.edit_huge_folio(head) = {};
    const NrPages n = c.state.hpage_nr();
    c.columns().clear_flags(head + 1, n - 1, ~(bit(PageFlag::head) | pg_hwpoison));
    disown(c.state.mappings, c.columns(), {head, head + n});
}

void set_mlocked(const MmContext& c, Pfn head, bool locked) {
    PageColumns& pages = c.columns();
    if (((pages.flags(head) & bit(PageFlag::mlocked)) != 0) == locked) return;
    Lru lru = c.lru();
    const bool linked = lru.has(head);
    if (linked) lru.del(head);
    constexpr std::uint32_t flags = bit(PageFlag::mlocked) | bit(PageFlag::unevictable);
    c.change(head, locked ? flags : 0, locked ? bit(PageFlag::active) : flags);
    if (linked) lru.add(head);
    const NrPages n = c.state.folio_pages(head);
    c.zone_counters(head).nr_mlock += locked ? n : -n;
    (locked ? c.state.events.unevictable_mlocked : c.state.events.unevictable_munlocked) += n;
}

void set_anon_vma(const MmContext& c, Pfn head, AnonVmaId id) {
    c.state.mappings.set_id({head, head + c.state.folio_pages(head)}, id);
}

namespace {

/// __split_huge_page(): single pages, each with a reference for each entry that maps it and one of the caller's.
void break_up(const MmContext& c, Pfn head) {
    PageColumns& pages = c.columns();
    const NrPages n = c.state.hpage_nr();
    const std::uint8_t state = pages.state(head);
    const std::uint32_t flags = pages.flags(head) & shared_flags;
    Lru lru = c.lru();
    const bool linked = lru.has(head);
    const std::uint32_t newer = linked ? pages.link(head).prev : no_link;
    if (linked) lru.del(head);
    pages.clear_flags(head, bit(PageFlag::head));
    for (Pfn p = head; p < head + n; ++p) {
        const std::uint32_t exclusive = pages.mapcount(p) >= 0 ? pages.flags(p) & pg_anon_exclusive : 0;
        pages.set_allocated(p, 0, state);
        pages.set_link(p, {});
        pages.set_refcount(p, pages.mapcount(p) + 2);
        pages.clear_flags(p, ~(flags | exclusive | pg_hwpoison));
        pages.set_flags(p, flags | exclusive);
        if (linked) lru.add_after(p, newer);
    }
    const Zone& zone = *c.pages.zones.zone_of(head);
    if (c.trace)
        c.trace.event(page_event(EventKind::split_page, zone, head, c.state.layout.hpage_order, alloc_type_of(state)),
                      "split_huge_page_to_list");
}

/// The folio's pages in locked areas. REQUIRES: no entry of a PMD maps it.
std::vector<Pfn> pages_in_locked_areas(const MmContext& c, const std::vector<MappedAt>& places) {
    std::vector<Pfn> out;
    for (const MappedAt& place : places)
        if (c.state.mm(place.mm).areas.at(place.area).flags & vma::locked)
            out.push_back(decode(c.paging(), place.at.entry).pfn);
    return out;
}

}  // namespace

bool split_huge_page(const MmContext& c, Pfn head) {
    MmEvents& events = c.state.events;
    if (folio_mapcount(c.state, c.columns(), head) != c.columns().refcount(head)) {
        ++events.thp_split_page_failed;
        return false;
    }
    const HugeMemory huge(c);
    std::vector<MappedAt> places = Rmap(c).walk(head);
    for (const MappedAt& place : places)
        if (place.at.level != PtLevel::pte) huge.split_pmd(c.mm(place.mm), place.address);
    places = Rmap(c).walk(head);
    // unmap_folio() ends each mapping for a moment, which puts the folio on the queue that it leaves here.
    if (!c.state.huge_folio(head).deferred && !places.empty()) ++events.thp_deferred_split_page;
    leave_queue(c, head);
    break_up(c, head);
    c.state.edit_huge_folio(head) = {};
    for (const Pfn p : pages_in_locked_areas(c, places))  // remove_migration_ptes(): a page by itself is locked
        set_mlocked(c, p, true);
    for (Pfn p = head; p < head + c.state.hpage_nr(); ++p)
        put_user_page(c, p);
    ++events.thp_split_page;
    return true;
}

}  // namespace mm
