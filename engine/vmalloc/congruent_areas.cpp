// SPDX-License-Identifier: GPL-3.0-or-later
// VmallocAllocator: areas at fixed distances from each other, from the top of the window down, for chunks of per-CPU
// memory, which maps single pages into them.
//
//      first chunk   [node 0] ... 1 GiB ... [node 1]         in the direct map
//      a new one     [node 0] ... 1 GiB ... [node 1]         here: the same distance
//
// Follows pcpu_get_vm_areas() and pcpu_free_vm_areas() of mm/vmalloc.c, Linux 6.1; without its two arrays.
#include <algorithm>

#include "engine/vmalloc/area_tables.h"
#include "engine/vmalloc/vmalloc_allocator.h"
#include "engine/vmalloc/vmap_areas.h"

namespace mm {
namespace {

using Kind = VmallocMetadata::Kind;

/// Free stretches by address, and the walk down over them.
class FromAbove {
public:
    FromAbove(const FreeTree& tree, VirtAddr window_end, Bytes align) : m_align(align), m_end(window_end) {
        for (auto id = tree.first(); id != FreeTree::none; id = tree.next(id))
            m_free.push_back(tree.area(id).range);
    }
    /// pvm_find_va_enclose_addr(): the last one that begins at or below the address.
    void enclose(VirtAddr address) {
        const auto behind = std::upper_bound(m_free.begin(), m_free.end(), address,
                                             [](VirtAddr a, const VirtRange& r) { return a < r.start; });
        m_at = behind - m_free.begin() - 1;
    }
    /// pvm_determine_end_from_reverse(): 0 where none is left.
    VirtAddr end_from_here_down() {
        for (; m_at >= 0; --m_at) {
            const VirtAddr end = std::min(align_down(here().end, m_align), m_end);
            if (here().start < end) return end;
        }
        return 0;
    }
    bool none() const { return m_at < 0; }
    void down() { --m_at; }
    const VirtRange& here() const { return m_free[static_cast<std::size_t>(m_at)]; }

private:
    std::vector<VirtRange> m_free;
    Bytes m_align;
    VirtAddr m_end;
    std::ptrdiff_t m_at = -1;
};

/// The highest base at which all areas lie in free stretches.
std::optional<VirtAddr> find_base(const VmallocState& s, const std::vector<VirtRange>& areas, Bytes align) {
    const VirtAddr from = align_up(s.window.range.start, align), to = align_down(s.window.range.end, align);
    const auto highest = std::max_element(areas.begin(), areas.end());
    const std::size_t count = areas.size();
    std::size_t area = static_cast<std::size_t>(highest - areas.begin()), last_moved = area;
    if (to - from < areas[area].end) return std::nullopt;
    const VirtAddr total = areas[area].end;
    FromAbove stretch(*s.free, to, align);
    stretch.enclose(to);
    VirtAddr base = stretch.end_from_here_down() - areas[area].end;
    for (;;) {
        if (base + total < from + total || stretch.none()) return std::nullopt;  // base may have wrapped
        const bool too_high = base + areas[area].end > stretch.here().end;
        if (too_high || base + areas[area].start < stretch.here().start) {
            if (!too_high) stretch.down();
            base = stretch.end_from_here_down() - areas[area].end;
            last_moved = area;
            continue;
        }
        area = (area + count - 1) % count;
        if (area == last_moved) return base;
        stretch.enclose(base + areas[area].end);
    }
}

}  // namespace

/// Takes all of them out of the free tree, or none.
bool VmallocAllocator::cut_congruent(const std::vector<VirtRange>& taken, VmapAreas& areas, unsigned cpu) {
    VmallocState& s = m_c.state;
    VmRequest nowait;
    nowait.gfp = gfp::GFP_NOWAIT;
    nowait.cpu = cpu;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        auto id = s.free->first();
        while (!s.free->area(id).range.contains(taken[i]))
            id = s.free->next(id);
        const VirtRange stretch = s.free->area(id).range;
        auto& spare = s.spare[cpu];
        if (stretch.start != taken[i].start && stretch.end != taken[i].end && !spare)
            spare = areas.new_descriptor(nowait);
        if (stretch.start != taken[i].start && stretch.end != taken[i].end && !spare) {
            while (i-- > 0)  // the kernel warns and gives back, too
                if (const auto at = areas.new_descriptor(nowait)) areas.add_free({taken[i], *at}, cpu);
            return false;
        }
        const auto unused =
            s.free.edit().cut(id, taken[i].start, taken[i].size(), [&] { return *std::exchange(spare, std::nullopt); });
        if (unused) areas.drop_descriptor(*unused, cpu);
    }
    return true;
}

std::vector<VirtAddr> VmallocAllocator::pcpu_get_vm_areas(const std::vector<VirtRange>& wanted, Bytes align,
                                                          const VmRequest& request, const Tracer& trace) {
    VmallocState& s = m_c.state;
    VmapAreas areas(m_c, trace);
    std::vector<std::pair<PhysAddr, PhysAddr>> descriptors;
    const auto give_up = [&] {
        for (const auto& [va, vm] : descriptors) {
            areas.drop_descriptor(va, request.cpu);
            if (m_c.metadata) m_c.metadata->free(Kind::vm_struct, vm, request.cpu);
        }
        return std::vector<VirtAddr>();
    };
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto va = areas.new_descriptor(request);
        if (!va) return give_up();
        const auto vm = m_c.metadata ? m_c.metadata->alloc(Kind::vm_struct, s.window.descriptor_size(), request) : 0;
        if (!vm) {
            areas.drop_descriptor(*va, request.cpu);
            return give_up();
        }
        descriptors.emplace_back(*va, *vm);
    }
    auto base = find_base(s, wanted, align);
    if (!base) {
        areas.purge(request.cpu);
        base = find_base(s, wanted, align);
    }
    std::vector<VirtRange> taken;
    for (const VirtRange& r : wanted)
        taken.push_back({base.value_or(0) + r.start, base.value_or(0) + r.end});
    if (!base || !cut_congruent(taken, areas, request.cpu)) return give_up();
    std::vector<VirtAddr> starts;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        VmArea area;
        area.va = {taken[i], descriptors[i].first};
        area.flags = vm::alloc | vm::no_guard | vm::sparse;
        area.caller = "pcpu_get_vm_areas";
        area.at = descriptors[i].second;
        s.busy.edit().emplace(taken[i].start, std::move(area));
        starts.push_back(taken[i].start);
    }
    for (const VirtRange& r : taken)
        areas.tell_taken({r, 0}, align);
    return starts;
}

void VmallocAllocator::pcpu_free_vm_areas(const std::vector<VirtAddr>& starts, unsigned cpu, const Tracer& trace) {
    for (const VirtAddr start : starts)
        free_area(start, cpu, trace);
    VmapAreas(m_c, trace).drain_if_due(cpu);
}

bool VmallocAllocator::map_into(VirtAddr at, std::span<const Pfn> frames, unsigned cpu, const Tracer& trace) {
    const VirtAddr start = std::prev(m_c.state.busy->upper_bound(at))->first;
    return AreaTables(m_c, trace, cpu).map_frames(start, at, frames);
}

void VmallocAllocator::unmap_from(VirtRange range, unsigned cpu, const Tracer& trace) {
    const VirtAddr start = std::prev(m_c.state.busy->upper_bound(range.start))->first;
    AreaTables(m_c, trace, cpu).unmap_part(start, range);
}

}  // namespace mm
