// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/lru.h"

#include <fmt/format.h>

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

void Lru::add(Pfn p) {
    const LruList l = list_of(p);
    m_pages.set_flags(p, bit(PageFlag::lru));
    list_add(list(p, l), m_pages, p, m_pages.head(p));
    count(p, l, static_cast<std::int64_t>(size_of(p)));
}

void Lru::del(Pfn p) {
    const LruList l = list_of(p);
    const std::uint8_t head = m_pages.head(p);
    list_del(list(p, l), m_pages, p);
    m_pages.set_head(p, head);
    m_pages.clear_flags(p, bit(PageFlag::lru));
    count(p, l, -static_cast<std::int64_t>(size_of(p)));
}

void Lru::set_active(Pfn p, bool active) {
    const bool linked = has(p);
    if (linked) del(p);
    if (active)
        m_pages.set_flags(p, bit(PageFlag::active));
    else
        m_pages.clear_flags(p, bit(PageFlag::active));
    if (linked) add(p);
}

void Lru::release(Pfn p) {
    if (has(p)) del(p);
    m_pages.clear_flags(p, place_flags);
}

void Lru::mark_accessed(Pfn p, MmEvents& events) {
    const std::uint32_t flags = m_pages.flags(p);
    if (!(flags & bit(PageFlag::referenced))) {
        m_pages.set_flags(p, bit(PageFlag::referenced));
    } else if (!(flags & (bit(PageFlag::unevictable) | bit(PageFlag::active)))) {
        set_active(p, true);
        ++events.pgactivate;
        m_pages.clear_flags(p, bit(PageFlag::referenced));
        ++vec_of(p).nonresident_age;  // workingset_activation()
    }
    m_pages.clear_flags(p, bit(PageFlag::idle));
}

void Lru::replace(Pfn from, Pfn to) {
    const bool linked = has(from);
    if (linked) del(from);
    m_pages.set_flags(to, m_pages.flags(from));
    m_pages.clear_flags(from, ~std::uint32_t{0});
    if (linked) add(to);
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
