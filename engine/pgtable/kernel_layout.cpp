// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/kernel_layout.h"

#include "engine/pgtable/layout_tables.h"

namespace mm {
namespace {

constexpr unsigned vmemmap_shift = 6;  // a struct page of 64 bytes for a page of 4 KiB

/// The stretch of virtual addresses that maps physical memory one to one, and the physical address it begins with.
VirtRange direct_map_of(const LayoutInput& in) {
    const VirtAddr start = page_offset_of(in);
    if (in.space.arch == Arch::i386) return {start, start + phys_of(in.max_low_pfn)};
    return {start, start + (in.la57 ? in.space.direct_map_size_la57 : in.space.direct_map_size)};
}

}  // namespace

std::vector<LayoutArea> kernel_layout(const LayoutInput& input) {
    std::vector<LayoutArea> named;
    switch (input.space.arch) {
        case Arch::x86_64:
            named = layout::x86_64_areas(input);
            break;
        case Arch::i386:
            named = layout::i386_areas_listed(input);
            break;
        case Arch::arm64:
            named = layout::arm64_areas(input);
            break;
    }
    std::vector<LayoutArea> areas;
    VirtAddr at = 0;
    for (LayoutArea& area : named) {
        if (area.range.empty()) continue;
        if (at < area.range.start) areas.push_back({AreaKind::hole, "unused hole", {at, area.range.start}, "", ""});
        at = area.range.end;
        areas.push_back(std::move(area));
    }
    const VirtAddr end = input.space.arch == Arch::i386 ? VirtAddr{4 * GiB} : ~VirtAddr{0};
    if (at < end) areas.push_back({AreaKind::hole, "unused hole", {at, end}, "to the end of the address space", ""});
    return areas;
}

const LayoutArea* area_at(const std::vector<LayoutArea>& areas, VirtAddr virt) {
    for (const LayoutArea& area : areas)
        if (area.range.contains(virt) || (virt == ~VirtAddr{0} && area.range.end == virt)) return &area;
    return nullptr;
}

PagingMode paging_mode_of(const LayoutInput& in) {
    switch (in.space.arch) {
        case Arch::i386:
            return in.pae ? PagingMode::i386_pae : PagingMode::i386;
        case Arch::arm64:
            return PagingMode::arm64;
        case Arch::x86_64:
            break;
    }
    return in.la57 ? PagingMode::x86_64_la57 : PagingMode::x86_64;
}

VirtAddr page_offset_of(const LayoutInput& in) {
    return in.la57 ? in.space.page_offset_la57 : in.space.page_offset;
}

VirtAddr vmemmap_of(const LayoutInput& in) {
    switch (in.space.arch) {
        case Arch::x86_64:
            return in.la57 ? 0xffd4000000000000 : 0xffffea0000000000;
        case Arch::arm64:
            return layout::arm64_vmemmap_start - (in.memstart >> vmemmap_shift);
        case Arch::i386:
            break;
    }
    return 0;
}

VirtAddr image_address(const LayoutInput& in) {
    if (in.image_start) return *in.image_start;
    switch (in.space.arch) {
        case Arch::x86_64:
            return start_kernel_map + in.image.start;
        case Arch::arm64:
            return layout::arm64_kimage;
        case Arch::i386:
            break;
    }
    return page_offset_of(in) + in.image.start;
}

std::optional<VirtAddr> phys_to_virt(const LayoutInput& in, PhysAddr phys) {
    const VirtRange map = direct_map_of(in);
    if (phys < in.memstart || phys - in.memstart >= map.size()) return std::nullopt;
    return map.start + (phys - in.memstart);
}

std::optional<PhysAddr> virt_to_phys(const LayoutInput& in, VirtAddr virt) {
    const VirtRange map = direct_map_of(in);
    if (map.contains(virt)) return virt - map.start + in.memstart;
    const VirtAddr image = image_address(in);
    if (virt >= image && virt - image < in.image.size()) return virt - image + in.image.start;
    return std::nullopt;
}

}  // namespace mm
