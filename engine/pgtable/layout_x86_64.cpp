// SPDX-License-Identifier: GPL-3.0-or-later
// Follows Documentation/x86/x86_64/mm.rst and arch/x86/include/asm/pgtable_64_types.h; before 4.20 the LDT remap lay
// elsewhere and the direct map 0.5 TiB lower (4.17's mm.txt).
#include "engine/pgtable/layout_tables.h"

namespace mm::layout {
namespace {

constexpr Bytes PiB = 1024 * TiB;
constexpr Bytes kernel_image_size = GiB;  // KERNEL_IMAGE_SIZE with CONFIG_RANDOMIZE_BASE, nokaslr or not

LayoutArea area(AreaKind kind, const char* name, VirtAddr start, VirtAddr end, const char* note, const char* source) {
    return {kind, name, {start, end}, note, source};
}

LayoutArea direct_map(const LayoutInput& in) {
    const VirtAddr start = page_offset_of(in);
    const Bytes size = in.la57 ? in.space.direct_map_size_la57 : in.space.direct_map_size;
    return area(AreaKind::direct_map, "direct map", start, start + size, "all physical memory, page_offset_base",
                "__PAGE_OFFSET");
}

LayoutArea ldt_remap(VirtAddr start, Bytes size) {
    if (start == 0) return {};
    return area(AreaKind::ldt, "LDT remap", start, start + size, "for page-table isolation", "LDT_BASE_ADDR");
}

std::vector<LayoutArea> four_levels(const LayoutInput& in) {
    std::vector<LayoutArea> areas{
        area(AreaKind::user, "user space", 0, 0x0000800000000000, "different for each process", "TASK_SIZE"),
        area(AreaKind::hole, "non-canonical hole", 0x0000800000000000, 0xffff800000000000, "addresses the CPU refuses",
             "bits 63..47 must be equal"),
        area(AreaKind::guard, "guard hole", 0xffff800000000000, 0xffff880000000000, "reserved for hypervisors",
             "GUARD_HOLE_BASE_ADDR")};
    if (in.space.ldt < in.space.page_offset) areas.push_back(ldt_remap(in.space.ldt, TiB / 2));
    areas.push_back(direct_map(in));
    areas.push_back(area(AreaKind::vmalloc, "vmalloc", 0xffffc90000000000, 0xffffe90000000000,
                         "vmalloc and ioremap, vmalloc_base", "VMALLOC_START"));
    areas.push_back(area(AreaKind::vmemmap, "vmemmap", 0xffffea0000000000, 0xffffeb0000000000,
                         "struct page of every frame, vmemmap_base", "VMEMMAP_START"));
    areas.push_back(area(AreaKind::kasan, "KASAN hole", 0xffffec0000000000, 0xfffffc0000000000,
                         "for the shadow of CONFIG_KASAN, else empty", "KASAN_SHADOW_START"));
    return areas;
}

std::vector<LayoutArea> five_levels(const LayoutInput& in) {
    std::vector<LayoutArea> areas{
        area(AreaKind::user, "user space", 0, 0x0100000000000000, "different for each process", "TASK_SIZE"),
        area(AreaKind::hole, "non-canonical hole", 0x0100000000000000, 0xff00000000000000, "addresses the CPU refuses",
             "bits 63..56 must be equal"),
        area(AreaKind::guard, "guard hole", 0xff00000000000000, 0xff10000000000000, "reserved for hypervisors",
             "GUARD_HOLE_BASE_ADDR")};
    const bool below = in.space.ldt_la57 < in.space.page_offset_la57;
    if (below) areas.push_back(ldt_remap(in.space.ldt_la57, PiB / 4));
    areas.push_back(direct_map(in));
    if (!below) areas.push_back(ldt_remap(in.space.ldt_la57, PiB / 4));
    areas.push_back(area(AreaKind::vmalloc, "vmalloc", 0xffa0000000000000, 0xffd2000000000000,
                         "vmalloc and ioremap, vmalloc_base", "VMALLOC_START"));
    areas.push_back(area(AreaKind::vmemmap, "vmemmap", 0xffd4000000000000, 0xffd6000000000000,
                         "struct page of every frame, vmemmap_base", "VMEMMAP_START"));
    areas.push_back(area(AreaKind::kasan, "KASAN hole", 0xffdf000000000000, 0xfffffc0000000000,
                         "for the shadow of CONFIG_KASAN, else empty", "KASAN_SHADOW_START"));
    return areas;
}

/// The last 4 TiB are laid out alike with four and five levels.
void add_common_areas(std::vector<LayoutArea>& areas, const LayoutInput& in) {
    const VirtAddr modules = start_kernel_map + kernel_image_size, text = image_address(in);
    const VirtRange image{text, text + in.image.size()};
    if (in.space.cpu_entry_area)
        areas.push_back(area(AreaKind::cpu_entry_area, "cpu entry area", 0xfffffe0000000000, 0xfffffe8000000000,
                             "IDT, GDT, entry stacks of each CPU", "CPU_ENTRY_AREA_BASE"));
    if (in.space.ldt > in.space.page_offset) areas.push_back(ldt_remap(in.space.ldt, TiB / 2));
    areas.push_back(area(AreaKind::espfix, "espfix stacks", 0xffffff0000000000, 0xffffff8000000000, "%esp fix-up",
                         "ESPFIX_BASE_ADDR"));
    areas.push_back(area(AreaKind::efi, "EFI runtime", 0xffffffef00000000, 0xffffffff00000000,
                         "EFI regions, only while EFI is called", "EFI_VA_END"));
    areas.push_back(area(AreaKind::hole, "kernel mapping", start_kernel_map, image.start,
                         "physical 0 starts here; nothing mapped below the image", "__START_KERNEL_map"));
    areas.push_back(area(AreaKind::kernel_image, "kernel image", image.start, image.end, "text, rodata, data, bss, brk",
                         "_text, _end"));
    areas.push_back(area(AreaKind::hole, "kernel mapping", image.end, modules, "rest of KERNEL_IMAGE_SIZE, not mapped",
                         "KERNEL_IMAGE_SIZE"));
    areas.push_back(area(AreaKind::modules, "modules", modules, 0xffffffffff000000, "loadable modules, BPF programs",
                         "MODULES_VADDR"));
    areas.push_back(area(AreaKind::fixmap, "fixmap", 0xffffffffff000000, 0xffffffffff600000,
                         "addresses fixed at compile time, from the top down", "FIXADDR_TOP"));
    areas.push_back(area(AreaKind::vsyscall, "vsyscall", 0xffffffffff600000, 0xffffffffff601000,
                         "one page, readable by user space", "VSYSCALL_ADDR"));
}

}  // namespace

std::vector<LayoutArea> x86_64_areas(const LayoutInput& input) {
    std::vector<LayoutArea> areas = input.la57 ? five_levels(input) : four_levels(input);
    add_common_areas(areas, input);
    return areas;
}

}  // namespace mm::layout
