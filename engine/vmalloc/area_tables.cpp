// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmalloc/area_tables.h"

#include <fmt/format.h>

#include <numeric>

namespace mm {
namespace {

EventKind kind_of(PtLevel made) {
    if (made == PtLevel::pte) return EventKind::pte_alloc_kernel;
    if (made == PtLevel::pmd) return EventKind::pmd_alloc;
    return made == PtLevel::pud ? EventKind::pud_alloc : EventKind::p4d_alloc;
}

/// PCD of x86 (_PAGE_CACHE_MODE_UC_MINUS); AttrIndx 4 of arm64 (MT_DEVICE_nGnRE): the same bit.
constexpr PtEntry device_memory = 0x10;

}  // namespace

std::optional<Pfn> AreaTables::new_page() {
    if (m_c.faults && m_c.faults->tables && m_c.faults->tables()) return std::nullopt;
    return m_c.allocator.alloc_pages({gfp::GFP_KERNEL | gfp::zero, 0, m_c.pages.zones.node_of_cpu(m_cpu), m_cpu},
                                     m_trace);
}

/// p4d_alloc(), pud_alloc(), pmd_alloc() and pte_alloc_kernel(), as far as tables are missing.
bool AreaTables::make_tables(VirtAddr at, PtLevel down_to) {
    while (const auto level = m_c.tables->missing_table(at, down_to)) {
        const auto page = new_page();
        if (!page) return false;
        if (m_c.tables->table(*page)) {  // a machine that contradicts itself: its tables lie in free memory
            (void)m_c.allocator.free_pages(*page, 0, m_trace, m_cpu);
            return false;
        }
        m_c.tables->add_table(at, *page);
        m_c.state.tables.edit().emplace(*page, *level);
        if (!m_trace) continue;
        Event e;
        e.kind = kind_of(*level);
        e.touched = phys_of(PfnRange{*page, *page + 1});
        e.a = at;
        m_trace.event(e, fmt::format("{} table for {:#x}", name_of(*level), at));
    }
    return true;
}

/// One table's worth of pages.
bool AreaTables::map_small(VirtAddr start, VirtAddr at, std::span<const Pfn> frames, PtEntry flags) {
    if (!make_tables(at, PtLevel::pte)) return false;
    m_c.tables->set_ptes(at, frames, flags);
    area(start).mapped += phys_of(NrPages{frames.size()});
    return true;
}

bool AreaTables::map_pages(VirtAddr start) {
    const SharedVector<Pfn> pages = area(start).pages;
    return map_frames(start, start, pages.get());
}

bool AreaTables::map_frames(VirtAddr start, VirtAddr first, std::span<const Pfn> frames) {
    if (!m_c.tables) return true;
    const Paging& p = m_c.tables->paging();
    const NrPages per_table = p.at(PtLevel::pte).entries();
    for (std::size_t i = 0; i < frames.size();) {
        const VirtAddr at = first + phys_of(NrPages{i});
        const auto n =
            static_cast<std::size_t>(std::min<NrPages>(frames.size() - i, per_table - p.index(at, PtLevel::pte)));
        if (!map_small(start, at, frames.subspan(i, n), p.page_kernel_flags())) return false;
        i += n;
    }
    tell(EventKind::vmap_pages_range, {first, first + phys_of(NrPages{frames.size()})});
    return true;
}

/// pmd_free_pte_page(), pud_free_pmd_page(); false: the kernel leaves them, or has no page for a copy of the entries.
bool AreaTables::free_tables(VirtAddr at, PtLevel level) {
    if (!m_c.state.window.frees_tables) return false;
    std::optional<Pfn> copy;
    if (level != PtLevel::pmd) {
        copy = new_page();
        if (!copy) return false;
    }
    const std::vector<Pfn> below = m_c.tables->cut_off(at, level);
    const auto give_back = [&](Pfn table) {
        m_c.state.tables.edit().erase(table);
        (void)m_c.allocator.free_pages(table, 0, m_trace, m_cpu);
    };
    for (std::size_t i = 1; i < below.size(); ++i)
        give_back(below[i]);
    if (copy) (void)m_c.allocator.free_pages(*copy, 0, m_trace, m_cpu);
    give_back(below[0]);
    return true;
}

/// vmap_try_huge_pud(), vmap_try_huge_pmd().
AreaTables::Large AreaTables::try_large(VirtAddr at, PhysAddr phys, Bytes left, Bytes leaf) {
    const Paging& p = m_c.tables->paging();
    const PagingLevel& level = p.for_leaf(leaf);
    if (level.span() != leaf || leaf > m_c.state.window.largest_leaf) return Large::not_here;
    if (!make_tables(at, level.level)) return Large::no_memory;
    if (left < leaf || at % leaf != 0 || phys % leaf != 0) return Large::not_here;
    const bool has_table = !m_c.tables->missing_table(at, p.below(level.level).level);
    if (has_table && !free_tables(at, level.level)) return Large::not_here;
    m_c.tables->map(at, phys, leaf, p.page_kernel_flags() | device_memory, {});
    return Large::done;
}

bool AreaTables::map_device(VirtAddr start) {
    if (!m_c.tables) return true;
    const Paging& p = m_c.tables->paging();
    const VirtAddr end = start + area(start).size();
    const PhysAddr phys = area(start).phys;
    std::vector<Pfn> frames;
    for (VirtAddr at = start; at < end;) {
        const auto large_leaf = [&]() -> std::optional<Large> {
            for (const Bytes leaf : {GiB, 2 * MiB}) {
                const Large large = try_large(at, phys + (at - start), end - at, leaf);
                if (large == Large::not_here) continue;
                if (large == Large::done) area(start).mapped += leaf, at += leaf;
                return large;
            }
            return std::nullopt;
        }();
        if (large_leaf == Large::no_memory) return false;
        if (large_leaf) continue;
        const Bytes span = p.at(PtLevel::pte).entries() * page_size;
        frames.resize(pfn_down(std::min(end, align_down(at, span) + span) - at));
        std::iota(frames.begin(), frames.end(), pfn_down(phys + (at - start)));
        if (!map_small(start, at, frames, p.page_kernel_flags() | device_memory)) return false;
        at += phys_of(NrPages{frames.size()});
    }
    tell(EventKind::vmap_pages_range, {start, end});
    return true;
}

void AreaTables::unmap(const VmArea& gone) {
    if (!m_c.tables || gone.mapped == 0) return;
    const VirtRange mapped{gone.va.range.start, gone.va.range.start + gone.mapped};
    m_c.tables->unmap(mapped);
    tell(EventKind::vunmap_range, mapped);
}

void AreaTables::unmap_part(VirtAddr start, VirtRange range) {
    if (!m_c.tables) return;
    area(start).mapped -= m_c.tables->mapped_bytes(range);
    m_c.tables->unmap(range);
    tell(EventKind::vunmap_range, range);
}

void AreaTables::tell(EventKind kind, VirtRange range) const {
    if (!m_trace) return;
    Event e;
    e.kind = kind;
    e.a = range.start;
    e.b = range.end;
    m_trace.event(e, fmt::format("{:#x}-{:#x}", range.start, range.end));
}

}  // namespace mm
