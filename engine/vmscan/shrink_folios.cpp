// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmscan/shrink_folios.h"

#include "engine/mm/buffer_head.h"
#include "engine/mm/filemap.h"
#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/migrate.h"
#include "engine/mm/swapfile.h"
#include "engine/mm/unmap.h"
#include "engine/mm/workingset.h"

namespace mm {

/// The tail of the list, oldest first, so many pages or a few more; pages of zones that are not wanted stay where they
/// are.
std::vector<Pfn> FolioShrinker::isolate(LruVec& vec, LruList list, NrPages count) {
    std::vector<Pfn> taken;
    m_isolated = 0;
    Lru lru = m_c.lru();
    std::uint32_t p = vec.lists[static_cast<std::size_t>(list)].last;
    while (p != no_link && m_isolated < count) {
        const std::uint32_t newer = m_c.columns().link(p).prev;
        if (m_c.pages.zones.frames_of(p)->zone.type <= m_sc.reclaim_idx) {
            lru.del(p);
            taken.push_back(p);
            m_isolated += m_c.state.folio_pages(p);
        }
        p = newer;
    }
    return taken;
}

/// folio_referenced(): the entries' young bits are cleared.
FolioShrinker::Used FolioShrinker::referenced(Pfn p) const {
    Used used;
    const UserTables tables(m_c);
    for (const MappedAt& place : Rmap(m_c).walk(p)) {
        UserPte pte = decode(m_c.paging(), place.at.entry, place.at.level);
        const VmaFlags flags = m_c.state.mm(place.mm).areas.at(place.area).flags;
        const bool part = place.at.level == PtLevel::pte && m_c.state.is_huge(p);  // its pages are looked at later
        if ((flags & vma::locked) && !part) return {0, vma::locked};
        const Pfn folio = m_c.state.folio_of(p);
        if (pte.young) {
            pte.young = false;
            tables.set(place.at, encode(m_c.paging(), pte, place.at.level));
            m_c.clear_flags(folio, bit(PageFlag::idle));
        } else if (!(m_c.columns().flags(folio) & bit(PageFlag::young))) {  // page_idle has not seen it used either
            continue;
        }
        m_c.clear_flags(folio, bit(PageFlag::young));
        ++used.entries;
        used.areas |= flags;
    }
    return used;
}

FolioShrinker::References FolioShrinker::check_references(Pfn p) const {
    const Used used = referenced(p);
    PageColumns& pages = m_c.columns();
    const bool was_referenced = pages.flags(p) & bit(PageFlag::referenced);
    m_c.clear_flags(p, bit(PageFlag::referenced));
    const bool file = !(pages.flags(p) & bit(PageFlag::swapbacked));
    if (used.areas & vma::locked) return References::activate;
    if (used.entries > 0) {
        m_c.set_flags(p, bit(PageFlag::referenced));
        if (was_referenced || used.entries > 1) return References::activate;
        return (used.areas & vma::exec) && file ? References::activate : References::keep;
    }
    return was_referenced && file ? References::reclaim_clean : References::reclaim;
}

bool FolioShrinker::add_to_swap(Pfn p) const {
    const SwapSlot slot = get_swap_page(m_c);
    if (slot == no_id) return false;
    add_to_swap_cache(m_c, p, slot);
    m_c.set_flags(p, bit(PageFlag::dirty));
    return true;
}

/// split_folio_to_list(): the pages that are still mapped, each to be looked at by itself.
std::vector<Pfn> FolioShrinker::split(Pfn head) {
    std::vector<Pfn> pages;
    const bool was_whole = m_c.state.huge_folio(head).compound_mapcount >= 0;  // add_to_swap() of the folio was tried
    if (!split_huge_page(m_c, head)) return pages;
    if (was_whole) ++m_c.state.events.thp_swpout_fallback;
    for (Pfn p = head; p < head + m_c.state.hpage_nr(); ++p)
        if (page_anon(m_c.state, p)) pages.push_back(p);
    return pages;
}

/// From where nobody maps it any more: written, out of its cache, free.
FolioShrinker::Fate FolioShrinker::remove(Pfn p, bool clean_only) {
    PageColumns& pages = m_c.columns();
    const bool anon = page_anon(m_c.state, p);
    if (pages.flags(p) & bit(PageFlag::dirty)) {
        if (!anon) return ++m_dirty, Fate::activated;  // flushers write it; it comes round again
        if (clean_only || !(m_sc.gfp & gfp::io)) return Fate::kept;
        m_c.change(p, bit(PageFlag::reclaim) | bit(PageFlag::writeback), bit(PageFlag::dirty));  // pageout()
        m_c.clear_flags(p, bit(PageFlag::reclaim) | bit(PageFlag::writeback));                   // end_swap_bio_write()
        ++m_c.state.events.pswpout;
        m_c.state.events.pgpgout_kib += page_size / KiB;
        m_c.tell(EventKind::swap_out, p, m_c.state.mappings[p].swap, 0);
    }
    try_to_free_buffers(m_c, p);                    // filemap_release_folio()
    if (pages.refcount(p) != 1) return Fate::kept;  // somebody holds it
    const std::uint64_t shadow = workingset_eviction(m_c, p);
    if (anon) {
        m_c.state.swap.shadow.set(m_c.state.mappings[p].swap, shadow);
        delete_from_swap_cache(m_c, p);
    } else {
        Filemap(m_c).remove(p, shadow);
    }
    return Fate::freed;
}

/// folio_trylock() ... folio_unlock(); one that goes free is unlocked by that.
FolioShrinker::Fate FolioShrinker::look_at(Pfn p) {
    m_c.set_flags(p, bit(PageFlag::locked));
    const Fate fate = look_at_locked(p);
    if (fate != Fate::freed) m_c.clear_flags(p, bit(PageFlag::locked));
    return fate;
}

FolioShrinker::Fate FolioShrinker::look_at_locked(Pfn p) {
    PageColumns& pages = m_c.columns();
    if (pages.flags(p) & bit(PageFlag::unevictable)) return Fate::activated;
    const References references = check_references(p);
    if (references == References::activate) return Fate::activated;
    if (references == References::keep) return Fate::kept;
    const bool anon = page_anon(m_c.state, p);
    if (anon && m_c.state.mappings[p].swap == no_id) {
        if (!(m_sc.gfp & gfp::io)) return Fate::kept;
        if (pages.refcount(p) != folio_mapcount(m_c.state, pages, p)) return Fate::kept;
        if (m_c.state.is_huge(p)) return m_c.state.swap.free() > 0 ? Fate::to_split : Fate::activated;
        if (!add_to_swap(p)) return Fate::activated;
    }
    if (pages.mapcount(p) >= 0 && !try_to_unmap(m_c, p, {})) return Fate::activated;
    return remove(p, references == References::reclaim_clean);
}

void FolioShrinker::put_back(Pfn p, bool active) const {
    Lru lru = m_c.lru();
    constexpr std::uint32_t flag = bit(PageFlag::active);
    lru.add(p, active ? flag : 0, active ? 0 : flag);
}

NrPages FolioShrinker::shrink_inactive(LruVec& vec, LruList list, NrPages count) {
    MmEvents& events = m_c.state.events;
    const bool file = is_file(list);
    std::vector<Pfn> taken = isolate(vec, list, count);
    std::reverse(taken.begin(), taken.end());
    const NrPages isolated = m_isolated;
    m_sc.nr_scanned += isolated;
    (m_sc.kswapd ? events.pgscan_kswapd : events.pgscan_direct) += isolated;
    (file ? events.pgscan_file : events.pgscan_anon) += isolated;
    m_dirty = 0;
    NrPages freed = 0;
    const std::uint64_t written = events.pswpout;
    std::vector<std::pair<Pfn, bool>> back;
    while (!taken.empty()) {
        const Pfn p = taken.back();
        taken.pop_back();
        Fate fate = look_at(p);
        if (fate == Fate::to_split) {
            const std::vector<Pfn> pages = split(p);
            taken.insert(taken.end(), pages.rbegin(), pages.rend());
            if (!m_c.state.is_huge(p)) {
                freed += m_c.state.hpage_nr() - pages.size();
                continue;
            }
            fate = Fate::activated;
        }
        if (fate == Fate::freed) {
            ++freed;
            continue;
        }
        const bool active = fate == Fate::activated && !(m_c.columns().flags(p) & bit(PageFlag::unevictable));
        if (active) events.pgactivate += m_c.state.folio_pages(p);
        back.emplace_back(p, active);
    }
    for (const auto& [p, active] : back)
        put_back(p, active);
    (file ? events.pgsteal_file : events.pgsteal_anon) += freed;
    (file ? vec.file_cost : vec.anon_cost) += events.pswpout - written;  // lru_note_cost(): what was written for it
    m_c.tell(EventKind::reclaim, no_pfn, isolated, freed);
    if (m_dirty == isolated && m_dirty > 0)  // wakeup_flusher_threads()
        for (const auto& [id, f] : std::map(*m_c.state.files))
            Filemap(m_c).write_back(id);
    return freed;
}

void FolioShrinker::shrink_active(LruVec& vec, LruList list, NrPages count) {
    MmEvents& events = m_c.state.events;
    const std::vector<Pfn> taken = isolate(vec, list, count);
    events.pgrefill += m_isolated;
    std::vector<Pfn> stay, go;
    for (const Pfn p : taken) {
        const Used used = referenced(p);
        if (used.entries > 0 && (used.areas & vma::exec) && is_file(list)) {
            stay.push_back(p);
            continue;
        }
        m_c.change(p, bit(PageFlag::workingset), bit(PageFlag::active));
        go.push_back(p);
    }
    for (const Pfn p : stay)
        put_back(p, true);
    for (const Pfn p : go)
        put_back(p, false);
    for (const Pfn p : go)
        events.pgdeactivate += m_c.state.folio_pages(p);
}

}  // namespace mm
