// SPDX-License-Identifier: GPL-3.0-or-later
// Boot stages that make page tables of 32-bit x86: lowmem's direct map, and the tables of areas at the top of the
// address space in which single pages are mapped later. Follows arch/x86/mm/init.c, init_32.c and cpu_entry_area.c,
// Linux 6.1.
#include <fmt/format.h>

#include "engine/firmware/command_line.h"
#include "engine/pgtable/low_pages.h"
#include "engine/sim/boot_context.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

constexpr VirtAddr address_space_end = VirtAddr{4} * GiB;

I386EarlyMap early_map(const BootContext& c, const LayoutInput& layout) {
    const KernelImage& image = c.machine.image;
    const PhysRange all = kernel_image_range(c.machine, c.profile);
    const I386Areas areas = i386_areas(layout);
    I386EarlyMap early;
    early.initial_end = initial_mapping_end(c.machine, c.profile);
    early.brk_tables = pfn_down(all.end);
    early.static_tables = pfn_down(image.res_bss.empty() ? all.end - 16 * page_size : image.res_bss.start);
    early.fixmap = {areas.fixaddr_boot_start, address_space_end};
    early.boot_slots = {areas.fixaddr_boot_start + 2 * page_size, areas.fixaddr_start};
    early.kmaps = areas.kmaps;
    return early;
}

}  // namespace

namespace boot {

void init_mem_mapping_i386(BootContext& c) {
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    c.trace.printk(
        fmt::format("initial memory mapped: [mem 0x00000000-{:#010x}]", initial_mapping_end(c.machine, c.profile) - 1));
    DirectMapInput in;
    in.mode = c.profile.pae ? PagingMode::i386_pae : PagingMode::i386;
    in.early = early_map(c, layout);
    in.page_offset = page_offset_of(layout);
    in.max_pfn = c.state.max_pfn;
    in.max_low_pfn = c.state.max_low_pfn;
    in.brk_pages = c.profile.init_pgt_buf_pages;
    in.brk_buffer = pfn_down(brk_used_range(c.machine, c.profile).end) - in.brk_pages;
    in.top_table = in.early.static_tables;
    in.bottom_up = find_param(c.machine.command_line, "movable_node").has_value();
    in.kernel_end = kernel_image_range(c.machine, c.profile).end;
    in.nx = c.machine.nx;
    c.state.direct_map = mm::init_mem_mapping(in, c.state.e820, c.boot_memblock());
    c.early_memtest({0, phys_of(c.state.direct_map.max_pfn_mapped)});
    c.state.memblock.set_current_limit(phys_of(c.state.direct_map.max_pfn_mapped));
}

void permanent_kmaps_init(BootContext& c) {
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    const VirtAddr pkmap = i386_areas(layout).pkmap;
    if (!c.profile.highmem) return;
    const BootMemblock memblock = c.boot_memblock();
    LowPages pages(c.state.direct_map, memblock);
    populate_range(c.state.direct_map, pages, {pkmap, pkmap + page_size});  // LAST_PKMAP: what one table maps
}

void trap_init_i386(BootContext& c) {
    const LayoutInput layout = layout_input_of(c.machine, c.profile, c.state);
    const AddressSpace& space = layout.space;
    if (!space.cpu_entry_area) return;
    const VirtAddr start = i386_areas(layout).cpu_entry_area;
    const NrPages count = NrPages{space.nr_cpus} * space.cpu_entry_area_pages + 1;
    const BootMemblock memblock = c.boot_memblock();
    LowPages pages(c.state.direct_map, memblock);
    populate_range(c.state.direct_map, pages, {start, start + count * page_size});
}

}  // namespace boot
}  // namespace mm
