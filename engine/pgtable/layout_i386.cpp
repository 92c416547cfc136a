// SPDX-License-Identifier: GPL-3.0-or-later
// Follows arch/x86/include/asm/pgtable_32_areas.h and fixmap.h: areas of fixed size, each aligned down to what one PMD
// maps, are stacked below the end of the address space; vmalloc gets what is left above lowmem.
#include <fmt/format.h>

#include "engine/pgtable/layout_tables.h"

namespace mm {
namespace {

constexpr VirtAddr i386_fixaddr_top = 0xfffff000;

// Above the slots of kmap_atomic() in the fixmap are those of APICs, below MMCONFIG and two of GHES.
constexpr Bytes slots_below = 3 * page_size, slots_above = 68 * page_size;

constexpr Bytes pmd_span(bool pae) {
    return pae ? 2 * MiB : 4 * MiB;
}
constexpr Bytes pkmap_size(bool pae) {
    return (pae ? 512 : 1024) * page_size;  // LAST_PKMAP
}

}  // namespace

I386Areas i386_areas(const LayoutInput& in) {
    const AddressSpace& s = in.space;
    const Bytes span = pmd_span(in.pae);
    I386Areas a;
    a.fixaddr_start = i386_fixaddr_top - s.fixmap_permanent() * page_size;
    a.fixaddr_boot_start = i386_fixaddr_top - s.fixmap_slots(in.pae ? 512 : 1024) * page_size;
    VirtAddr floor = a.fixaddr_boot_start;
    if (s.cpu_entry_area)
        floor = a.cpu_entry_area =
            align_down(floor - (Bytes{s.nr_cpus} * s.cpu_entry_area_pages + 1) * page_size, span);
    if (s.ldt_remap) floor = a.ldt = align_down(floor - page_size, span);
    if (in.highmem) floor = a.pkmap = align_down(floor - page_size - (s.cpu_entry_area ? 0 : pkmap_size(in.pae)), span);
    if (in.highmem) a.pkmap_slots = {a.pkmap, a.pkmap + pkmap_size(in.pae)};
    a.kmaps = {a.fixaddr_start + slots_below, i386_fixaddr_top - slots_above + page_size};
    a.vmalloc_end = floor - 2 * page_size;
    a.vmalloc_start = s.page_offset + phys_of(in.max_low_pfn) + i386_vmalloc_offset;
    const Bytes above = a.vmalloc_end - s.page_offset;
    a.maxmem = above > in.vmalloc_reserve ? above - in.vmalloc_reserve : 0;
    return a;
}

namespace layout {

std::vector<LayoutArea> i386_areas_listed(const LayoutInput& in) {
    const I386Areas a = i386_areas(in);
    const VirtAddr lowmem = in.space.page_offset, high_memory = lowmem + phys_of(in.max_low_pfn);
    const VirtRange image{lowmem + in.image.start, lowmem + in.image.end};
    const auto lowmem_note = fmt::format("{} MiB of physical memory from 0", phys_of(in.max_low_pfn) / MiB);
    const auto area = [](AreaKind kind, const char* name, VirtAddr start, VirtAddr end, const char* note,
                         const char* source) {
        return LayoutArea{kind, name, {start, end}, note, source};
    };
    std::vector<LayoutArea> areas{
        {AreaKind::user, "user space", {0, lowmem}, "different for each process", "TASK_SIZE"},
        {AreaKind::direct_map, "lowmem", {lowmem, std::min(image.start, high_memory)}, lowmem_note, "PAGE_OFFSET"},
        area(AreaKind::kernel_image, "kernel image", image.start, std::min(image.end, high_memory),
             "text, rodata, data, bss, brk: a part of lowmem", "_text, _end"),
        {AreaKind::direct_map, "lowmem", {image.end, high_memory}, lowmem_note, "high_memory"},
        area(AreaKind::guard, "vmalloc guard", high_memory, a.vmalloc_start, "catches accesses past the end of lowmem",
             "VMALLOC_OFFSET"),
        area(AreaKind::vmalloc, "vmalloc", a.vmalloc_start, a.vmalloc_end, "vmalloc, ioremap and modules",
             "VMALLOC_START"),
    };
    if (in.highmem)
        areas.push_back(area(AreaKind::pkmap, "pkmap", a.pkmap_slots.start, a.pkmap_slots.end,
                             "kmap() of highmem pages", "PKMAP_BASE"));
    if (in.space.ldt_remap)
        areas.push_back(area(AreaKind::ldt, "LDT remap", a.ldt, a.ldt + pmd_span(in.pae), "for page-table isolation",
                             "LDT_BASE_ADDR"));
    if (in.space.cpu_entry_area)
        areas.push_back(
            area(AreaKind::cpu_entry_area, "cpu entry area", a.cpu_entry_area,
                 a.cpu_entry_area + (Bytes{in.space.nr_cpus} * in.space.cpu_entry_area_pages + 1) * page_size,
                 "IDT, then GDT, TSS and entry stacks of each CPU", "CPU_ENTRY_AREA_BASE"));
    areas.push_back(area(AreaKind::fixmap, "fixmap, boot time", a.fixaddr_boot_start, a.fixaddr_start,
                         "early_ioremap() before ioremap() works", "FIXADDR_TOT_START"));
    areas.push_back(area(AreaKind::fixmap, "fixmap", a.fixaddr_start, i386_fixaddr_top,
                         "addresses fixed at compile time, from the top down", "FIXADDR_START"));
    return areas;
}

}  // namespace layout
}  // namespace mm
