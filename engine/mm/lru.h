// SPDX-License-Identifier: GPL-3.0-or-later
// The LRU lists of each node: pages that reclaim looks at, newest first.
//
//      inactive_anon   head [p7]<->[p3]<->[p9] tail ──► looked at first when memory runs short
//      active_anon     ...
//      inactive_file   ...          page->lru links them: the same two words that link free blocks
//      active_file     ...
//      unevictable     counted, linked as the others
//
// Follows mm/swap.c and include/linux/mm_inline.h, Linux 6.1. folio_batches are left out: a page goes to its list at
// once and not with fourteen others.
#pragma once

#include <string_view>
#include <vector>

#include "engine/mm/page_mapping.h"
#include "engine/mm/vm_counters.h"
#include "engine/mmzone/zone.h"
#include "engine/types/trace.h"

namespace mm {

/// memory_failure() has met it: it must not be used again.
inline constexpr std::uint32_t pg_hwpoison = bit(PageFlag::hwpoison);
/// PG_dcache_clean of arm64: what the page holds may be run, caches know of it. It is PG_arch_1.
inline constexpr std::uint32_t pg_dcache_clean = bit(PageFlag::arch_1);

/// enum lru_list.
enum class LruList : std::uint8_t { inactive_anon, active_anon, inactive_file, active_file, unevictable };
inline constexpr unsigned nr_lru_lists = 5;
std::string_view name_of(LruList);  ///< "inactive_anon"

constexpr bool is_file(LruList l) {
    return l == LruList::inactive_file || l == LruList::active_file;
}
constexpr bool is_active(LruList l) {
    return l == LruList::active_anon || l == LruList::active_file;
}

/// struct lruvec of one node; pages are counted by zone, as reclaim asks for.
struct LruVec {
    std::array<FreeList, nr_lru_lists> lists{};  ///< FreeList::blocks: entries, a huge page is one
    std::array<std::array<NrPages, nr_lru_lists>, nr_zone_types> zone_pages{};
    std::uint64_t nonresident_age = 0;           ///< evictions and activations: distances of refaults
    std::array<NrPages, 2> refaults{};           ///< activations by refaults when reclaim last ran: anonymous, of files
    std::uint64_t anon_cost = 0, file_cost = 0;  ///< what reclaiming each has cost of late
    NodeCounters counters;
    std::array<ZonePageCounters, nr_zone_types> zone_counters{};

    NrPages pages(LruList list) const {
        NrPages sum = 0;
        for (const auto& zone : zone_pages)
            sum += zone[static_cast<std::size_t>(list)];
        return sum;
    }
    friend bool operator==(const LruVec&, const LruVec&) = default;
};
using LruVecs = std::vector<LruVec>;  ///< by node

/// PageLRU(); and the list that the page's flags say it is on, or would be.
inline bool page_lru(const PageColumns& pages, Pfn p) {
    return pages.flags(p) & bit(PageFlag::lru);
}
LruList folio_lru_list(const PageColumns& pages, Pfn p);

/// Puts pages on lists and takes them off. Flags PG_lru, PG_active and PG_unevictable tell where a page is,
/// PG_swapbacked which half. REQUIRES: what it works on outlives it.
class Lru {
public:
    Lru(LruVecs& vecs, PageColumns& pages, const Zones& zones, const Tracer& trace)
        : m_vecs(vecs), m_pages(pages), m_zones(zones), m_trace(trace) {}

    LruVec& vec_of(Pfn p) { return m_vecs[static_cast<std::size_t>(zone_of(p).nid)]; }
    ZonePageCounters& zone_counters(Pfn p) {
        return vec_of(p).zone_counters[static_cast<std::size_t>(zone_of(p).type)];
    }
    bool has(Pfn p) const { return page_lru(m_pages, p); }
    LruList list_of(Pfn p) const { return folio_lru_list(m_pages, p); }
    /// lruvec_add_folio(): to the head. REQUIRES: not on a list.
    void add(Pfn p) { link(p, 0, 0, no_link); }
    /// The same, with flags that change before.
    void add(Pfn p, std::uint32_t set, std::uint32_t clear = 0) { link(p, set, clear, no_link); }
    /// lru_add_page_tail(): behind the newer page; no_link: to the head.
    void add_after(Pfn p, std::uint32_t newer) { link(p, 0, 0, newer); }
    /// lruvec_del_folio(): PG_lru is cleared, PG_active and PG_unevictable stay unless they are to go, too.
    void del(Pfn p, std::uint32_t clear = 0);
    /// folio_activate(), deactivate_page() and the like: flags change and the page goes to the head of its new list.
    void set_active(Pfn p, bool active);
    /// __page_cache_release(): off the list, with the flags that told which.
    void release(Pfn p);
    /// folio_mark_accessed(): inactive, unreferenced -> inactive, referenced -> active, unreferenced.
    void mark_accessed(Pfn p, MmEvents& events);
    /// Another frame takes the page's place in its list, flags and all.
    void replace(Pfn from, Pfn to);

private:
    ZoneRef zone_of(Pfn p) const { return m_zones.frames_of(p)->zone; }
    FreeList& list(Pfn p, LruList l) { return vec_of(p).lists[static_cast<std::size_t>(l)]; }
    /// Flags change, the page comes behind the newer one (no_link: to the head), and all of it is told as one change.
    void link(Pfn p, std::uint32_t set, std::uint32_t clear, std::uint32_t newer);
    void count(Pfn p, LruList l, std::int64_t pages);
    NrPages size_of(Pfn p) const { return NrPages{1} << m_pages.order(p); }

    LruVecs& m_vecs;
    PageColumns& m_pages;
    const Zones& m_zones;
    const Tracer& m_trace;
};

/// Frames of a list, newest first; at most limit of them.
std::vector<Pfn> lru_pages(const FreeList& list, const PageColumns& pages, std::size_t limit = ~std::size_t{0});
/// Lists, links, flags and counts agree.
Broken check_lru(const LruVecs& vecs, const PageColumns& pages, const Zones& zones);

}  // namespace mm
