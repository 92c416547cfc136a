// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages of 32-bit x86 alone: lowmem and highmem, FLATMEM. Follows arch/x86/mm/init_32.c, highmem_32.c,
// arch/x86/kernel/head32.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "engine/pgtable/lowmem.h"
#include "engine/sim/boot_context.h"
#include "engine/snapshot/layout_of.h"

namespace mm {

/// mk_early_pgtbl_32(): whole page tables, so that the image and the tables of all lowmem can be reached.
PhysAddr initial_mapping_end(const Machine& machine, const KernelProfile& profile) {
    const NrPages lowmem_pages = pfn_down(4 * GiB - (machine.image.page_offset ? machine.image.page_offset : 3 * GiB));
    const NrPages entries = profile.pae ? 512 : 1024, middle_tables = profile.pae ? 4 : 0;
    const Bytes tables = phys_of(lowmem_pages / entries + middle_tables);
    return align_up(kernel_image_range(machine, profile).end + profile.brk_size + tables, phys_of(entries));
}

namespace boot {

void find_low_pfn_range(BootContext& c) {
    const I386Areas areas = i386_areas(layout_input_of(c.machine, c.profile, c.state));
    const LowmemSplit split = mm::find_low_pfn_range(c.state.max_pfn, areas.maxmem, c.profile, c.machine.command_line);
    for (const std::string& complaint : split.complaints)
        c.trace.printk(complaint);
    c.state.max_low_pfn = split.max_low_pfn;
    c.state.max_pfn = split.max_pfn;
    c.trace.event({.kind = EventKind::kernel_note, .touched = {0, phys_of(split.max_low_pfn)}, .a = split.max_low_pfn},
                  fmt::format("lowmem; {} pages of highmem above", split.max_pfn - split.max_low_pfn));
}

void initmem_init_i386(BootContext& c) {
    const auto mb = [](NrPages pages) { return pages >> (20 - page_shift); };
    if (c.profile.highmem)
        c.trace.printk(fmt::format("{}MB HIGHMEM available.", mb(c.state.max_pfn - c.state.max_low_pfn)));
    c.state.memblock.set_node(0, ~PhysAddr{0}, 0, false, c.trace);
    c.trace.printk(fmt::format("{}MB LOWMEM available.", mb(c.state.max_low_pfn)));
    c.trace.printk(fmt::format("  mapped low ram: 0 - {:08x}", phys_of(c.state.direct_map.max_pfn_mapped)));
    c.trace.printk(fmt::format("  low ram: 0 - {:08x}", phys_of(c.state.max_low_pfn)));
    c.state.numa.nodes = {{.nid = 0, .node_data = {}}};  // contig_page_data, in the image
    c.state.numa.distance = {{10}};
    c.state.numa.cpu_to_node.assign(c.machine.possible_cpus, 0);
}

void set_highmem_pages_init(BootContext& c) {
    PageAllocator allocator(c.state.zones, c.pages, c.state.stats, c.profile);
    c.boot_memblock().serve_rest();
    c.state.totalram_pages += mm::set_highmem_pages_init(
        c.state.zones, c.state.memblock, [&](Pfn pfn, Order order) { allocator.free_reserved_page(pfn, order); },
        c.profile.max_order - 1, c.trace);
}

void print_virtual_layout(BootContext& c) {
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    c.trace.printk("virtual kernel memory layout:");
    const auto line = [&](std::string_view name, VirtRange r, bool in_mb) {
        c.trace.printk(fmt::format("{:>11} : {:#010x} - {:#010x}   ({:4} {})", name, r.start, r.end,
                                   r.size() / (in_mb ? MiB : KiB), in_mb ? "MB" : "kB"));
    };
    const std::vector<LayoutArea> areas = kernel_layout(layout);
    const std::tuple<AreaKind, std::string_view, bool> printed[] = {{AreaKind::fixmap, "fixmap ", false},
                                                                    {AreaKind::cpu_entry_area, "cpu_entry", false},
                                                                    {AreaKind::pkmap, "pkmap  ", false},
                                                                    {AreaKind::vmalloc, "vmalloc", true}};
    for (const auto& [kind, name, in_mb] : printed)  // of two fixmaps the later, which is the permanent one
        if (const auto area =
                std::find_if(areas.rbegin(), areas.rend(), [k = kind](const auto& a) { return a.kind == k; });
            area != areas.rend())
            line(name, area->range, in_mb);
    const VirtAddr lowmem = layout.space.page_offset;
    line("lowmem ", {lowmem, lowmem + phys_of(c.state.max_low_pfn)}, true);
    // The symbols between them as far as the sizes of the "Memory:" line tell.
    const KernelImage& image = c.machine.image;
    const VirtAddr text = lowmem + layout.image.start, etext = text + image.code;
    const VirtAddr edata = etext + (c.profile.log.memory_with_absent ? 0 : image.rodata) + image.rwdata;
    const VirtAddr init = image.init_begin ? lowmem + image.init_begin : align_up(edata, page_size);
    line(".init", {init, init + image.init}, false);
    line(".data", {etext, edata}, false);
    line(".text", {text, etext}, false);
}

}  // namespace boot
}  // namespace mm
