// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up machine of a few thousand frames with zones, lists and an allocator, for tests that draw their memory.
//
//      SmallMemory m({{0, ZoneType::dma, {0, 1024}}, {0, ZoneType::normal, {1024, 4096}}});
//      node 0   [DMA 0 .. 1023][Normal 1024 .. 4095]     all free, watermarks 0, every pageblock movable
#pragma once

#include <algorithm>
#include <bit>
#include <map>
#include <vector>

#include "engine/page_alloc/page_allocator.h"

namespace mm::test {

struct ZoneSpec {
    Nid nid = 0;
    ZoneType type = ZoneType::normal;
    PfnRange frames;
};

class SmallMemory {
public:
    explicit SmallMemory(const std::vector<ZoneSpec>& specs, bool give_to_buddy = true,
                         const KernelProfile& rules = profile_for(Arch::x86_64, {6, 1, 0}))
        : profile(rules), zones(make_zones(specs)), pages(end_of(specs)), allocator(zones, pages, stats, profile) {
        if (!give_to_buddy) return;
        for (const ZoneSpec& s : specs)
            free_range(s.frames);
    }
    SmallMemory(const SmallMemory&) = delete;
    SmallMemory& operator=(const SmallMemory&) = delete;

    /// As __free_pages_memory(): the largest aligned blocks, ascending.
    void free_range(PfnRange r) {
        for (Pfn p = r.start; p < r.end;) {
            Order order = p == 0 ? profile.max_order - 1
                                 : std::min(profile.max_order - 1, static_cast<Order>(std::countr_zero(p)));
            while (p + (Pfn{1} << order) > r.end)
                --order;
            allocator.free_pages_core(p, order);
            p += Pfn{1} << order;
        }
    }
    Zone& zone(ZoneType type, Nid nid = 0) { return *zones.zone(nid, type); }
    /// "order:blocks" of a zone's free blocks, like a line of /proc/buddyinfo.
    std::vector<NrPages> free_blocks(ZoneType type, Nid nid = 0) {
        std::vector<NrPages> out;
        for (Order o = 0; o < profile.max_order; ++o)
            out.push_back(zone(type, nid).free_area[o].nr_free);
        return out;
    }

    const KernelProfile& profile;
    Zones zones;
    PageColumns pages;
    AllocStats stats;
    PageAllocator allocator;

private:
    static Pfn end_of(const std::vector<ZoneSpec>& specs) {
        Pfn end = 0;
        for (const ZoneSpec& s : specs)
            end = std::max(end, s.frames.end);
        return end;
    }

    static Zones make_zones(const std::vector<ZoneSpec>& specs) {
        Zones z;
        for (const ZoneSpec& s : specs) {
            while (z.nodes.size() <= static_cast<std::size_t>(s.nid)) {
                z.nodes.emplace_back();
                z.nodes.back().nid = static_cast<Nid>(z.nodes.size()) - 1;
            }
            Node& node = z.nodes[static_cast<std::size_t>(s.nid)];
            Zone& zone = node.zones[static_cast<std::size_t>(s.type)];
            zone.type = s.type;
            zone.nid = s.nid;
            zone.start_pfn = s.frames.start;
            zone.spanned = zone.present = s.frames.size();
            z.memory.push_back({s.frames, {s.nid, s.type}});
        }
        std::sort(z.memory.begin(), z.memory.end(),
                  [](const ZoneFrames& a, const ZoneFrames& b) { return a.frames.start < b.frames.start; });
        for (Node& node : z.nodes) {
            for (std::size_t i = 0; i < z.nodes.size(); ++i) {
                const Node& from = z.nodes[(static_cast<std::size_t>(node.nid) + i) % z.nodes.size()];
                for (std::size_t t = nr_zone_types; t-- > 0;) {
                    if (!from.zones[t].populated()) continue;
                    node.fallback.push_back({from.nid, static_cast<ZoneType>(t)});
                    if (i == 0) node.thisnode.push_back({from.nid, static_cast<ZoneType>(t)});
                }
            }
        }
        z.pageblock_type.assign((end_of(specs) + pageblock_pages - 1) / pageblock_pages,
                                static_cast<std::uint8_t>(MigrateType::movable));
        return z;
    }
};

}  // namespace mm::test
