// SPDX-License-Identifier: GPL-3.0-or-later
// Follows Documentation/arm64/memory.rst (4 KiB pages, 48 bits) and arch/arm64/include/asm/memory.h, Linux 6.1. Bit 55
// chooses between TTBR0 (user) and TTBR1 (kernel); the bits above 47 must all equal it.
#include "engine/pgtable/layout_tables.h"

namespace mm::layout {
namespace {

constexpr VirtAddr page_end = 0xffff800000000000, vmemmap_start = arm64_vmemmap_start;
constexpr VirtAddr vmalloc_end = vmemmap_start - 256 * MiB, arm64_fixaddr_top = vmemmap_start - 32 * MiB;
constexpr VirtAddr pci_io_end = vmemmap_start - 8 * MiB, pci_io_start = pci_io_end - 16 * MiB;

}  // namespace

std::vector<LayoutArea> arm64_areas(const LayoutInput& in) {
    const VirtAddr text = image_address(in);
    const VirtRange image{text, text + in.image.size()};
    return {
        {AreaKind::user, "user space", {0, 0x0001000000000000}, "TTBR0, different for each process", "TASK_SIZE"},
        {AreaKind::hole,
         "non-canonical hole",
         {0x0001000000000000, in.space.page_offset},
         "neither TTBR0 nor TTBR1 translates it",
         "VA_BITS 48"},
        {AreaKind::direct_map,
         "linear map",
         {in.space.page_offset, page_end},
         "physical memory from memstart_addr on",
         "PAGE_OFFSET"},
        {AreaKind::modules, "modules", {page_end, arm64_kimage}, "loadable modules", "MODULES_VADDR"},
        {AreaKind::vmalloc, "vmalloc", {arm64_kimage, image.start}, "vmalloc and ioremap", "VMALLOC_START"},
        {AreaKind::kernel_image, "kernel image", image, "text, rodata, init, data, bss: mapped inside vmalloc",
         "KIMAGE_VADDR"},
        {AreaKind::vmalloc, "vmalloc", {image.end, vmalloc_end}, "vmalloc and ioremap", "VMALLOC_END"},
        {AreaKind::fixmap,
         "fixmap",
         {vmalloc_end, arm64_fixaddr_top},
         "fixed mappings, from the top down; the device tree",
         "FIXADDR_TOP"},
        {AreaKind::guard, "guard region", {arm64_fixaddr_top, pci_io_start}, "", ""},
        {AreaKind::pci_io, "PCI I/O", {pci_io_start, pci_io_end}, "port space", "PCI_IO_START"},
        {AreaKind::guard, "guard region", {pci_io_end, vmemmap_start}, "", ""},
        {AreaKind::vmemmap,
         "vmemmap",
         {vmemmap_start, 0xfffffe0000000000},
         "struct page of every frame",
         "VMEMMAP_START"},
        {AreaKind::guard, "guard region", {0xfffffe0000000000, ~VirtAddr{0}}, "", ""},
    };
}

}  // namespace mm::layout
