// SPDX-License-Identifier: GPL-3.0-or-later
// setup_per_cpu_areas(): the first per-CPU chunk and its bookkeeping.
//
//      embedded   [CPU 0][CPU 1] a piece of the direct map for each node (the rule)
//      by pages   [.][.][.]      single pages anywhere, side by side in vmalloc: where no such piece is free
//
// Follows mm/percpu.c (pcpu_embed_first_chunk, pcpu_page_first_chunk, pcpu_setup_first_chunk) and
// arch/x86/kernel/setup_percpu.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "engine/firmware/command_line.h"
#include "engine/sim/boot_context.h"
#include "engine/sim/percpu_units.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

constexpr Bytes block_md_size = 32;

/// Bitmaps of one region of the first chunk, [start, start + size) in whole pages: one bit a 4 bytes
/// (PCPU_MIN_ALLOC_SIZE).
void alloc_first_chunk(BootContext& c, Bytes start, Bytes size) {
    const Bytes region = align_up(start % page_size + size, page_size);
    const auto bitmap = [&](Bytes bits) { return align_up(bits, c.profile.long_size * 8) / 8; };
    const Bytes bits = region / 4;
    c.alloc_small(c.profile.structs.pcpu_chunk, "percpu bookkeeping", "pcpu_alloc_first_chunk");
    c.alloc_small(bitmap(bits), "percpu bookkeeping", "pcpu_alloc_first_chunk");
    c.alloc_small(bitmap(bits + 1), "percpu bookkeeping", "pcpu_alloc_first_chunk");
    c.alloc_small(region / page_size * block_md_size, "percpu bookkeeping", "pcpu_alloc_first_chunk");
}

/// pcpu_setup_first_chunk(): group offsets and sizes, unit map, unit offsets, the slots of chunk lists, two first
/// chunks.
void alloc_bookkeeping(BootContext& c, const PercpuFacts& f, Bytes groups, Bytes unit_size) {
    const Bytes cpus = c.machine.possible_cpus, pointer = c.profile.long_size;
    c.alloc_small(pointer * groups, "percpu bookkeeping", "pcpu_setup_first_chunk");
    c.alloc_small(pointer * groups, "percpu bookkeeping", "pcpu_setup_first_chunk");
    c.alloc_small(4 * cpus, "percpu bookkeeping", "pcpu_setup_first_chunk");
    c.alloc_small(pointer * cpus, "percpu bookkeeping", "pcpu_setup_first_chunk");
    // __pcpu_size_to_slot(unit size), plus the sidelined, free and to-depopulate slots; a list head each.
    const Bytes slots = static_cast<Bytes>(std::bit_width(unit_size)) - 5 + 2 + 1 + 3;
    c.alloc_small(slots * 2 * pointer, "percpu bookkeeping", "pcpu_setup_first_chunk");
    if (f.reserved_size) alloc_first_chunk(c, f.static_size, f.reserved_size);
    alloc_first_chunk(c, f.static_size + f.reserved_size, f.dyn_size);
}

constexpr std::string_view units_owner = "percpu units";

using Groups = std::map<Nid, std::vector<unsigned>>;

/// "percpu: Embedded 62 pages/cpu", with the first chunk's address in the words of the time.
std::string embedded_words(const BootContext& c, Bytes used, PhysAddr first) {
    std::string words =
        fmt::format("{}: Embedded {} pages/cpu", c.profile.log.percpu_module ? "percpu" : "PERCPU", used / page_size);
    if (c.profile.log.percpu_address == PercpuAddress::hidden) return words + " @(____ptrval____)";
    if (c.profile.log.percpu_address == PercpuAddress::none) return words;
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    const VirtAddr at = page_offset_of(layout) + first - layout.memstart;
    return words + fmt::format(" @{:0{}x}", at, 2 * c.profile.long_size);
}

/// A piece of memory for each node's CPUs; false, and all given back, where one is not to be had.
bool alloc_groups(BootContext& c, const Groups& groups, Bytes unit, std::vector<PhysRange>& pieces) {
    const Bytes atom = percpu_atom(c.profile);
    for (const auto& [nid, members] : groups) {
        const Bytes size = align_up(unit * members.size(), atom);
        const PhysAddr at = c.boot_memblock().alloc({.size = size,
                                                     .align = atom,
                                                     .start = max_dma_address,
                                                     .nid = nid,
                                                     .owner = units_owner,
                                                     .caller = "pcpu_fc_alloc|pcpu_embed_first_chunk"});
        if (at == 0) {
            for (const PhysRange& piece : pieces)
                c.boot_memblock().phys_free(piece, "pcpu_embed_first_chunk|memblock_free");
            return false;
        }
        pieces.push_back({at, at + size});
    }
    return true;
}

/// What units do not use goes back once all are there.
void fill_units(BootContext& c, const Groups& groups, const std::vector<PhysRange>& pieces, Bytes used, Bytes unit) {
    std::vector<PhysRange> tails;
    auto piece = pieces.begin();
    for (const auto& [nid, members] : groups) {
        PhysAddr start = piece->start;
        for (const unsigned cpu : members) {
            c.state.percpu_units[cpu] = {start, start + used};
            tails.push_back({start + used, start + unit});
            start += unit;
        }
        tails.push_back({start, piece++->end});
    }
    for (const PhysRange& tail : tails)
        if (!tail.empty()) c.boot_memblock().phys_free(tail, "pcpu_embed_first_chunk|memblock_free");
}

/// pcpu_embed_first_chunk(): false where memory is short.
bool embed_first_chunk(BootContext& c) {
    const PercpuFacts& f = c.machine.percpu;
    const Bytes used = percpu_used(f);
    const Bytes unit = percpu_unit(f, c.profile);
    Groups groups;
    for (unsigned cpu = 0; cpu < c.machine.possible_cpus; ++cpu)
        groups[node_of_cpu(c.state.numa, cpu)].push_back(cpu);

    const BootMemblock mb = c.boot_memblock();
    const PhysAddr info = mb.alloc(
        {.size = page_size, .align = page_size, .owner = "percpu alloc info", .caller = "pcpu_build_alloc_info"});
    if (info == 0) return false;
    const Bytes areas_size = align_up(groups.size() * c.profile.long_size, page_size);
    const PhysAddr areas = mb.alloc({.size = areas_size, .owner = "percpu areas", .caller = "pcpu_embed_first_chunk"});
    std::vector<PhysRange> pieces;
    const bool done = areas != 0 && alloc_groups(c, groups, unit, pieces);
    if (done) {
        fill_units(c, groups, pieces, used, unit);
        const auto lowest = std::min_element(pieces.begin(), pieces.end());
        c.trace.printk(fmt::format("{} s{} r{} d{} u{}", embedded_words(c, used, lowest->start), f.static_size,
                                   f.reserved_size, f.dyn_size, unit));
        alloc_bookkeeping(c, f, groups.size(), unit);
    }
    mb.phys_free({info, info + page_size}, "pcpu_embed_first_chunk|pcpu_free_alloc_info|memblock_free");
    if (areas != 0) mb.phys_free({areas, areas + areas_size}, "pcpu_embed_first_chunk|memblock_free");
    return done;
}

/// Single pages for all units, mapped side by side at the start of vmalloc.
void map_unit_pages(BootContext& c, const std::vector<PhysAddr>& pages) {
    VirtAddr at = 0;
    for (const LayoutArea& area : kernel_layout(layout_input_of(c.machine, c.profile, c.state)))
        if (area.kind == AreaKind::vmalloc) at = area.range.start;
    auto& tables = c.state.direct_map.tables;
    for (const PhysAddr page : pages) {
        tables.map(at, page, page_size, tables.paging().page_kernel_flags(), [&c](PtLevel) {
            return pfn_down(c.alloc_or_panic({.size = page_size,
                                              .align = page_size,
                                              .owner = "page tables",
                                              .caller = "spp_getpage|pcpu_populate_pte"}));
        });
        at += page_size;
    }
}

/// pcpu_page_first_chunk().
void page_first_chunk(BootContext& c) {
    const PercpuFacts f = percpu_of_single_pages(c.machine.percpu);
    const Bytes unit = f.unit_size;
    const BootMemblock mb = c.boot_memblock();
    const PhysAddr info = c.alloc_or_panic(
        {.size = page_size, .align = page_size, .owner = "percpu alloc info", .caller = "pcpu_build_alloc_info"});
    const Bytes list_size = align_up(unit / page_size * c.machine.possible_cpus * c.profile.long_size, page_size);
    const PhysAddr list =
        c.alloc_or_panic({.size = list_size, .owner = "percpu pages", .caller = "pcpu_page_first_chunk"});
    std::vector<PhysAddr> pages;
    for (unsigned cpu = 0; cpu < c.machine.possible_cpus; ++cpu) {
        for (Bytes done = 0; done < unit; done += page_size) {
            const PhysAddr at = mb.alloc({.size = page_size,
                                          .align = page_size,
                                          .start = max_dma_address,
                                          .nid = node_of_cpu(c.state.numa, cpu),
                                          .owner = units_owner,
                                          .caller = "pcpu_fc_alloc|pcpu_page_first_chunk"});
            if (at == 0) {
                c.trace.printk(fmt::format("percpu: failed to allocate 4K page for cpu{}", cpu));
                throw KernelPanic{"cannot initialize percpu area (err=-12)"};
            }
            if (done == 0) c.state.percpu_units[cpu] = {at, at + page_size};
            pages.push_back(at);
        }
    }
    map_unit_pages(c, pages);
    c.trace.printk(fmt::format("percpu: {} 4K pages/cpu s{} r{} d{}", unit / page_size, f.static_size, f.reserved_size,
                               f.dyn_size));
    alloc_bookkeeping(c, f, 1, unit);
    mb.phys_free({list, list + list_size}, "pcpu_page_first_chunk|memblock_free");
    mb.phys_free({info, info + page_size}, "pcpu_page_first_chunk|pcpu_free_alloc_info|memblock_free");
}

}  // namespace

void boot::setup_per_cpu_areas(BootContext& c) {
    const unsigned cpus = c.machine.possible_cpus;
    c.state.percpu_units.assign(cpus, {});
    const auto chosen = find_param(c.machine.command_line, "percpu_alloc").value_or("auto");
    const bool embedded = chosen != "page" && embed_first_chunk(c);
    if (!embedded) {
        if (chosen != "page")
            c.trace.printk(fmt::format("{}{} allocator failed (-12), falling back to page size",
                                       c.profile.arch == Arch::arm64 ? "NUMA: PERCPU: " : "setup_percpu: ",
                                       chosen == "embed" ? chosen : "auto"));
        page_first_chunk(c);
    }
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        c.trace.event({.kind = EventKind::pcpu_alloc, .touched = c.state.percpu_units[cpu]},
                      fmt::format("unit of CPU {}", cpu));
    if (c.profile.arch != Arch::x86_64) return;  // cpumasks are not CPUMASK_OFFSTACK
    // setup_node_to_cpumask_map() and four masks of the boot CPU, one long each up to 64 CPUs.
    const Bytes mask = (std::max(cpus, 1u) + 63) / 64 * 8;
    for (std::size_t i = 0; i < c.state.numa.nodes.size() + 4; ++i)
        c.alloc_small(mask, "cpumasks", "alloc_bootmem_cpumask_var");
}

}  // namespace mm
