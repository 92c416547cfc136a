// SPDX-License-Identifier: GPL-3.0-or-later
// Highmem's way to the page allocator: as if frame by frame, before lowmem. mm/highmem.c does not do it, arch/x86 does:
// set_highmem_pages_init() and add_highpages_with_active_regions(), arch/x86/mm/highmem_32.c and init_32.c.
#include <fmt/format.h>

#include "engine/mmzone/init.h"
#include "engine/mmzone/mem_ranges.h"

namespace mm {
namespace {

/// Frame by frame these would merge into one block of the highest order, which goes to the head of its list: the blocks
/// on the way meet no others. Frames that are alike need not be looked at one by one.
bool starts_whole_block(Pfn pfn, Pfn end, Order highest) {
    const NrPages size = NrPages{1} << highest;
    return pfn % size == 0 && end - pfn >= size;
}

}  // namespace

NrPages set_highmem_pages_init(Zones& zones, const Memblock& memblock, const FreePagesCore& free_core,
                               Order highest_order, const Tracer& trace) {
    for (Node& node : zones.nodes)
        for (Zone& zone : node.zones)
            zone.managed = 0;
    NrPages freed = 0;
    for (const Node& node : zones.nodes) {
        for (const Zone& zone : node.zones) {
            if (!zones.is_highmem(zone.type)) continue;
            const PfnRange span = zone.span();
            trace.printk(fmt::format("Initializing {} for node {} ({:08x}:{:08x})", name_of(zone.type), node.nid,
                                     span.start, span.end));
            for (PfnRange r : free_pfn_ranges(memblock)) {
                r = r.intersect(span);
                for (Pfn pfn = r.start; pfn < r.end;) {
                    const Order order = starts_whole_block(pfn, r.end, highest_order) ? highest_order : 0;
                    free_core(pfn, order);
                    pfn += Pfn{1} << order;
                }
                freed += r.size();
                if (r.empty() || !trace) continue;
                Event e;
                e.kind = EventKind::free_range;
                e.nid = static_cast<std::int16_t>(zone.nid);
                e.zone = static_cast<std::uint8_t>(zone.type);
                e.touched = phys_of(r);
                e.a = r.size();
                trace.event(e, fmt::format("{} pages, one by one", r.size()));
            }
        }
    }
    return freed;
}

}  // namespace mm
