// SPDX-License-Identifier: GPL-3.0-or-later
// setup_per_cpu_areas(): the first per-CPU chunk, embedded in the direct map, and its bookkeeping.
// Follows mm/percpu.c (pcpu_embed_first_chunk, pcpu_setup_first_chunk) and arch/x86/kernel/setup_percpu.c, Linux 6.1.
#include <fmt/format.h>

#include <bit>
#include <map>

#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr Bytes block_md_size = 32;

/// What units are aligned to: PMD_SIZE; on 32 bits, where vmalloc space is scarce, and on arm64 a page.
Bytes atom_size(const BootContext& c) {
    return c.profile.arch == Arch::x86_64 ? 2 * MiB : page_size;
}

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
void alloc_bookkeeping(BootContext& c, Bytes groups, Bytes unit_size) {
    const PercpuFacts& f = c.machine.percpu;
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

}  // namespace

void boot::setup_per_cpu_areas(BootContext& c) {
    const PercpuFacts& f = c.machine.percpu;
    const unsigned cpus = c.machine.possible_cpus;
    const Bytes atom = atom_size(c);
    const Bytes used = align_up(f.static_size + f.reserved_size + f.dyn_size, page_size);
    // A unit is the atom shared by as many CPUs as fit; pcpu_build_alloc_info() may choose fewer, then the log tells.
    const Bytes unit = f.unit_size >= used ? f.unit_size : align_up(used, atom);

    std::map<Nid, std::vector<unsigned>> groups;
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        groups[cpu < c.state.numa.cpu_to_node.size() ? c.state.numa.cpu_to_node[cpu] : 0].push_back(cpu);

    const BootMemblock mb = c.boot_memblock();
    const PhysAddr info = c.alloc_or_panic(
        {.size = page_size, .align = page_size, .owner = "percpu alloc info", .caller = "pcpu_build_alloc_info"});
    const PhysAddr areas = c.alloc_or_panic({.size = align_up(groups.size() * c.profile.long_size, page_size),
                                             .owner = "percpu areas",
                                             .caller = "pcpu_embed_first_chunk"});
    c.state.percpu_units.assign(cpus, {});
    std::vector<PhysRange> tails;
    for (const auto& [nid, members] : groups) {
        const Bytes size = align_up(unit * members.size(), atom);
        const PhysAddr at = c.alloc_or_panic({.size = size,
                                              .align = atom,
                                              .start = max_dma_address,
                                              .nid = nid,
                                              .owner = "percpu units",
                                              .caller = "pcpu_fc_alloc|pcpu_embed_first_chunk"});
        for (std::size_t i = 0; i < members.size(); ++i) {
            const PhysAddr start = at + i * unit;
            c.state.percpu_units[members[i]] = {start, start + used};
            tails.push_back({start + used, start + unit});
        }
        if (at + size > at + members.size() * unit) tails.push_back({at + members.size() * unit, at + size});
    }
    for (const PhysRange& tail : tails)
        if (!tail.empty()) mb.phys_free(tail, "pcpu_embed_first_chunk|memblock_free");
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        c.trace.event({.kind = EventKind::pcpu_alloc, .touched = c.state.percpu_units[cpu]},
                      fmt::format("unit of CPU {}", cpu));
    c.trace.printk(fmt::format("percpu: Embedded {} pages/cpu s{} r{} d{} u{}", used / page_size, f.static_size,
                               f.reserved_size, f.dyn_size, unit));
    alloc_bookkeeping(c, groups.size(), unit);
    mb.phys_free({info, info + page_size}, "pcpu_embed_first_chunk|pcpu_free_alloc_info|memblock_free");
    mb.phys_free({areas, areas + align_up(groups.size() * c.profile.long_size, page_size)},
                 "pcpu_embed_first_chunk|memblock_free");
    if (c.profile.arch != Arch::x86_64) return;  // cpumasks are not CPUMASK_OFFSTACK
    // setup_node_to_cpumask_map() and four masks of the boot CPU, one long each up to 64 CPUs.
    const Bytes mask = (std::max(cpus, 1u) + 63) / 64 * 8;
    for (std::size_t i = 0; i < c.state.numa.nodes.size() + 4; ++i)
        c.alloc_small(mask, "cpumasks", "alloc_bootmem_cpumask_var");
}

}  // namespace mm
