// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/direct_map.h"

namespace mm {
namespace {

constexpr VirtAddr top = ~VirtAddr{0};
constexpr Bytes kernel_image_size = GiB;  // KERNEL_IMAGE_SIZE with CONFIG_RANDOMIZE_BASE, nokaslr or not

std::vector<LayoutArea> four_level_areas() {
    return {
        {"user space", {0, 0x0000800000000000}, "128 TiB, different for each process"},
        {"non-canonical hole", {0x0000800000000000, 0xffff800000000000}, "addresses the CPU refuses"},
        {"guard hole", {0xffff800000000000, 0xffff880000000000}, "8 TiB, reserved for hypervisors"},
        {"LDT remap", {0xffff880000000000, 0xffff888000000000}, "0.5 TiB, for page-table isolation"},
        {"direct map", {0xffff888000000000, 0xffffc88000000000}, "64 TiB, all physical memory, page_offset_base"},
        {"unused hole", {0xffffc88000000000, 0xffffc90000000000}, ""},
        {"vmalloc", {0xffffc90000000000, 0xffffe90000000000}, "32 TiB, vmalloc and ioremap, vmalloc_base"},
        {"unused hole", {0xffffe90000000000, 0xffffea0000000000}, ""},
        {"vmemmap", {0xffffea0000000000, 0xffffeb0000000000}, "1 TiB, struct page of every frame, vmemmap_base"},
        {"unused hole", {0xffffeb0000000000, 0xffffec0000000000}, ""},
        {"KASAN shadow", {0xffffec0000000000, 0xfffffc0000000000}, "16 TiB, empty without CONFIG_KASAN"},
    };
}

std::vector<LayoutArea> five_level_areas() {
    return {
        {"user space", {0, 0x0100000000000000}, "64 PiB, different for each process"},
        {"non-canonical hole", {0x0100000000000000, 0xff00000000000000}, "addresses the CPU refuses"},
        {"guard hole", {0xff00000000000000, 0xff10000000000000}, "4 PiB, reserved for hypervisors"},
        {"LDT remap", {0xff10000000000000, 0xff11000000000000}, "0.25 PiB, for page-table isolation"},
        {"direct map", {0xff11000000000000, 0xff91000000000000}, "32 PiB, all physical memory, page_offset_base"},
        {"unused hole", {0xff91000000000000, 0xffa0000000000000}, ""},
        {"vmalloc", {0xffa0000000000000, 0xffd2000000000000}, "12.5 PiB, vmalloc and ioremap, vmalloc_base"},
        {"unused hole", {0xffd2000000000000, 0xffd4000000000000}, ""},
        {"vmemmap", {0xffd4000000000000, 0xffd6000000000000}, "0.5 PiB, struct page of every frame, vmemmap_base"},
        {"unused hole", {0xffd6000000000000, 0xffdf000000000000}, ""},
        {"KASAN shadow", {0xffdf000000000000, 0xfffffc0000000000}, "8 PiB, empty without CONFIG_KASAN"},
    };
}

/// The last 4 TiB are laid out alike with four and five levels.
std::vector<LayoutArea> common_areas(PhysRange image) {
    const VirtRange mapped{start_kernel_map + image.start, start_kernel_map + image.end};
    return {
        {"unused hole", {0xfffffc0000000000, 0xfffffe0000000000}, "KASLR ends below it"},
        {"cpu entry area", {0xfffffe0000000000, 0xfffffe8000000000}, "0.5 TiB: IDT, GDT, entry stacks of each CPU"},
        {"unused hole", {0xfffffe8000000000, 0xffffff0000000000}, ""},
        {"espfix stacks", {0xffffff0000000000, 0xffffff8000000000}, "0.5 TiB, %esp fix-up"},
        {"unused hole", {0xffffff8000000000, 0xffffffef00000000}, ""},
        {"EFI runtime", {0xffffffef00000000, 0xffffffff00000000}, "64 GiB, EFI regions"},
        {"unused hole", {0xffffffff00000000, start_kernel_map}, ""},
        {"kernel mapping", {start_kernel_map, mapped.start}, "physical 0 starts here; nothing mapped below the image"},
        {"kernel image", mapped, "text, rodata, data, bss, brk"},
        {"kernel mapping", {mapped.end, start_kernel_map + kernel_image_size}, "rest of KERNEL_IMAGE_SIZE, not mapped"},
        {"modules", {start_kernel_map + kernel_image_size, 0xffffffffff000000}, "1008 MiB"},
        {"fixmap", {0xffffffffff000000, 0xffffffffff600000}, "addresses fixed at compile time, from the top down"},
        {"vsyscall", {0xffffffffff600000, 0xffffffffff601000}, "one page, readable by user space"},
        {"unused hole", {0xffffffffff601000, top}, "to the end of the address space"},
    };
}

}  // namespace

std::vector<LayoutArea> kernel_layout(bool la57, PhysRange image) {
    std::vector<LayoutArea> areas = la57 ? five_level_areas() : four_level_areas();
    for (auto& area : common_areas(image))
        if (!area.range.empty()) areas.push_back(std::move(area));
    return areas;
}

VirtAddr page_offset_base(bool la57) {
    return la57 ? 0xff11000000000000 : 0xffff888000000000;
}

VirtAddr vmemmap_base(bool la57) {
    return la57 ? 0xffd4000000000000 : 0xffffea0000000000;
}

}  // namespace mm
