// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/vmalloc_up.h"

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

constexpr std::string_view cache_name = "vmap_area";

SlabRequest for_slabs(const VmRequest& request) {
    return {request.gfp, request.nid, request.cpu};
}

/// IOREMAP_MAX_ORDER: PUD_SHIFT, on i386 PMD_SHIFT.
unsigned ioremap_order(const KernelProfile& profile) {
    if (profile.arch != Arch::i386) return 30;
    return profile.pae ? 21 : 22;
}

/// CONFIG_HAVE_ARCH_HUGE_VMAP, arch_vmap_pud_supported(), nohugeiomap.
Bytes largest_leaf(const Machine& machine, const KernelProfile& profile) {
    if (find_param(machine.command_line, "nohugeiomap")) return page_size;
    if (profile.arch == Arch::i386) return profile.pae ? 2 * MiB : page_size;
    return profile.arch == Arch::arm64 || machine.gb_pages ? GiB : 2 * MiB;
}

/// The kernel image of arm64 is mapped in the window, with KASLR at a place that the layout does not know.
void add_mapped_image(VmallocWindow& window, const PageTables& tables) {
    std::vector<VmArea> found;
    for (const MappedRange& mapped : tables.mapped_ranges()) {
        const auto covers = [&](const VmArea& area) { return area.va.range.contains(mapped.virt); };
        if (!window.range.contains(mapped.virt) || std::any_of(window.early.begin(), window.early.end(), covers))
            continue;
        if (!found.empty() && found.back().va.range.end == mapped.virt.start) {
            found.back().va.range.end = mapped.virt.end;
            continue;
        }
        VmArea& area = found.emplace_back();
        area.va.range = mapped.virt;
        area.flags = vm::map | vm::no_guard;
        area.caller = "paging_init";
    }
    window.early.insert(window.early.end(), found.begin(), found.end());
    std::sort(window.early.begin(), window.early.end(),
              [](const VmArea& a, const VmArea& b) { return a.va.range.start < b.va.range.start; });
}

}  // namespace

VmallocWindow vmalloc_window(const Machine& machine, const KernelProfile& profile, const MachineState& state) {
    VmallocWindow window;
    const std::vector<LayoutArea> layout = kernel_layout(layout_input_of(machine, profile, state));
    for (const LayoutArea& area : layout) {
        if (area.kind != AreaKind::vmalloc) continue;
        if (window.range.empty()) window.range.start = area.range.start;
        window.range.end = area.range.end;
    }
    for (const LayoutArea& area : layout)  // arm64's image may be the first thing in it
        if (profile.arch == Arch::arm64 && area.kind == AreaKind::kernel_image)
            window.range.start = std::min(window.range.start, area.range.start);
    if (profile.arch == Arch::x86_64) --window.range.end;  // VMALLOC_END is the last byte there
    window.last = profile.arch == Arch::i386 ? 0xffffffff : ~VirtAddr{0};
    window.ioremap_order = ioremap_order(profile);
    window.pointer = profile.long_size;
    window.largest_leaf = largest_leaf(machine, profile);
    window.frees_tables = profile.arch != Arch::i386;
    window.cpus = std::max(state.online_cpus, 1u);
    // The first per-CPU chunk, where it was made of single pages (vm_area_register_early()).
    if (const Bytes mapped = state.direct_map.tables.mapped_bytes(window.range);
        mapped != 0 && profile.arch != Arch::arm64) {
        VmArea units;
        units.va.range = {window.range.start, window.range.start + mapped};
        units.flags = vm::alloc | vm::no_guard;
        window.early.push_back(std::move(units));
    }
    for (const LayoutArea& area : layout) {
        if (area.kind != AreaKind::kernel_image || !window.range.contains(area.range)) continue;
        VmArea image;
        image.va.range = {align_down(area.range.start, page_size), align_up(area.range.end, page_size)};
        // Its last segment is mapped to the end, which the reserved memory need not reach.
        const PageTables& tables = state.direct_map.tables;
        for (Walk w = tables.walk(image.va.range.end); w.phys; w = tables.walk(image.va.range.end))
            image.va.range.end = align_down(image.va.range.end, w.leaf_size) + w.leaf_size;
        image.flags = vm::map | vm::no_guard;
        image.caller = "paging_init";
        window.early.push_back(std::move(image));
    }
    if (profile.arch == Arch::arm64) add_mapped_image(window, state.direct_map.tables);
    return window;
}

PageTables* made(PageTables& tables) {
    return tables.tables().empty() ? nullptr : &tables;
}
const PageTables* made(const PageTables& tables) {
    return tables.tables().empty() ? nullptr : &tables;
}

VmallocMetadata metadata_from(SlabAllocator& slabs, const SlabState& state, const Tracer& trace) {
    using Descriptor = VmallocMetadata::Kind;
    VmallocMetadata metadata;
    metadata.alloc = [&slabs, &state, &trace](Descriptor kind, Bytes size,
                                              const VmRequest& request) -> std::optional<PhysAddr> {
        const auto object = kind == Descriptor::vmap_area
                                ? slabs.kmem_cache_alloc(state.find(cache_name), for_slabs(request), trace)
                                : slabs.kmalloc(size, for_slabs(request), trace);
        return object ? *object : std::nullopt;
    };
    metadata.free = [&slabs, &state, &trace](Descriptor kind, PhysAddr at, unsigned cpu) {
        if (kind == Descriptor::vmap_area)
            (void)slabs.kmem_cache_free(state.find(cache_name), at, cpu, trace);
        else
            (void)slabs.kfree(at, cpu, trace);
    };
    return metadata;
}

}  // namespace mm
