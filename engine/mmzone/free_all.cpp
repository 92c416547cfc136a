// SPDX-License-Identifier: GPL-3.0-or-later
// From memblock to the buddy: what is reserved keeps its struct pages reserved, what is free is given away, the highest
// zone of each node only as far as its struct pages exist; the rest follows late. mm/memblock.c, mm/page_alloc.c.
//
//      memblock   [####.......###......|...............##....)
//                                      ^ first_deferred_pfn
//      early       R  F      R  F        R where reserved, nothing else yet
//      late                              F
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "engine/mmzone/init.h"
#include "engine/mmzone/mem_ranges.h"

namespace mm {
namespace {

void report(EventKind kind, PfnRange r, const Zone* zone, const Tracer& trace) {
    if (!trace) return;
    Event e;
    e.kind = kind;
    if (zone) {
        e.nid = static_cast<std::int16_t>(zone->nid);
        e.zone = static_cast<std::uint8_t>(zone->type);
    }
    e.touched = phys_of(r);
    e.a = r.size();
    trace.event(e, fmt::format("{} pages", r.size()));
}

class FreeAll {
public:
    FreeAll(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
            const FreePagesCore& free_core, const Tracer& trace, Pfn max_low_pfn)
        : m_zones(zones),
          m_pages(pages),
          m_memblock(memblock),
          m_profile(profile),
          m_free_core(free_core),
          m_trace(trace),
          m_max_low_pfn(max_low_pfn) {}

    NrPages early() {
        for (Node& node : m_zones.nodes)
            for (Zone& zone : node.zones)
                if (!m_zones.is_highmem(zone.type)) zone.managed = 0;
        const PresentSections sections(m_memblock, m_profile);
        for (const MemblockRegion& r : m_memblock.reserved())
            reserve(touched_pfns(r.range()), sections);
        for (const MemblockRegion& r : m_memblock.memory())
            if (r.flags & memblock_nomap) reserve(touched_pfns(r.range()), sections);
        NrPages count = 0;
        for (PfnRange r : free_pfn_ranges(m_memblock)) {
            r.end = std::min(r.end, m_max_low_pfn);
            if (r.empty()) continue;
            free_memory(r);
            count += r.size();
            report(EventKind::free_range, r, m_zones.zone_of(r.start), m_trace);
        }
        return count;
    }

    NrPages late() {
        NrPages count = 0;
        for (Node& node : m_zones.nodes) {
            if (node.first_deferred_pfn == no_pfn) continue;
            const Pfn first = std::exchange(node.first_deferred_pfn, no_pfn);
            // Only the highest zone is deferred.
            const auto zone = std::find_if(node.zones.begin(), node.zones.end(),
                                           [first](const Zone& z) { return first < z.span().end; });
            const NrPages pages = zone == node.zones.end() ? 0 : init_deferred(*zone, first);
            count += pages;
            m_trace.printk(m_profile.log.deferred_words
                               ? fmt::format("node {} deferred pages initialised in 0ms", node.nid)
                               : fmt::format("node {} initialised, {} pages in 0ms", node.nid, pages));
        }
        return count;
    }

private:
    /// reserve_bootmem_region().
    void reserve(PfnRange r, const PresentSections& sections) {
        r = r.intersect({0, std::min(m_pages.end_pfn(), sections.end())});
        for (Pfn p = r.start; p < r.end;) {
            const Pfn end = std::min(r.end, align_down(p, sections.section_pages()) + sections.section_pages());
            if (sections.valid(p)) {
                m_pages.set_state(p, end - p, state_byte(PageState::reserved));
                m_pages.set_flags(p, end - p, bit(PageFlag::reserved));
                m_pages.set_refcount(p, end - p, 1);
            }
            p = end;
        }
    }

    /// early_page_uninitialised().
    bool uninitialised(Pfn pfn) const {
        const ZoneFrames* f = m_zones.frames_of(pfn);
        const Node* node = f ? m_zones.node(f->zone.nid) : nullptr;
        return !node || pfn >= node->first_deferred_pfn;
    }

    /// __free_pages_memory(): the largest blocks their starts allow.
    void free_memory(PfnRange r) {
        for (Pfn p = r.start; p < r.end;) {
            Order order = m_profile.max_order - 1;
            if (p != 0) order = std::min(order, static_cast<Order>(std::countr_zero(p)));
            while (p + (Pfn{1} << order) > r.end)
                --order;
            if (!uninitialised(p)) m_free_core(p, order);
            p += Pfn{1} << order;
        }
    }

    /// deferred_init_memmap(), one thread: from the first deferred frame up, in pieces that end with blocks of the
    /// highest order; told section by section.
    NrPages init_deferred(const Zone& zone, Pfn first) {
        const NrPages piece = NrPages{1} << (m_profile.section_size_bits - page_shift);
        NrPages count = 0;
        for (PfnRange r : free_pfn_ranges(m_memblock, zone.nid)) {
            r = r.intersect({std::max(first, zone.start_pfn), zone.span().end});
            for (Pfn p = r.start; p < r.end;) {
                const PfnRange part{p, std::min(r.end, align_down(p, piece) + piece)};
                for (Pfn q = part.start; q < part.end;) {
                    const Pfn end =
                        std::min(part.end, align_down(q, m_zones.pageblock_nr_pages()) + m_zones.pageblock_nr_pages());
                    free_deferred({q, end});
                    q = end;
                }
                count += part.size();
                p = part.end;
                report(EventKind::deferred_init, part, &zone, m_trace);
            }
        }
        return count;
    }

    /// deferred_free_range(): a whole pageblock at once, or frame by frame.
    void free_deferred(PfnRange r) {
        if (r.start % m_zones.pageblock_nr_pages() == 0) m_zones.set_pageblock(r.start, MigrateType::movable);
        if (r.size() == m_zones.pageblock_nr_pages()) return m_free_core(r.start, m_profile.pageblock_order);
        for (Pfn p = r.start; p < r.end; ++p)
            m_free_core(p, 0);
    }

    Zones& m_zones;
    PageColumns& m_pages;
    const Memblock& m_memblock;
    const KernelProfile& m_profile;
    const FreePagesCore& m_free_core;
    const Tracer& m_trace;
    Pfn m_max_low_pfn;
};

}  // namespace

NrPages memblock_free_all(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                          const FreePagesCore& free_core, const Tracer& trace, Pfn max_low_pfn) {
    return FreeAll(zones, pages, memblock, profile, free_core, trace, max_low_pfn).early();
}

NrPages deferred_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                      const FreePagesCore& free_core, const Tracer& trace) {
    return FreeAll(zones, pages, memblock, profile, free_core, trace, no_pfn).late();
}

}  // namespace mm
