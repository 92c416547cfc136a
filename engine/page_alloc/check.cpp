// SPDX-License-Identifier: GPL-3.0-or-later
// PageAllocator::check(): walks every list, then every frame, and compares what both say with the kept counts.
#include <fmt/format.h>

#include "engine/page_alloc/page_allocator.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {
namespace {

class Checker {
public:
    Checker(const Zones& zones, const PageColumns& pages, const KernelProfile& profile)
        : m_zones(zones), m_pages(pages), m_profile(profile) {}

    Broken run() {
        for (const Node& node : m_zones.nodes)
            for (const Zone& zone : node.zones)
                if (Broken b = check_zone(zone)) return b;
        return check_frames();
    }

private:
    static std::string where(const Zone& zone) { return fmt::format("node {} zone {}", zone.nid, name_of(zone.type)); }

    Broken check_zone(const Zone& zone) {
        NrPages free_pages = 0;
        for (Order order = 0; order < max_orders; ++order) {
            const FreeArea& area = zone.free_area[order];
            NrPages blocks = 0;
            for (std::size_t mt = 0; mt < nr_migratetypes; ++mt) {
                const FreeList& list = area.free_list[mt];
                blocks += list.blocks;
                if (mt != static_cast<std::size_t>(MigrateType::isolate)) free_pages += list.blocks << order;
                if (list.blocks == 0 && list.first == no_link && list.last == no_link) continue;
                if (Broken b = check_list(zone, order, static_cast<MigrateType>(mt), list)) return b;
            }
            if (blocks != area.nr_free)
                return fmt::format("{} order {}: nr_free is {}, the lists hold {}", where(zone), order, area.nr_free,
                                   blocks);
            m_listed += blocks;
        }
        if (free_pages != zone.free_pages)
            return fmt::format("{}: free_pages is {}, the lists hold {}", where(zone), zone.free_pages, free_pages);
        for (const PerCpuPages& pcp : zone.pcp)
            if (Broken b = check_pcp(zone, pcp)) return b;
        return std::nullopt;
    }

    Broken check_pcp(const Zone& zone, const PerCpuPages& pcp) {
        NrPages pages = 0;
        for (unsigned i = 0; i < PerCpuPages::max_lists; ++i) {
            const FreeList& list = pcp.lists[i];
            if (list.blocks == 0 && list.first == no_link && list.last == no_link) continue;
            if (i >= nr_pcp_lists(m_profile))
                return fmt::format("{}: per-CPU list {} is used and does not exist", where(zone), i);
            std::uint32_t prev = no_link;
            NrPages n = 0;
            for (std::uint32_t p = list.first; p != no_link; prev = p, p = m_pages.link(p).next, ++n) {
                if (n == list.blocks || p >= m_pages.end_pfn() || m_pages.link(p).prev != prev)
                    return fmt::format("{} per-CPU list {}: broken after {} blocks", where(zone), i, n);
                const MigrateType type = pcp_list_of(list_of_head(m_pages.head(p)));
                if (state_of(m_pages.state(p)) != PageState::pcp || m_pages.order(p) != pindex_to_order(i, m_profile) ||
                    order_to_pindex(m_pages.order(p), type, m_profile) != i)
                    return fmt::format("{} per-CPU list {}: {:#x} does not belong there", where(zone), i, p);
                pages += NrPages{1} << m_pages.order(p);
            }
            if (n != list.blocks || prev != list.last)
                return fmt::format("{} per-CPU list {}: has {} blocks, {} are kept", where(zone), i, n, list.blocks);
            m_on_pcp += n;
        }
        if (pages != pcp.count)
            return fmt::format("{}: the per-CPU lists hold {} pages, {} are kept", where(zone), pages, pcp.count);
        return std::nullopt;
    }

    Broken check_list(const Zone& zone, Order order, MigrateType mt, const FreeList& list) {
        const std::string_view type = name_of(mt);
        std::uint32_t prev = no_link;
        NrPages n = 0;
        for (std::uint32_t p = list.first; p != no_link; prev = p, p = m_pages.link(p).next, ++n) {
            if (n == list.blocks || p >= m_pages.end_pfn())
                return fmt::format("{} order {} {}: list runs on after {} blocks", where(zone), order, type, n);
            if (m_pages.link(p).prev != prev)
                return fmt::format("{} order {} {}: prev of {:#x} is wrong", where(zone), order, type, p);
            if (Broken b = check_listed_block(zone, order, mt, p)) return b;
        }
        if (n != list.blocks || prev != list.last)
            return fmt::format("{} order {} {}: list has {} blocks ending at {:#x}, {} ending at {:#x} are kept",
                               where(zone), order, type, n, prev, list.blocks, list.last);
        return std::nullopt;
    }

    Broken check_listed_block(const Zone& zone, Order order, MigrateType mt, Pfn p) {
        const Pfn size = Pfn{1} << order;
        if (!m_pages.free_head(p) || m_pages.head(p) != head_byte(order, mt) || (p & (size - 1)) != 0)
            return fmt::format("{}: {:#x} is listed with order {} {} but is no such block", where(zone), p, order,
                               name_of(mt));
        const ZoneFrames* f = m_zones.frames_of(p);
        if (!f || f->zone != ZoneRef{zone.nid, zone.type} || p + size > f->frames.end)
            return fmt::format("{}: the listed block {:#x} order {} lies outside", where(zone), p, order);
        const Pfn buddy = p ^ size;
        if (order + 1 < m_profile.max_order && f->frames.contains(buddy) && m_pages.free_head(buddy) &&
            m_pages.order(buddy) == order && may_merge(p, buddy, order))
            return fmt::format("{}: free buddies {:#x} and {:#x} of order {} are not merged", where(zone), p, buddy,
                               order);
        return std::nullopt;
    }

    bool may_merge(Pfn a, Pfn b, Order order) const {
        const auto mergeable = [](MigrateType t) { return static_cast<unsigned>(t) < nr_pcptypes; };
        const MigrateType ta = m_zones.pageblock(a), tb = m_zones.pageblock(b);
        return order < m_profile.pageblock_order || ta == tb || (mergeable(ta) && mergeable(tb));
    }

    Broken check_frames() {
        NrPages heads = 0, pcp_heads = 0;
        for (Pfn p = 0; p < m_pages.end_pfn();) {
            const PageState state = state_of(m_pages.state(p));
            if (state != PageState::free && state != PageState::allocated && state != PageState::pcp) {
                if (m_pages.head(p) != 0)
                    return fmt::format("frame {:#x} heads a block but is neither free nor allocated", p);
                // Untouched stretches of a big machine are skipped by the pageblock.
                const bool skip = p % pageblock_pages == 0 && p + pageblock_pages <= m_pages.end_pfn() &&
                                  m_pages.plain(p, pageblock_pages, m_pages.state(p));
                p += skip ? pageblock_pages : 1;
                continue;
            }
            const Order order = m_pages.order(p);
            if (order == not_a_head || p + (Pfn{1} << order) > m_pages.end_pfn())
                return fmt::format("frame {:#x} is {} but belongs to no block", p,
                                   state == PageState::allocated ? "allocated" : "free");
            heads += state == PageState::free;
            pcp_heads += state == PageState::pcp;
            if (Broken b = state == PageState::allocated ? check_allocated(p, order) : check_free(p, order)) return b;
            p += Pfn{1} << order;
        }
        if (heads != m_listed) return fmt::format("{} free blocks exist, {} are on lists", heads, m_listed);
        if (pcp_heads != m_on_pcp)
            return fmt::format("{} blocks wait for a CPU, {} are on per-CPU lists", pcp_heads, m_on_pcp);
        return std::nullopt;
    }

    Broken check_free(Pfn p, Order order) const {
        if (m_pages.flags(p) == 0 && m_pages.refcount(p) == 0 && m_pages.mapcount(p) == -1 &&
            m_pages.plain(p + 1, (NrPages{1} << order) - 1, m_pages.state(p)))
            return std::nullopt;
        return fmt::format("the free block {:#x} order {} is not clean", p, order);
    }

    Broken check_allocated(Pfn p, Order order) const {
        const Pfn end = p + (Pfn{1} << order);
        const bool compound = m_pages.flags(p) & bit(PageFlag::head);
        // Its link is the slab allocator's, or an LRU list's.
        const bool linked = m_pages.flags(p) & (bit(PageFlag::slab) | bit(PageFlag::lru));
        const bool poisoned = m_pages.flags(p) & bit(PageFlag::hwpoison);  // it may have been given back, in vain
        // Compound pages that wait in a pool (hugetlb) have no references.
        if (m_pages.refcount(p) < (poisoned || compound ? 0 : 1) || (p & (end - p - 1)) != 0 ||
            (!linked && m_pages.link(p) != PageLink{}) || m_pages.head(p) != head_byte(order))
            return fmt::format("the allocated block {:#x} order {} has a wrong head", p, order);
        if (!compound && !poisoned && m_pages.plain(p + 1, end - p - 1, m_pages.state(p))) return std::nullopt;
        // PG_anon_exclusive is each page's own, in a huge page of a process too.
        const std::uint32_t tail_flags =
            bit(PageFlag::hwpoison) | memory_type_flags | (compound && linked ? bit(PageFlag::mappedtodisk) : 0);
        for (Pfn t = p + 1; t < end; ++t)
            if (m_pages.state(t) != m_pages.state(p) || m_pages.head(t) != 0 || m_pages.refcount(t) != 0 ||
                (m_pages.flags(t) & ~tail_flags) != 0 ||
                m_pages.link(t) != (compound ? PageLink{static_cast<std::uint32_t>(p), 0} : PageLink{}))
                return fmt::format("frame {:#x} of the allocated block {:#x} order {} is wrong", t, p, order);
        return std::nullopt;
    }

    const Zones& m_zones;
    const PageColumns& m_pages;
    const KernelProfile& m_profile;
    NrPages m_listed = 0, m_on_pcp = 0;
};

}  // namespace

Broken check_free_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile) {
    return Checker(zones, pages, profile).run();
}

Broken PageAllocator::check() const {
    return check_free_lists(m_state.zones, m_state.pages, m_state.profile);
}

}  // namespace mm
