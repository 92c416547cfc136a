// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmalloc/vmap_areas.h"

#include <fmt/format.h>

#include <bit>

namespace mm {
namespace {

using Kind = VmallocMetadata::Kind;

Event area_event(EventKind kind, std::uint64_t a, std::uint64_t b) {
    Event e;
    e.kind = kind;
    e.a = a;
    e.b = b;
    return e;
}

}  // namespace

NrPages VmallocState::lazy_max_pages() const {
    return static_cast<NrPages>(std::bit_width(window.cpus)) * (32 * MiB / page_size);
}

bool VmallocState::maps(VirtAddr address) const {
    const auto behind = busy->upper_bound(address);
    if (behind == busy->begin()) return false;
    const VmArea& area = std::prev(behind)->second;
    return area.mapped != 0 && area.va.range.contains(address);
}

NrPages VmallocState::page_table_pages() const {
    NrPages counted = 0;
    for (const auto& [pfn, level] : *tables)
        counted += is_counted(level);
    return counted;
}

std::optional<PhysAddr> VmapAreas::new_descriptor(const VmRequest& request) {
    if (!m_c.metadata) return PhysAddr{0};
    return m_c.metadata->alloc(Kind::vmap_area, m_c.state.window.descriptor_size(), request);
}

void VmapAreas::drop_descriptor(PhysAddr at, unsigned cpu) {
    if (m_c.metadata) m_c.metadata->free(Kind::vmap_area, at, cpu);
}

std::optional<VirtAddr> VmapAreas::place(Bytes size, Bytes align, const VmRequest& request) {
    VmallocState& s = m_c.state;
    auto& spare = s.spare[request.cpu];
    if (!spare) spare = new_descriptor(request);
    const VirtRange window = s.window.range;
    // A search for more than is needed finds room for any alignment; not where the window itself is the request.
    const bool adjust = align > page_size && window.size() != size;
    const auto found = s.free->lowest_match(size, align, window.start, adjust);
    if (found == FreeTree::none) return std::nullopt;
    const VirtRange stretch = s.free->area(found).range;
    const VirtAddr start = first_aligned(stretch, align, window.start);
    if (start + size > window.end) return std::nullopt;
    const bool splits = start != stretch.start && start + size != stretch.end;
    if (splits && !spare) return std::nullopt;  // no memory for the second rest
    const auto unused = s.free.edit().cut(found, start, size, [&] { return *std::exchange(spare, std::nullopt); });
    if (unused) drop_descriptor(*unused, request.cpu);
    return start;
}

std::optional<VmapArea> VmapAreas::take(Bytes size, Bytes align, const VmRequest& request) {
    const auto descriptor = new_descriptor(request);
    if (!descriptor) return std::nullopt;
    auto start = place(size, align, request);
    if (!start) {
        purge(request.cpu);
        start = place(size, align, request);
    }
    if (!start) {
        if (m_trace && !(request.gfp & gfp::nowarn))
            m_trace.printk(
                fmt::format("vmap allocation for size {} failed: use vmalloc=<size> to increase size", size));
        drop_descriptor(*descriptor, request.cpu);
        return std::nullopt;
    }
    return VmapArea{{*start, *start + size}, *descriptor};
}

void VmapAreas::add_free(const VmapArea& area, unsigned cpu) {
    for (const PhysAddr unused : m_c.state.free.edit().add(area))
        drop_descriptor(unused, cpu);
}

void VmapAreas::tell_taken(const VmapArea& area, Bytes align) const {
    const VirtRange window = m_c.state.window.range;
    if (m_trace)
        m_trace.event(area_event(EventKind::alloc_vmap_area, area.range.start, area.range.end),
                      fmt::format("va_start={:#x} size={} align={} vstart={:#x} vend={:#x}", area.range.start,
                                  area.range.size(), align, window.start, window.end));
}

void VmapAreas::give_back(const VmapArea& area, unsigned cpu) {
    VmallocState& s = m_c.state;
    s.lazy_pages += area.range.size() >> page_shift;
    auto& purge = s.purge.edit();
    VmapArea whole = area;
    const auto next = purge.lower_bound(area.range.start);
    if (next != purge.end() && next->first == area.range.end) {
        whole.range.end = next->second.range.end;
        drop_descriptor(whole.at, cpu);
        whole.at = next->second.at;
        purge.erase(next);
    }
    const auto behind = purge.lower_bound(area.range.start);
    if (behind != purge.begin() && std::prev(behind)->second.range.end == whole.range.start) {
        std::prev(behind)->second.range.end = whole.range.end;
        drop_descriptor(whole.at, cpu);
    } else {
        purge.emplace(whole.range.start, whole);
    }
    if (m_trace)
        m_trace.event(area_event(EventKind::free_vmap_area_noflush, area.range.start, area.range.end),
                      fmt::format("va_start={:#x} nr_lazy={} nr_lazy_max={}", area.range.start, s.lazy_pages,
                                  s.lazy_max_pages()));
}

bool VmapAreas::purge(unsigned cpu) {
    VmallocState& s = m_c.state;
    if (s.purge->empty()) return false;
    const std::map<VirtAddr, VmapArea> waiting = std::exchange(s.purge.edit(), {});
    for (const auto& [start, area] : waiting) {
        s.lazy_pages -= area.range.size() >> page_shift;
        add_free(area, cpu);
    }
    const VirtAddr first = waiting.begin()->first, end = waiting.rbegin()->second.range.end;
    if (m_trace)
        m_trace.event(area_event(EventKind::purge_vmap_area_lazy, first, end),
                      fmt::format("start={:#x} end={:#x} num_purged={}", first, end, waiting.size()));
    return true;
}

void VmapAreas::drain_if_due(unsigned cpu) {
    while (m_c.state.lazy_pages > m_c.state.lazy_max_pages())
        if (!purge(cpu)) return;
}

}  // namespace mm
