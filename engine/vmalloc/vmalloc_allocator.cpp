// SPDX-License-Identifier: GPL-3.0-or-later
// VmallocAllocator: areas and what is mapped in them. Pages: area_pages.cpp.
#include "engine/vmalloc/vmalloc_allocator.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "engine/page_alloc/mem_info.h"
#include "engine/vmalloc/area_tables.h"
#include "engine/vmalloc/vmap_areas.h"

namespace mm {
namespace {

using Kind = VmallocMetadata::Kind;

Event vm_event(EventKind kind, const VmArea& area) {
    Event e;
    e.kind = kind;
    e.a = area.va.range.start;
    e.b = area.va.range.end;
    if (area.phys != 0) e.touched = {area.phys, area.phys + area.size()};
    return e;
}

std::string words(const VmArea& area) {
    return fmt::format("{:#x}-{:#x} {} bytes", area.va.range.start, area.va.range.end, area.size());
}

std::string_view undone_by(VmFlags flags) {
    if (flags & vm::ioremap) return "ioremap(): iounmap() removes it";
    return flags & vm::map ? "vmap(): vunmap() removes it" : "vmalloc(): vfree() frees it";
}

}  // namespace

Outcome<Done> VmallocAllocator::vmalloc_init(const VmallocWindow& window, const Tracer& trace) {
    VmallocState& s = m_c.state;
    s = {};
    s.window = window;
    s.spare.assign(window.cpus, std::nullopt);
    VmapAreas areas(m_c, trace);
    VmRequest nowait;
    nowait.gfp = gfp::GFP_NOWAIT;
    std::vector<PhysAddr> taken;
    const auto descriptor = [&] {
        const auto at = areas.new_descriptor(nowait);
        if (at) taken.push_back(*at);
        return at;
    };
    bool enough = true;
    VirtAddr from = 1;
    const auto free_to = [&](VirtAddr end) {
        if (end <= from || !enough) return;
        const auto at = descriptor();
        enough = at.has_value();
        if (at) s.free.edit().add({{from, end}, *at});
    };
    for (VmArea area : window.early) {
        free_to(area.va.range.start);
        from = area.va.range.end;
        const auto at = enough ? descriptor() : std::nullopt;
        enough = at.has_value();
        if (!at) break;
        area.va.at = *at;
        s.busy.edit().emplace(area.va.range.start, std::move(area));
    }
    free_to(window.last);
    s.up = enough;
    if (enough) return Done{};
    for (const PhysAddr at : taken)
        areas.drop_descriptor(at, 0);
    s = {};
    return Error{"no memory for the descriptors of the vmalloc window"};
}

/// __get_vm_area_node(): an area among the busy ones, or null.
VmArea* VmallocAllocator::get_vm_area(Bytes size, Bytes align, VmFlags flags, const VmRequest& request,
                                      VmapAreas& areas) {
    VmallocState& s = m_c.state;
    if (flags & vm::ioremap) {
        const auto order = static_cast<unsigned>(std::bit_width(size - 1));  // get_count_order_long()
        align = Bytes{1} << std::clamp(order, page_shift, s.window.ioremap_order);
    }
    const Bytes descriptor = s.window.descriptor_size();
    const auto at = m_c.metadata ? m_c.metadata->alloc(Kind::vm_struct, descriptor, request) : PhysAddr{0};
    if (!at) return nullptr;
    const auto va = areas.take(size + (flags & vm::no_guard ? 0 : page_size), align, request);
    if (!va) {
        if (m_c.metadata) m_c.metadata->free(Kind::vm_struct, *at, request.cpu);
        return nullptr;
    }
    VmArea area;
    area.va = *va;
    area.flags = flags;
    area.caller = request.caller;
    area.at = *at;
    VmArea& made = s.busy.edit().emplace(va->range.start, std::move(area)).first->second;
    areas.tell_taken(made.va, align);
    return &made;
}

Outcome<std::optional<VirtAddr>> VmallocAllocator::vmalloc(Bytes size, const VmRequest& request, const Tracer& trace) {
    if (size == 0) return Error{"vmalloc() of no bytes; expected one at least"};
    const auto address = vmalloc_node(size, request, trace);
    if (trace && address) {
        const VmArea& area = m_c.state.busy->at(*address);
        trace.event(vm_event(EventKind::vmalloc, area),
                    fmt::format("{}, {} pages, {}", words(area), area.pages.size(), gfp_text(request.gfp)));
    }
    return address;
}

Outcome<std::optional<VirtAddr>> VmallocAllocator::vmap(const std::vector<Pfn>& pages, const VmRequest& request,
                                                        const Tracer& trace) {
    if (pages.empty()) return Error{"vmap() of no pages; expected one at least"};
    for (const Pfn pfn : pages)
        if (pfn >= m_c.pages.pages.end_pfn() || state_of(m_c.pages.pages.state(pfn)) != PageState::allocated)
            return Error{fmt::format("frame {:#x} is not allocated; vmap() maps pages that somebody has", pfn)};
    VmapAreas areas(m_c, trace);
    VmArea* area = get_vm_area(pages.size() << page_shift, 1, vm::map, request, areas);
    if (!area) return std::optional<VirtAddr>();
    area->pages = pages;
    const VirtAddr address = area->va.range.start;
    if (!AreaTables(m_c, trace, request.cpu).map_pages(address)) return undo_area(address, request.cpu, trace);
    if (trace) {
        const VmArea& made = m_c.state.busy->at(address);
        trace.event(vm_event(EventKind::vmap, made), fmt::format("{}, {} pages", words(made), pages.size()));
    }
    return std::optional(address);
}

Outcome<std::optional<VirtAddr>> VmallocAllocator::ioremap(PhysAddr phys, Bytes size, const VmRequest& request,
                                                           const Tracer& trace) {
    const PhysAddr last = phys + size - 1;
    if (size == 0 || last < phys || align_up(last, page_size) < last)
        return Error{fmt::format("ioremap() of {:#x} bytes at {:#x}; expected one byte at least, and no wrap-around",
                                 size, phys)};
    const Bytes offset = phys % page_size;
    const PhysRange mapped{phys - offset, align_up(last + 1, page_size)};
    const PageColumns& pages = m_c.pages.pages;
    for (Pfn pfn = pfn_down(mapped.start); pfn < std::min(pfn_down(mapped.end), pages.end_pfn()); ++pfn) {
        const PageState state = state_of(pages.state(pfn));
        if (state == PageState::none || state == PageState::reserved) continue;
        if (trace) trace.printk(fmt::format("ioremap on RAM at {:#018x} - {:#018x}", phys, last));
        return std::optional<VirtAddr>();
    }
    VmapAreas areas(m_c, trace);
    VmArea* area = get_vm_area(mapped.size(), 1, vm::ioremap, request, areas);
    if (!area) return std::optional<VirtAddr>();
    area->phys = mapped.start;
    const VirtAddr address = area->va.range.start;
    if (!AreaTables(m_c, trace, request.cpu).map_device(address)) return undo_area(address, request.cpu, trace);
    if (trace) {
        const VmArea& made = m_c.state.busy->at(address);
        trace.event(vm_event(EventKind::ioremap, made), fmt::format("{}, phys={:#x}", words(made), phys));
    }
    return std::optional(address + offset);
}

/// The area that begins at the address is of that kind; else why not.
Broken VmallocAllocator::not_of(VirtAddr address, VmFlags kind) const {
    const auto& busy = *m_c.state.busy;
    const auto it = busy.find(address);
    if (it == busy.end()) return fmt::format("{:#x}: no area begins there; see --print vmallocinfo", address);
    const VmArea& area = it->second;
    if (area.flags & kind) {
        if (area.at == 0 && m_c.metadata) return fmt::format("{:#x} was mapped at boot and stays", address);
        if (area.array_of != 0) return fmt::format("{:#x} is the page array of {:#x}", address, area.array_of);
        return std::nullopt;
    }
    return fmt::format("{:#x} is an area of {}", address, undone_by(area.flags));
}

/// remove_vm_area(): off the busy ones, to where it waits.
void VmallocAllocator::remove(VirtAddr address, unsigned cpu, const Tracer& trace) {
    VmallocState& s = m_c.state;
    const VmArea area = s.busy->at(address);
    s.busy.edit().erase(address);
    AreaTables(m_c, trace, cpu).unmap(area);
    VmapAreas(m_c, trace).give_back(area.va, cpu);
}

/// free_vm_area() of one without pages of its own.
void VmallocAllocator::free_area(VirtAddr address, unsigned cpu, const Tracer& trace) {
    const PhysAddr descriptor = m_c.state.busy->at(address).at;
    remove(address, cpu, trace);
    if (m_c.metadata) m_c.metadata->free(Kind::vm_struct, descriptor, cpu);
}

/// No memory for its page tables: the area goes, its tables stay.
std::optional<VirtAddr> VmallocAllocator::undo_area(VirtAddr address, unsigned cpu, const Tracer& trace) {
    free_area(address, cpu, trace);
    VmapAreas(m_c, trace).drain_if_due(cpu);
    return std::nullopt;
}

Outcome<Done> VmallocAllocator::unmap(VirtAddr address, VmFlags kind, EventKind undone, unsigned cpu,
                                      const Tracer& trace) {
    if (Broken wrong = not_of(address, kind)) return Error{*wrong};
    const VmArea area = m_c.state.busy->at(address);
    free_area(address, cpu, trace);
    VmapAreas(m_c, trace).drain_if_due(cpu);
    if (trace) trace.event(vm_event(undone, area), words(area));
    return Done{};
}

Outcome<Done> VmallocAllocator::vfree(VirtAddr address, unsigned cpu, const Tracer& trace) {
    if (address == 0) return Done{};
    if (Broken wrong = not_of(address, vm::alloc)) return Error{*wrong};
    const VmArea area = m_c.state.busy->at(address);
    give_pages_back(area, cpu, trace);
    VmapAreas(m_c, trace).drain_if_due(cpu);
    if (trace) trace.event(vm_event(EventKind::vfree, area), words(area));
    return Done{};
}

Outcome<Done> VmallocAllocator::vunmap(VirtAddr address, unsigned cpu, const Tracer& trace) {
    return address == 0 ? Done{} : unmap(address, vm::map, EventKind::vunmap, cpu, trace);
}

Outcome<Done> VmallocAllocator::iounmap(VirtAddr address, unsigned cpu, const Tracer& trace) {
    return unmap(align_down(address, page_size), vm::ioremap, EventKind::iounmap, cpu, trace);
}

void VmallocAllocator::vm_unmap_aliases(unsigned cpu, const Tracer& trace) {
    VmapAreas(m_c, trace).purge(cpu);
}

}  // namespace mm
