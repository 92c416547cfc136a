// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/memmap_init.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mmzone/mem_ranges.h"
#include "engine/types/panic.h"

namespace mm {
namespace {

PfnRange clamp(PfnRange r, PfnRange to) {
    return {std::clamp(r.start, to.start, to.end), std::clamp(r.end, to.start, to.end)};
}

class MemmapInit {
public:
    MemmapInit(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn,
               const Tracer& trace)
        : m_zones(zones),
          m_pages(pages),
          m_profile(profile),
          m_trace(trace),
          m_memory(mem_pfn_ranges(memblock)),
          m_sections(memblock, profile, max_pfn) {}

    void run() {
        if (m_memory.empty()) return;
        Pfn hole = 0;
        ZoneRef last{};
        for (const MemRange& r : m_memory) {
            Node& node = online_node(r);
            last.nid = r.nid;
            for (const Zone& zone : node.zones) {
                if (!zone.populated()) continue;
                last.type = zone.type;
                const PfnRange part = clamp(r.frames, zone.span());
                if (part.empty()) continue;
                record({part, {r.nid, zone.type}});
                init_range(node, zone, part);
                if (hole < part.start) init_unavailable({hole, part.start}, {r.nid, zone.type});
                hole = part.end;
            }
        }
        // The rest of the last section; with FLATMEM what memory there is beyond the last zone.
        const Pfn end = m_profile.memory_model == MemoryModel::flat ? m_memory.back().frames.end : m_sections.end();
        if (hole < end) init_unavailable({hole, end}, last);
    }

private:
    /// Kernels that visit online nodes alone find no NODE_DATA() for memory of a node below NODE_MIN_SIZE.
    Node& online_node(const MemRange& r) {
        if (Node* node = m_zones.node(r.nid)) return *node;
        throw KernelPanic{fmt::format("node {} has memory at [mem {:#018x}-{:#018x}] and no NODE_DATA", r.nid,
                                      phys_of(r.frames.start), phys_of(r.frames.end) - 1)};
    }

    void record(ZoneFrames f) {
        auto& memory = m_zones.memory;
        if (!memory.empty() && memory.back().frames.end == f.frames.start && memory.back().zone == f.zone)
            memory.back().frames.end = f.frames.end;
        else
            memory.push_back(f);
    }

    /// defer_init(), for a range at once: where initialising stops. The highest zone of a node gets a section's worth
    /// of struct pages and then goes on to the next section's start; the rest is done late, by several threads.
    Pfn stop_at(Node& node, const Zone& zone, PfnRange r) {
        if (!m_profile.deferred_struct_page_init) return r.end;
        const Pfn zone_end = zone.span().end;
        if (m_prev_end != zone_end) {
            m_prev_end = zone_end;
            m_initialised = 0;
        }
        if (zone_end < node.start_pfn + node.spanned) return r.end;
        if (node.first_deferred_pfn != no_pfn) return r.start;
        const NrPages section = m_sections.section_pages(), missing = section - std::min(section, m_initialised);
        const Pfn stop = align_up(r.start + missing, section);
        if (stop >= r.end) {
            m_initialised += r.size();
            return r.end;
        }
        node.first_deferred_pfn = stop;
        return stop;
    }

    void init_range(Node& node, const Zone& zone, PfnRange r) {
        const Pfn stop = stop_at(node, zone, r);
        if (stop > r.start) {
            m_pages.set_state(r.start, stop - r.start, state_byte(PageState::boot));
            m_pages.set_refcount(r.start, stop - r.start, 1);
            // Only pageblocks whose first frame is memory become movable; the one at 0 never does.
            const NrPages pageblock = m_zones.pageblock_nr_pages();
            for (Pfn p = align_up(r.start, pageblock); p < stop; p += pageblock)
                m_zones.set_pageblock(p, MigrateType::movable);
        }
        Event e;
        e.kind = EventKind::memmap_init;
        e.nid = static_cast<std::int16_t>(zone.nid);
        e.zone = static_cast<std::uint8_t>(zone.type);
        e.touched = phys_of(PfnRange{r.start, stop});
        e.a = stop - r.start;
        e.b = r.end - stop;
        if (!m_trace) return;
        m_trace.event(e, stop == r.end ? fmt::format("{} struct pages", e.a)
                                       : fmt::format("{} struct pages, {} deferred", e.a, e.b));
    }

    void init_unavailable(PfnRange hole, ZoneRef zone) {
        NrPages count = 0;
        for (Pfn p = hole.start; p < hole.end;) {
            const Pfn block = align_down(p, m_zones.pageblock_nr_pages());
            const Pfn end = std::min(block + m_zones.pageblock_nr_pages(), hole.end);
            if (m_sections.valid(block)) {
                m_pages.set_state(p, end - p, state_byte(PageState::reserved));
                m_pages.set_flags(p, end - p, bit(PageFlag::reserved));
                m_pages.set_refcount(p, end - p, 1);
                count += end - p;
            }
            p = end;
        }
        if (count == 0 || !m_trace) return;
        Event e;
        e.kind = EventKind::memmap_init;
        e.nid = static_cast<std::int16_t>(zone.nid);
        e.zone = static_cast<std::uint8_t>(zone.type);
        e.touched = phys_of(hole);
        e.a = count;
        m_trace.event(e, fmt::format("{} pages in unavailable ranges", count));
        if (m_profile.log.holes == HoleWords::node_zone)
            m_trace.printk(fmt::format("On node {}, zone {}: {} pages in unavailable ranges", zone.nid,
                                       name_of(zone.type), count));
        else if (m_profile.log.holes == HoleWords::zone)
            m_trace.printk(fmt::format("  {} zone: {} pages in unavailable ranges", name_of(zone.type), count));
    }

    Zones& m_zones;
    PageColumns& m_pages;
    const KernelProfile& m_profile;
    const Tracer& m_trace;
    const std::vector<MemRange> m_memory;
    const PresentSections m_sections;
    Pfn m_prev_end = 0;         ///< defer_init()'s prev_end_pfn
    NrPages m_initialised = 0;  ///< and nr_initialised
};

}  // namespace

void memmap_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn,
                 const Tracer& trace) {
    MemmapInit(zones, pages, memblock, profile, max_pfn, trace).run();
}

}  // namespace mm
