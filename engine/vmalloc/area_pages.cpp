// SPDX-License-Identifier: GPL-3.0-or-later
// VmallocAllocator: the pages behind an area of vmalloc(). Follows __vmalloc_node_range(), __vmalloc_area_node(),
// vm_area_alloc_pages() and __vunmap() of mm/vmalloc.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/page_alloc/mem_info.h"
#include "engine/vmalloc/area_tables.h"
#include "engine/vmalloc/vmalloc_allocator.h"
#include "engine/vmalloc/vmap_areas.h"

namespace mm {
namespace {

using Kind = VmallocMetadata::Kind;

constexpr Gfp reclaim_mask = gfp::GFP_KERNEL | gfp::nowarn | gfp::noretry | gfp::retry_mayfail | gfp::nofail |
                             gfp::high | gfp::atomic | gfp::memalloc | gfp::nomemalloc;  // GFP_RECLAIM_MASK
constexpr NrPages most_at_once = 100;  // that alloc_pages_bulk() is asked for

}  // namespace

std::optional<VirtAddr> VmallocAllocator::vmalloc_node(Bytes size, const VmRequest& request, const Tracer& trace) {
    const AllocRequest report{request.gfp, 0, 0, request.cpu};
    const auto failed = [&](const std::string& what) {
        warn_alloc(m_c.pages, report, fmt::format("vmalloc error: size {}, {}", size, what), trace);
        return std::nullopt;
    };
    if (size >> page_shift > m_c.pages.zones.sum(&Zone::managed)) return failed("exceeds total pages");
    VmapAreas areas(m_c, trace);
    const VmArea* made = get_vm_area(align_up(size, page_size), request.align, vm::alloc, request, areas);
    if (!made) return failed("vm_struct allocation failed");
    const VirtAddr address = made->va.range.start;
    // The array may be an area of its own: this one is found again behind it.
    VmArea area = *made;
    if (!get_array(area, request, trace)) {
        free_area(address, request.cpu, trace);
        return std::nullopt;
    }
    const bool enough = get_pages(area, request, trace);
    m_c.state.busy.edit().at(address) = area;
    if (enough) {
        if (AreaTables(m_c, trace, request.cpu).map_pages(address)) return address;
        area = m_c.state.busy->at(address);
        failed("failed to map pages");
    }
    give_pages_back(area, request.cpu, trace);
    VmapAreas(m_c, trace).drain_if_due(request.cpu);
    return std::nullopt;
}

bool VmallocAllocator::get_array(VmArea& area, const VmRequest& request, const Tracer& trace) {
    VmRequest nested = request;
    nested.gfp = (request.gfp & reclaim_mask) | gfp::zero;
    nested.align = 1;
    const Bytes size = (area.size() >> page_shift) * m_c.state.window.pointer;
    if (size > page_size) {
        area.array = vmalloc_node(size, nested, trace).value_or(0);
        if (area.array == 0) return false;
        auto& busy = m_c.state.busy.edit();
        busy.at(area.va.range.start).array = area.array;
        busy.at(area.array).array_of = area.va.range.start;
        return true;
    }
    const auto at = m_c.metadata ? m_c.metadata->alloc(Kind::page_array, size, nested) : PhysAddr{0};
    area.array_at = at.value_or(0);
    return at.has_value();
}

/// vm_area_alloc_pages(): as many as there are; false: fewer than the area has room for.
bool VmallocAllocator::get_pages(VmArea& area, const VmRequest& request, const Tracer& trace) {
    AllocRequest r{request.gfp | gfp::nowarn, 0,
                   request.nid == no_node ? m_c.pages.zones.node_of_cpu(request.cpu) : request.nid, request.cpu};
    if (!(r.gfp & (gfp::dma | gfp::dma32))) r.gfp |= gfp::highmem;
    const NrPages wanted = area.size() >> page_shift;
    std::vector<Pfn>& pages = area.pages.edit();
    const auto fails = [&] { return m_c.faults && m_c.faults->pages && m_c.faults->pages(); };
    while (pages.size() < wanted && !fails()) {
        const NrPages asked = std::min(most_at_once, wanted - pages.size());
        AllocRequest bulk = r;
        bulk.gfp &= ~gfp::nofail;
        const auto got = m_c.allocator.alloc_pages_bulk(bulk, asked, trace);
        pages.insert(pages.end(), got.begin(), got.end());
        if (got.size() != asked) break;
    }
    while (pages.size() < wanted && !fails()) {
        const auto pfn = m_c.allocator.alloc_pages(r, trace);
        if (!pfn) break;
        pages.push_back(*pfn);
    }
    for (const Pfn pfn : pages)
        own(pfn, true);
    m_c.state.pages += pages.size();
    return pages.size() == wanted;
}

/// __vunmap() with its pages.
void VmallocAllocator::give_pages_back(const VmArea& area, unsigned cpu, const Tracer& trace) {
    for (const Pfn pfn : area.pages)
        own(pfn, false);
    m_c.state.pages -= area.pages.size();
    remove(area.va.range.start, cpu, trace);
    for (const Pfn pfn : area.pages)
        (void)m_c.allocator.free_pages(pfn, 0, trace, cpu);
    if (area.array != 0) {
        const VmArea array = m_c.state.busy->at(area.array);
        give_pages_back(array, cpu, trace);
    } else if (m_c.metadata) {
        m_c.metadata->free(Kind::page_array, area.array_at, cpu);
    }
    if (m_c.metadata) m_c.metadata->free(Kind::vm_struct, area.at, cpu);
}

void VmallocAllocator::own(Pfn pfn, bool owned) {
    SharedVector<std::uint64_t>& bits = m_c.state.owned;
    // Once for all frames there are, and again where memory has been added.
    if (bits.size() <= pfn / 64) bits.edit().resize(m_c.pages.pages.end_pfn() / 64 + 1, 0);
    std::uint64_t& word = bits.edit()[pfn / 64];
    const std::uint64_t bit = std::uint64_t{1} << (pfn % 64);
    word = owned ? word | bit : word & ~bit;
}

Broken vmalloc_owner_of(const VmallocState& state, Pfn pfn) {
    if (const auto table = state.tables->find(pfn); table != state.tables->end())
        return fmt::format("frame {:#x} is a {} table of the kernel and stays", pfn, name_of(table->second));
    if (!state.owns(pfn)) return std::nullopt;
    for (const auto& [start, area] : *state.busy)
        if (area.flags & vm::alloc && std::find(area.pages.begin(), area.pages.end(), pfn) != area.pages.end())
            return fmt::format("frame {:#x} is mapped at {:#x} by vmalloc(): vfree() frees it", pfn, start);
    return fmt::format("frame {:#x} is vmalloc()'s", pfn);
}

}  // namespace mm
