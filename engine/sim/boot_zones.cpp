// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages from sections to the buddy: sparse_init to init_per_zone_wmark_min. The rooms do the work; here they are
// handed each other. Follows init/main.c, mm/page_alloc.c, Linux 6.1.
#include <fmt/format.h>

#include <bit>

#include "engine/firmware/command_line.h"
#include "engine/mmzone/pageset_sizes.h"
#include "engine/sim/boot_context.h"
#include "engine/sim/thp_setting.h"
#include "engine/slab_common/slab_params.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

/// x86_64's nodes of CPUs alone come online in init_cpu_to_node(), after free_area_init().
std::vector<Nid> early_online_nodes(const BootContext& c) {
    std::vector<Nid> nids;
    for (const NodeData& node : c.state.numa.nodes)
        if (c.profile.arch != Arch::x86_64 || !node.node_data.empty()) nids.push_back(node.nid);
    return nids;
}

/// vmemmap_populate_hugepages(): 2 MiB leaves over the memory of a section's struct pages.
VmemmapMapper vmemmap_mapper(BootContext& c) {
    const VirtAddr base = vmemmap_of(layout_input_of(c.machine, c.profile, c.state));
    return {[&c, base](PhysRange memmap, Pfn first_pfn, Nid nid) {
        const VirtAddr virt = page_address_of_struct(first_pfn, base, c.profile.struct_page_size);
        const auto alloc = [&](PtLevel level) {
            const PhysAddr at = c.alloc_or_panic({.size = page_size,
                                                  .align = page_size,
                                                  .start = max_dma_address,
                                                  .nid = nid,
                                                  .owner = "vmemmap page tables",
                                                  .caller = "vmemmap_alloc_block_zero|__earlyonly_bootmem_alloc",
                                                  .api = MemblockApi::try_nid_raw});
            c.trace.event({.kind = EventKind::alloc_page_table, .touched = {at, at + page_size}}, name_of(level));
            return pfn_down(at);
        };
        constexpr Bytes leaf = 2 * MiB;
        for (Bytes done = 0; done < memmap.size(); done += leaf)
            c.state.direct_map.tables.map(align_down(virt, leaf) + done, memmap.start + done, leaf,
                                          c.state.direct_map.tables.paging().page_kernel_flags(), alloc);
        c.trace.event({.kind = EventKind::vmemmap_populate, .nid = static_cast<std::int16_t>(nid), .touched = memmap},
                      fmt::format("struct pages of pfn {:#x} on", first_pfn));
    }};
}

Pfn end_of_columns(const BootContext& c) {
    constexpr Pfn section_pages = Pfn{section_blocks} * pageblock_pages;
    return align_up(pfn_up(c.state.memblock.end_of_dram()), section_pages);
}

FlatMemory flat_memory(BootContext& c) {
    const auto alloc = [&c](Bytes size, Nid nid, std::string_view owner, std::string_view caller, MemblockApi api) {
        return c.alloc_or_panic({.size = size, .nid = nid, .owner = owner, .caller = caller, .api = api});
    };
    return {.alloc_mem_map =
                [alloc](Bytes size, Nid nid) {
                    return alloc(size, nid, "mem_map", "memmap_alloc|alloc_node_mem_map", MemblockApi::try_nid_raw);
                },
            .alloc_usemap =
                [alloc](Bytes size, Nid nid) {
                    return alloc(size, nid, "pageblock flags", "setup_usemap|free_area_init_core",
                                 MemblockApi::try_nid);
                },
            .alloc_pgdat =
                [alloc, size = c.profile.pgdat_size](Nid nid) {
                    alloc(size, no_node, fmt::format("NODE_DATA({})", nid), "free_area_init", MemblockApi::try_nid);
                }};
}

FreePagesCore buddy_of(BootContext& c) {
    return [allocator = PageAllocator(c.state.zones, c.pages, c.state.stats, c.profile)](Pfn pfn, Order order) mutable {
        allocator.free_pages_core(pfn, order);
    };
}

/// ", 151432K highmem" at the end of the "Memory:" line.
std::string highmem_text(const BootContext& c, char unit) {
    if (!c.profile.highmem) return {};
    NrPages n = 0;
    for (const Node& node : c.state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (c.state.zones.is_highmem(zone.type)) n += zone.managed;
    return fmt::format(", {}{} highmem", n << (page_shift - 10), unit);
}

/// mem_init() before 3.11: up to the last frame. i386 counts what is reserved of low memory alone, and no holes.
std::string memory_line_to_the_end(const BootContext& c) {
    const KernelImage& image = c.machine.image;
    const auto kib_of_pages = [](NrPages n) { return n << (page_shift - 10); };
    const bool i386 = c.profile.arch == Arch::i386;
    const Pfn end = c.state.max_pfn;
    NrPages reserved = c.state.physpages - c.state.totalram_pages;
    if (i386) {
        reserved = 0;
        for (const Node& node : c.state.zones.nodes)
            for (const Zone& zone : node.zones)
                if (!c.state.zones.is_highmem(zone.type)) reserved += zone.present - zone.managed;
    }
    return fmt::format("Memory: {}k/{}k available ({}k kernel code, {}{}k reserved, {}k data, {}k init{})",
                       kib_of_pages(c.state.zones.sum(&Zone::free_pages)), kib_of_pages(end), image.code / KiB,
                       i386 ? "" : fmt::format("{}k absent, ", kib_of_pages(end - c.state.physpages)),
                       kib_of_pages(reserved), image.rwdata / KiB, image.init / KiB,
                       i386 && !c.profile.highmem ? ", 0k highmem" : highmem_text(c, 'k'));
}

/// The boot CPU's node.
Nid first_node(const BootContext& c) {
    const auto& nodes = c.state.numa.cpu_to_node;
    return nodes.empty() || nodes.front() < 0 ? c.state.zones.nodes.front().nid : nodes.front();
}

/// CPUs that the boot brings up: those present, as far as maxcpus= and nosmp allow.
unsigned online_cpus(const Machine& machine) {
    unsigned n = machine.possible_cpus - std::min(machine.hotplug_cpus, machine.possible_cpus - 1);
    if (const auto most = find_param(machine.command_line, "maxcpus"))
        n = static_cast<unsigned>(std::min<std::uint64_t>(n, std::max<std::uint64_t>(simple_strtoull(*most), 1)));
    return find_param(machine.command_line, "nosmp") ? 1 : n;
}

/// memblock_discard(): arrays that were doubled lie in memory of their own, which nobody needs any more.
void memblock_discard(BootContext& c) {
    PageAllocator allocator(c.state.zones, c.pages, c.state.stats, c.profile);
    for (const MemblockList which : {MemblockList::reserved, MemblockList::memory}) {
        const PhysRange array = c.state.memblock.array_range(which);
        for (Pfn pfn = pfn_down(array.start); pfn < pfn_down(array.end); ++pfn)
            if (c.state.zones.frames_of(pfn)) {
                allocator.free_reserved_page(pfn);
                ++c.state.totalram_pages;
            }
        if (!array.empty())
            c.trace.event({.kind = EventKind::free_range, .touched = array}, "memblock's doubled array is given back");
    }
}

/// smp_init(): which nodes have CPUs that run.
void bring_up_cpus(BootContext& c) {
    c.state.online_cpus = online_cpus(c.machine);
    for (unsigned cpu = 0; cpu < c.state.online_cpus; ++cpu)
        for (Node& node : c.state.zones.nodes)
            node.online_cpus += c.state.numa.cpu_is_of(cpu, node.nid);
}

}  // namespace

namespace boot {

void sparse_init(BootContext& c) {
    c.pages = PageColumns(end_of_columns(c));
    c.state.sections = mm::sparse_init(c.boot_memblock(), c.profile, vmemmap_mapper(c), c.machine.la57);
}

void zone_sizes_init(BootContext& c) {
    if (c.pages.end_pfn() == 0) c.pages = PageColumns(end_of_columns(c));
    const auto loglevel = find_param(c.machine.command_line, "mminit_loglevel");
    c.state.zones.mminit_loglevel = loglevel ? static_cast<int>(std::min<std::uint64_t>(memparse(*loglevel), 4)) : 0;
    c.state.zones.dma_bits = c.machine.dma_bits;
    c.state.dma_limit = max_zone_phys(c.state.memblock, c.machine.dma_bits);
    free_area_init(c.state.zones, c.pages, c.state.memblock, c.profile, c.state.max_low_pfn, c.state.max_pfn,
                   early_online_nodes(c), c.trace, movable_request(c.machine.command_line), flat_memory(c),
                   c.state.numa.possible);
    for (const Node& node : c.state.zones.nodes)
        c.state.physpages += node.present;
    const GuessedPages guess = guessed_pages(c.state.zones, c.profile);
    c.state.nr_kernel_pages = guess.kernel;
    c.state.nr_all_pages = guess.all;
}

void build_all_zonelists(BootContext& c) {
    for (const NodeData& online : c.state.numa.nodes)
        for (Node& node : c.state.zones.nodes)
            if (node.nid == online.nid) node.online = true;
    // No CPU is counted as a node's yet (identify_boot_cpu() comes later): the preference for nodes without one is
    // mute.
    mm::build_all_zonelists(c.state.zones, c.profile, c.state.numa.distance, {}, c.trace);
    c.trace.printk("Kernel command line: " + c.machine.command_line);
}

void memblock_free_all(BootContext& c) {
    c.boot_memblock().serve_rest();
    const Pfn end = c.profile.highmem ? c.state.max_low_pfn : no_pfn;
    c.state.totalram_pages +=
        mm::memblock_free_all(c.state.zones, c.pages, c.state.memblock, c.profile, buddy_of(c), c.trace, end);
    c.state.memblock_discarded = true;
}

void preallocate_vmalloc_pages(BootContext& c) {
    // One table below each PGD entry of the vmalloc area, so that later mappings need no synchronisation of PGDs.
    const Bytes entry_span = Bytes{1} << (c.machine.la57 ? 48 : 39);
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    // Moved at random by whole PUD entries, the area touches one PGD entry more.
    const Bytes moved = moves_bases(layout, c.machine) ? entry_span : 0;
    for (const LayoutArea& area : kernel_layout(layout)) {
        if (area.kind != AreaKind::vmalloc) continue;
        PageAllocator allocator(c.state.zones, c.pages, c.state.stats, c.profile);
        PageTables& tables = c.state.direct_map.tables;
        const PtLevel level = tables.paging().below(PtLevel::pgd).level;
        for (VirtAddr at = area.range.start; at < area.range.end + moved; at += entry_span) {
            const bool known = area.range.contains(at);
            if (known && !tables.missing_table(at, level)) continue;
            const auto table =
                allocator.alloc_pages({.gfp = gfp::GFP_KERNEL | gfp::zero, .nid = first_node(c)}, c.trace);
            if (!table) throw KernelPanic{"Failed to pre-allocate pud pages for vmalloc area"};
            // A log that contradicts itself may have tables in memory that it calls free.
            if (known && !tables.table(*table)) tables.add_table(at, *table);
        }
    }
}

void mem_init_print_info(BootContext& c) {
    const KernelImage& image = c.machine.image;
    const auto kib_of_pages = [](NrPages n) { return n << (page_shift - 10); };
    if (c.profile.log.memory_with_absent) {
        c.trace.printk(memory_line_to_the_end(c));
        if (c.profile.log.virtual_layout) print_virtual_layout(c);
        return;
    }
    NrPages cma = 0;  // totalcma_pages
    for (const PhysRange& area : c.state.cma_areas)
        cma += whole_pfns(area).size();
    c.trace.printk(fmt::format(
        "Memory: {}K/{}K available ({}K kernel code, {}K rwdata, {}K rodata, {}K init, {}K bss, {}K "
        "reserved, {}K cma-reserved{})",
        kib_of_pages(c.state.zones.sum(&Zone::free_pages)), kib_of_pages(c.state.physpages), image.code / KiB,
        image.rwdata / KiB, image.rodata / KiB, image.init / KiB, image.bss / KiB,
        kib_of_pages(c.state.physpages - c.state.totalram_pages - cma), kib_of_pages(cma), highmem_text(c, 'K')));
    if (c.profile.log.virtual_layout) print_virtual_layout(c);
}

void kmem_cache_init(BootContext& c) {
    if (c.profile.slab_design == SlabDesign::slab) {  // which has nothing to say
        c.trace.event({.kind = EventKind::kernel_note}, "SLAB takes its first pages; boot does not follow its caches");
        return;
    }
    c.trace.event({.kind = EventKind::kernel_note}, "SLUB takes its first pages; boot does not follow its caches");
    const SlabParams params = slab_params(c.machine, c.profile);
    c.trace.printk(fmt::format("SLUB: HWalign={}, Order={}-{}, MinObjects={}, CPUs={}, Nodes={}", params.cache_line,
                               params.min_order, params.max_order, params.min_objects, params.possible_cpus,
                               c.state.zones.nodes.size()));
}

void setup_per_cpu_pageset(BootContext& c) {
    c.state.zones.cpu_node = c.state.numa.cpu_to_node;
    mm::setup_per_cpu_pageset(c.state.zones, c.profile, c.machine.possible_cpus);
    c.trace.event({.kind = EventKind::kernel_note, .a = c.machine.possible_cpus},
                  fmt::format("per-CPU lists for {} CPUs", c.machine.possible_cpus));
}

void page_alloc_init_late(BootContext& c) {
    deferred_init(c.state.zones, c.pages, c.state.memblock, c.profile, buddy_of(c), c.trace);
    if (c.profile.arch != Arch::arm64) memblock_discard(c);  // ARCH_KEEP_MEMBLOCK
}

void init_per_zone_wmark_min(BootContext& c) {
    bring_up_cpus(c);
    mm::init_per_zone_wmark_min(c.state.zones, c.profile, c.trace);
}

void set_recommended_min_free_kbytes(BootContext& c) {
    if (!starts_khugepaged(c.machine.command_line)) return;
    mm::set_recommended_min_free_kbytes(c.state.zones, c.profile, c.state.totalram_pages, c.trace);
}

}  // namespace boot
}  // namespace mm
