// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/lru.h"

#include <fmt/format.h>

#include "engine/mmzone/page_change.h"
#include "engine/page_alloc/page_list.h"

namespace mm {
namespace {

constexpr std::uint32_t place_flags = bit(PageFlag::lru) | bit(PageFlag::active) | bit(PageFlag::unevictable);

}  // namespace

std::string_view name_of(LruList list) {
    constexpr std::array<std::string_view, nr_lru_lists> names{"inactive_anon", "active_anon", "inactive_file",
                                                               "active_file", "unevictable"};
    return names[static_cast<std::size_t>(list)];
}

LruList folio_lru_list(const PageColumns& pages, Pfn p) {
    const std::uint32_t flags = pages.flags(p);
    if (flags & bit(PageFlag::unevictable)) return LruList::unevictable;
    const unsigned file = flags & bit(PageFlag::swapbacked) ? 0 : 2, active = flags & bit(PageFlag::active) ? 1 : 0;
    return static_cast<LruList>(file + active);
}

void Lru::count(Pfn p, LruList l, std::int64_t pages) {
    const ZoneRef zone = zone_of(p);
    vec_of(p).zone_pages[static_cast<std::size_t>(zone.type)][static_cast<std::size_t>(l)] +=
        static_cast<NrPages>(pages);
}

void Lru::link(Pfn p, std::uint32_t set, std::uint32_t clear, std::uint32_t newer) {
    const std::uint32_t before = m_pages.flags(p);
    m_pages.clear_flags(p, clear);
    m_pages.set_flags(p, set | bit(PageFlag::lru));
    const LruList l = list_of(p);
    if (newer == no_link)
        list_add(list(p, l), m_pages, p, m_pages.head(p));
    else
        list_add_after(list(p, l), m_pages, newer, p, m_pages.head(p));
    count(p, l, static_cast<std::int64_t>(size_of(p)));
    if (m_trace) tell_page_change(m_trace, EventKind::page_flags, p, before, m_pages.flags(p));
}

void Lru::del(Pfn p, std::uint32_t clear) {
    const LruList l = list_of(p);
    const std::uint8_t head = m_pages.head(p);
    list_del(list(p, l), m_pages, p);
    m_pages.set_head(p, head);
    count(p, l, -static_cast<std::int64_t>(size_of(p)));
    change_flags(m_pages, p, 0, clear | bit(PageFlag::lru), m_trace);
}

void Lru::set_active(Pfn p, bool active) {
    constexpr std::uint32_t flag = bit(PageFlag::active);
    if (!has(p)) return change_flags(m_pages, p, active ? flag : 0, active ? 0 : flag, m_trace);
    del(p);
    add(p, active ? flag : 0, active ? 0 : flag);
}

void Lru::release(Pfn p) {
    if (has(p)) return del(p, place_flags);
    change_flags(m_pages, p, 0, place_flags, m_trace);
}

void Lru::mark_accessed(Pfn p, MmEvents& events) {
    constexpr std::uint32_t referenced = bit(PageFlag::referenced), idle = bit(PageFlag::idle);
    const std::uint32_t flags = m_pages.flags(p);
    if (!(flags & referenced)) {
        change_flags(m_pages, p, referenced, idle, m_trace);
    } else if (!(flags & (bit(PageFlag::unevictable) | bit(PageFlag::active)))) {
        set_active(p, true);
        ++events.pgactivate;
        change_flags(m_pages, p, 0, referenced | idle, m_trace);
        ++vec_of(p).nonresident_age;  // workingset_activation()
    } else {
        change_flags(m_pages, p, 0, idle, m_trace);
    }
}

void Lru::replace(Pfn from, Pfn to) {
    const bool linked = has(from);
    if (linked) del(from);
    // The copy's caches are its own (PG_dcache_clean, x86's memory type), and so is its frame.
    const std::uint32_t flags = m_pages.flags(from) & ~(memory_type_flags | pg_hwpoison);
    change_flags(m_pages, from, 0, ~pg_hwpoison, m_trace);
    if (linked)
        add(to, flags);
    else
        change_flags(m_pages, to, flags, 0, m_trace);
}

std::vector<Pfn> lru_pages(const FreeList& list, const PageColumns& pages, std::size_t limit) {
    std::vector<Pfn> out;
    for (std::uint32_t p = list.first; p != no_link && out.size() < limit; p = pages.link(p).next)
        out.push_back(p);
    return out;
}

Broken check_lru(const LruVecs& vecs, const PageColumns& pages, const Zones& zones) {
    LruVecs seen(vecs.size());
    for (std::size_t nid = 0; nid < vecs.size(); ++nid)
        for (unsigned l = 0; l < nr_lru_lists; ++l) {
            const FreeList& list = vecs[nid].lists[l];
            std::uint32_t before = no_link;
            NrPages entries = 0;
            for (std::uint32_t p = list.first; p != no_link; before = p, p = pages.link(p).next, ++entries) {
                if (entries >= list.blocks) return fmt::format("{} of node {} is a ring", name_of(LruList(l)), nid);
                if (pages.link(p).prev != before) return fmt::format("page {:#x} does not know who is before it", p);
                if (!page_lru(pages, p) || folio_lru_list(pages, p) != LruList(l))
                    return fmt::format("page {:#x} is on {} and its flags say other", p, name_of(LruList(l)));
                const ZoneRef zone = zones.frames_of(p)->zone;
                if (static_cast<std::size_t>(zone.nid) != nid) return fmt::format("page {:#x} is another node's", p);
                seen[nid].zone_pages[static_cast<std::size_t>(zone.type)][l] += NrPages{1} << pages.order(p);
            }
            if (before != list.last || entries != list.blocks)
                return fmt::format("{} of node {} has {} pages and not {}", name_of(LruList(l)), nid, entries,
                                   list.blocks);
        }
    for (std::size_t nid = 0; nid < vecs.size(); ++nid)
        if (vecs[nid].zone_pages != seen[nid].zone_pages) return fmt::format("pages of node {} are miscounted", nid);
    return std::nullopt;
}

}  // namespace mm
