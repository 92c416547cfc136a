// SPDX-License-Identifier: GPL-3.0-or-later
// zone_sizes_init() and free_area_init(): how large each node's zones are. arch/x86/mm/init.c, mm/page_alloc.c.
#include <fmt/format.h>

#include <algorithm>

#include "engine/mmzone/hole_line.h"
#include "engine/mmzone/init.h"
#include "engine/mmzone/mem_ranges.h"
#include "engine/mmzone/memmap_init.h"
#include "engine/mmzone/mminit.h"
#include "engine/mmzone/zone_lines.h"
#include "engine/mmzone/zone_movable.h"

namespace mm {
namespace {

constexpr Pfn max_dma_pfn = pfn_down(16 * MiB), max_dma32_pfn = pfn_down(4 * GiB);

constexpr std::size_t index(ZoneType t) {
    return static_cast<std::size_t>(t);
}

/// calc_memmap_size(): with SPARSEMEM large holes have no struct pages.
NrPages memmap_pages(const Zone& zone, const KernelProfile& profile) {
    const bool holes = profile.memmap_by_present && zone.spanned > zone.present + (zone.present >> 4);
    return pfn_up((holes ? zone.present : zone.spanned) * profile.struct_page_size);
}

Pfn clamp_into(Pfn p, PfnRange r) {
    return std::clamp(p, r.start, r.end);
}

class FreeAreaInit {
public:
    FreeAreaInit(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                 const Tracer& trace, const MovableRequest& movable, const FlatMemory& flat)
        : m_zones(zones),
          m_pages(pages),
          m_memblock(memblock),
          m_profile(profile),
          m_trace(trace),
          m_request(movable),
          m_flat(flat),
          m_memory(mem_pfn_ranges(memblock)),
          m_lines(profile, trace) {}

    void run(Pfn max_low_pfn, Pfn max_pfn, const std::vector<Nid>& online, const std::vector<Nid>& possible) {
        find_zone_ranges(max_low_pfn, max_pfn);
        m_movable = find_zone_movable_pfns(m_memblock, m_profile, m_request,
                                           m_zones.arch_range[index(m_zones.movable_zone)].start);
        if (m_request.mirror && !m_request.movable_node && has_unmirrored_low_memory(m_memblock))
            m_trace.printk("This configuration results in unmirrored kernel memory.");
        print_ranges();
        if (std::string line = hole_line(m_memblock, m_profile, max_pfn); !line.empty())
            m_trace.printk(std::move(line));
        m_zones.pageblock_order = m_profile.pageblock_order;
        const Pfn end = align_up(std::max(m_pages.end_pfn(), PresentSections(m_memblock, m_profile).end()),
                                 m_zones.pageblock_nr_pages());
        m_zones.pageblock_type.assign(static_cast<std::size_t>((end + pageblock_pages - 1) / pageblock_pages), 0);
        m_zones.nodes.clear();
        m_zones.memory.clear();
        // Node numbers are given out without gaps: one below the highest that is not online is possible, and
        // memoryless. So are nodes that have nothing but CPUs: they come online later.
        Nid highest = no_node;
        for (const auto* nids : {&online, &possible})
            for (const Nid nid : *nids)
                highest = std::max(highest, nid);
        for (Nid nid = 0; nid <= highest; ++nid) {
            const bool is_online = std::find(online.begin(), online.end(), nid) != online.end();
            if (!is_online && !m_profile.possible_nodes_initialized) continue;
            if (!is_online) m_trace.printk(fmt::format("Initializing node {} as memoryless", nid));
            if (!is_online && m_flat.alloc_pgdat) m_flat.alloc_pgdat(nid);
            init_node(nid);
            m_zones.nodes.back().online = is_online;
        }
        memmap_init(m_zones, m_pages, m_memblock, m_profile, max_pfn, m_trace);
    }

private:
    void find_zone_ranges(Pfn max_low_pfn, Pfn max_pfn) {
        std::array<Pfn, nr_zone_types> max_zone{};
        const bool arm64 = m_profile.arch == Arch::arm64;
        const Pfn dma = arm64 ? pfn_down(max_zone_phys(m_memblock, m_zones.dma_bits)) : max_dma_pfn;
        const Pfn dma32 = arm64 ? pfn_down(max_zone_phys(m_memblock, 32)) : max_dma32_pfn;
        const Pfn end_of_ram = m_profile.zones_end_with_ram ? max_low_pfn : no_pfn;
        max_zone[index(ZoneType::dma)] = std::min(dma, end_of_ram);
        max_zone[index(ZoneType::dma32)] = std::min(dma32, end_of_ram);
        max_zone[index(ZoneType::normal)] = max_low_pfn;
        max_zone[index(ZoneType::highmem)] = max_pfn;
        Pfn start = pfn_down(m_memblock.start_of_dram());
        m_zones.arch_range = {};
        for (std::size_t t = 0; t < nr_zone_types; ++t) {
            const auto type = static_cast<ZoneType>(t);
            if (type == ZoneType::movable || !has_zone(m_profile, type)) continue;
            const Pfn end = std::max(max_zone[t], start);
            m_zones.arch_range[t] = {start, end};
            if (end > start) m_zones.movable_zone = type;
            start = end;
        }
    }

    void print_ranges() const {
        m_lines.zone_title();
        for (std::size_t t = 0; t < nr_zone_types; ++t) {
            const auto type = static_cast<ZoneType>(t);
            if (type != ZoneType::movable && has_zone(m_profile, type)) m_lines.zone_range(type, m_zones.arch_range[t]);
        }
        m_lines.movable_starts(m_movable);
        m_lines.early_memory(m_memory);
        mminit::print_pageflags_layout(m_profile, m_zones.mminit_loglevel, m_trace);
    }

    /// free_area_init_node().
    void init_node(Nid nid) {
        PfnRange span{no_pfn, 0};
        for (const MemRange& r : m_memory)
            if (r.nid == nid) span = {std::min(span.start, r.frames.start), std::max(span.end, r.frames.end)};
        if (span.empty()) span = {0, 0};
        Node& node = m_zones.nodes.emplace_back();
        node.nid = nid;
        node.start_pfn = span.start;
        m_lines.initmem(nid, span);
        for (std::size_t t = 0; t < nr_zone_types; ++t) {
            Zone& zone = node.zones[t];
            zone.type = static_cast<ZoneType>(t);
            zone.nid = nid;
            if (span.empty()) continue;
            size_zone(zone, span);
            node.spanned += zone.spanned;
            node.present += zone.present;
        }
        m_lines.totalpages(node);
        const bool flat = m_profile.memory_model == MemoryModel::flat;
        if (flat && node.spanned) alloc_mem_map(node);
        for (Zone& zone : node.zones) {
            zone.managed = guess_managed(zone);
            m_lines.batch(zone.type, m_profile.managed_pages ? zone.present : zone.managed, zone.managed);
            if (!zone.spanned) continue;
            if (flat) alloc_usemap(zone);
            mminit::print_memmap_init(m_profile, zone, m_zones.mminit_loglevel, m_trace);
            report(zone);
        }
    }

    /// alloc_node_mem_map(): struct pages from and to blocks of the highest order.
    void alloc_mem_map(Node& node) const {
        const NrPages block = NrPages{1} << (m_profile.max_order - 1);
        const PfnRange all{align_down(node.start_pfn, block), align_up(node.start_pfn + node.spanned, block)};
        const Bytes size = all.size() * m_profile.struct_page_size;
        if (!m_flat.alloc_mem_map) return;
        const PhysAddr at = m_flat.alloc_mem_map(size, node.nid);
        node.mem_map = {at, at + size};
    }

    /// usemap_size(): four bits for each pageblock the zone touches, in whole longs.
    void alloc_usemap(const Zone& zone) const {
        const NrPages block = m_zones.pageblock_nr_pages();
        const NrPages blocks = align_up(zone.spanned + zone.start_pfn % block, block) / block;
        if (m_flat.alloc_usemap) m_flat.alloc_usemap(align_up(blocks * 4, m_profile.long_size * 8) / 8, zone.nid);
    }

    /// zone_spanned_pages_in_node() before it is cut to the node: the architecture's range, with ZONE_MOVABLE's share
    /// taken away or given.
    PfnRange range_in_node(ZoneType type, Nid nid, PfnRange node) const {
        const PfnRange arch = m_zones.arch_range[index(type)];
        PfnRange r{clamp_into(node.start, arch), clamp_into(node.end, arch)};
        const auto it = m_movable.find(nid);
        if (it == m_movable.end()) return r;
        const Pfn movable = it->second;
        if (type == ZoneType::movable)
            r = {movable, std::min(node.end, m_zones.arch_range[index(m_zones.movable_zone)].end)};
        else if (!m_request.mirror && r.start < movable && r.end > movable)
            r.end = movable;
        else if (r.start >= movable)
            r.start = r.end;
        return r;
    }

    void size_zone(Zone& zone, PfnRange node) const {
        const PfnRange r = range_in_node(zone.type, zone.nid, node);
        if (r.end < node.start || r.start > node.end) return;
        const PfnRange cut = r.intersect(node);
        if (cut.empty()) return;
        zone.start_pfn = cut.start;
        zone.spanned = cut.size();
        for (const MemRange& m : m_memory)
            if (m.nid == zone.nid) zone.present += m.frames.intersect(r).size();
        if (m_request.mirror && m_movable.count(zone.nid)) zone.present -= mirror_absent(zone.type, r);
    }

    /// With kernelcore=mirror Normal and Movable overlap: mirrored memory is absent from the one, the rest from the
    /// other.
    NrPages mirror_absent(ZoneType type, PfnRange zone) const {
        NrPages n = 0;
        for (const MemblockRegion& r : m_memblock.memory()) {
            const bool mirror = r.flags & memblock_mirror;
            if ((type == ZoneType::movable && mirror) || (type == ZoneType::normal && !mirror))
                n += PfnRange{pfn_up(r.base), pfn_down(r.end())}.intersect(zone).size();
        }
        return n;
    }

    /// free_area_init_core(): present less the memmap and, in the first zone, what is taken below 16 MiB already.
    NrPages guess_managed(const Zone& zone) const {
        if (!m_profile.charges_memmap) return zone.present;
        NrPages n = zone.present;
        const NrPages memmap = memmap_pages(zone, m_profile);
        const bool first = zone.type == first_zone();
        const NrPages reserved = first ? dma_reserve() : 0;
        m_lines.taken(zone.type, memmap, n, first, reserved);
        if (n >= memmap) n -= memmap;
        if (first && n > reserved) n -= reserved;
        return m_zones.is_highmem(zone.type) && !m_profile.charges_highmem ? zone.present : n;
    }

    ZoneType first_zone() const {
        for (const auto t : {ZoneType::dma, ZoneType::dma32})
            if (has_zone(m_profile, t)) return t;
        return ZoneType::normal;
    }

    /// memblock_find_dma_reserve().
    NrPages dma_reserve() const {
        if (m_profile.arch != Arch::x86_64) return 0;
        const PfnRange dma{0, max_dma_pfn};
        NrPages all = 0, unused = 0;
        for (const MemRange& r : m_memory)
            all += r.frames.intersect(dma).size();
        for (const PfnRange r : free_pfn_ranges(m_memblock))
            unused += r.intersect(dma).size();
        return all - unused;
    }

    void report(const Zone& zone) const {
        if (!m_trace) return;
        Event e;
        e.kind = EventKind::zone_init;
        e.nid = static_cast<std::int16_t>(zone.nid);
        e.zone = static_cast<std::uint8_t>(zone.type);
        e.touched = phys_of(zone.span());
        e.a = zone.present;
        e.b = zone.managed;
        m_trace.event(e, fmt::format("{} spanned, {} present", zone.spanned, zone.present));
    }

    Zones& m_zones;
    PageColumns& m_pages;
    const Memblock& m_memblock;
    const KernelProfile& m_profile;
    const Tracer& m_trace;
    const MovableRequest& m_request;
    const FlatMemory& m_flat;
    const std::vector<MemRange> m_memory;
    const ZoneLines m_lines;
    std::map<Nid, Pfn> m_movable;
};

}  // namespace

GuessedPages guessed_pages(const Zones& zones, const KernelProfile& profile) {
    GuessedPages pages;
    for (const Node& node : zones.nodes) {
        for (const Zone& zone : node.zones) {
            const NrPages memmap = memmap_pages(zone, profile);
            if (!zones.is_highmem(zone.type))
                pages.kernel += zone.managed;
            else if (pages.kernel > 2 * memmap)
                pages.kernel -= memmap;
            pages.all += zone.managed;
        }
    }
    return pages;
}

PhysAddr max_zone_phys(const Memblock& memblock, unsigned zone_bits) {
    constexpr PhysAddr u32_max = 4 * GiB - 1;
    PhysAddr mask = (PhysAddr{1} << zone_bits) - 1;
    if (memblock.start_of_dram() > u32_max)
        mask = ~PhysAddr{0};
    else if (memblock.start_of_dram() > mask)
        mask = u32_max;
    return std::min(mask, memblock.end_of_dram() - 1) + 1;
}

void free_area_init(Zones& zones, PageColumns& pages, const Memblock& memblock, const KernelProfile& profile,
                    Pfn max_low_pfn, Pfn max_pfn, const std::vector<Nid>& online_nodes, const Tracer& trace,
                    const MovableRequest& movable, const FlatMemory& flat, const std::vector<Nid>& possible_nodes) {
    FreeAreaInit(zones, pages, memblock, profile, trace, movable, flat)
        .run(max_low_pfn, max_pfn, online_nodes, possible_nodes);
}

}  // namespace mm
