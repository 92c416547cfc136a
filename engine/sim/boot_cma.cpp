// SPDX-License-Identifier: GPL-3.0-or-later
// Memory set aside for large contiguous allocations (CMA), and how its pageblocks are lent to the buddy.
// Follows kernel/dma/contiguous.c, mm/cma.c, Linux 6.1.
#include <fmt/format.h>

#include "engine/firmware/command_line.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr Bytes cma_min_alignment = Bytes{pageblock_pages} << page_shift;

struct CmaRequest {
    Bytes size = 0;
    PhysAddr base = 0, limit = 0;  ///< 0: anywhere
    bool fixed = false;
};

/// "cma=64M", "cma=64M@0x50000000", "cma=64M@1G-2G".
CmaRequest cma_request(const BootContext& c, PhysAddr dma_limit) {
    CmaRequest r{.size = c.profile.cma_size, .limit = dma_limit};
    const auto param = find_param(c.machine.command_line, "cma");
    if (!param) return r;
    std::string_view rest;
    r.size = memparse(*param, &rest);
    PhysAddr limit = 0;
    if (rest.starts_with('@')) {
        r.base = memparse(rest.substr(1), &rest);
        limit = rest.starts_with('-') ? memparse(rest.substr(1), &rest) : r.base + r.size;
    }
    if (limit != 0) r.limit = std::min(limit, dma_limit);
    r.fixed = r.base + r.size == limit;
    return r;
}

std::string hex(PhysAddr addr) {
    return fmt::format("{:#018x}", addr);
}

/// What cma_declare_contiguous_nid() makes of a request; false, and said, if nothing can be.
bool sanitise(BootContext& c, CmaRequest& r) {
    if (r.fixed && r.base % cma_min_alignment != 0) {
        c.trace.printk(
            fmt::format("cma: Region at {} must be aligned to {} bytes", hex(r.base), hex(cma_min_alignment)));
        return false;
    }
    r.base = align_up(r.base, cma_min_alignment);
    r.size = align_up(r.size, cma_min_alignment);
    r.limit = align_down(r.limit, cma_min_alignment);
    const PhysAddr end = c.state.memblock.end_of_dram();
    if (r.limit == 0 || r.limit > end) r.limit = end;
    if (r.base + r.size <= r.limit) return true;
    c.trace.printk(
        fmt::format("cma: Size ({}) of region at {} exceeds limit ({})", hex(r.size), hex(r.base), hex(r.limit)));
    return false;
}

/// cma_declare_contiguous_nid(); 0 where there is no room.
PhysAddr place_cma(BootContext& c, const CmaRequest& r) {
    const BootMemblock boot = c.boot_memblock();
    Memblock& mb = boot.lists();
    constexpr std::string_view owner = "CMA";
    if (r.fixed && r.base != 0) {
        const PhysRange wanted{r.base, r.base + r.size};
        if (mb.is_region_reserved(wanted)) return 0;
        boot.reserve(wanted, owner, "cma_declare_contiguous_nid");
        return r.base;
    }
    MemblockRequest request{.size = r.size,
                            .align = cma_min_alignment,
                            .start = r.base,
                            .end = r.limit,
                            .owner = owner,
                            .api = MemblockApi::unlogged};
    // Above 4 GiB from the bottom up: compaction moves pages the other way.
    if (!mb.bottom_up() && mb.end_of_dram() >= 4 * GiB + r.size && r.limit > 4 * GiB) {
        MemblockRequest high = request;
        high.start = 4 * GiB;
        mb.set_bottom_up(true);
        const PhysAddr at = boot.alloc(high);
        mb.set_bottom_up(false);
        if (at != 0) return at;
    }
    return boot.alloc(request);
}

}  // namespace

namespace boot {

void dma_contiguous_reserve(BootContext& c) {
    if (!c.profile.cma) return;
    CmaRequest r = cma_request(c, c.state.dma_limit);
    if (r.size == 0) return;
    const PhysAddr at = sanitise(c, r) ? place_cma(c, r) : 0;
    if (at == 0) {
        c.trace.printk(fmt::format("cma: Failed to reserve {} MiB", r.size / MiB));
        return;
    }
    c.state.cma_areas.push_back({at, at + r.size});
    c.trace.printk(fmt::format("cma: Reserved {} MiB at {:#018x}", r.size / MiB, at));
}

void cma_init_reserved_areas(BootContext& c) {
    PageAllocator allocator(c.state.zones, c.pages, c.state.stats, c.profile);
    for (const PhysRange& area : c.state.cma_areas) {
        const PfnRange frames = whole_pfns(area);
        for (Pfn pfn = frames.start; pfn < frames.end; pfn += pageblock_pages) {
            c.pages.set_state(pfn, pageblock_pages, state_byte(PageState::boot));
            c.pages.set_flags(pfn, pageblock_pages, 0);
            c.state.zones.pageblock_type.set(pfn / pageblock_pages, static_cast<std::uint8_t>(MigrateType::cma));
            allocator.free_pages_core(pfn, c.profile.pageblock_order);
            if (const Zone* zone = c.state.zones.zone_of(pfn)) {
                c.state.zones.zone(zone->nid, zone->type)->cma += pageblock_pages;
                c.state.totalram_pages += pageblock_pages;
            }
        }
        c.trace.event({.kind = EventKind::free_range, .touched = area}, "pageblocks of CMA, lent to movable pages");
    }
}

}  // namespace boot
}  // namespace mm
