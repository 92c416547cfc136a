// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pat/set_memory.h"

#include <fmt/format.h>

#include "engine/mmzone/page_change.h"

namespace mm {
namespace {

constexpr PtEntry pwt = 0x8, pcd = 0x10;
constexpr Pfn first_tracked = 256;  // ISA_END_ADDRESS: below, types are kept as devices' are

bool is_type(MemoryAttribute what) {
    return what == MemoryAttribute::uc || what == MemoryAttribute::wc || what == MemoryAttribute::wb;
}
CacheMode mode_of(MemoryAttribute what) {
    if (what == MemoryAttribute::wb) return CacheMode::wb;
    return what == MemoryAttribute::uc ? CacheMode::uc_minus : CacheMode::wc;
}
std::uint32_t flags_of(CacheMode mode) {
    switch (mode) {
        case CacheMode::wc:
            return bit(PageFlag::arch_1);
        case CacheMode::uc_minus:
            return bit(PageFlag::uncached);
        case CacheMode::wt:
            return memory_type_flags;
        case CacheMode::wb:
            break;
    }
    return 0;
}

}  // namespace

std::string_view name_of(CacheMode mode) {
    switch (mode) {
        case CacheMode::wb:
            return "write-back";
        case CacheMode::wc:
            return "write-combining";
        case CacheMode::uc_minus:
            return "uncached-minus";
        case CacheMode::wt:
            return "write-through";
    }
    return "?";
}

Broken SetMemory::refusal(MemoryAttribute what, VirtRange range) const {
    for (const VirtAddr at : {range.start, range.end - 1})
        if (std::string refused = m_c.tables.paging().refusal(at); !refused.empty()) return refused;
    if (range.start % page_size != 0) return fmt::format("{:#x} is not where a page begins", range.start);
    if (is_type(what) && !m_c.window.direct_map.contains(range))
        return fmt::format("{:#x}-{:#x} is not in the direct map, whose memory types are kept with struct pages",
                           range.start, range.end);
    if (range.start < m_c.window.text.end && m_c.window.text.start < range.end)
        return fmt::format("{:#x} is of the kernel's image, whose protections are fixed", range.start);
    for (VirtAddr at = range.start; at < range.end; at += page_size) {
        const Walk walk = m_c.tables.walk(at);
        const auto phys = walk.phys;
        if (!phys) return fmt::format("{:#x} is not mapped", at);
        if (walk.leaf_size != page_size && !m_c.window.direct_map.contains(at))
            return fmt::format("{:#x} is in a large page of an area, which is not split here", at);
        if (!is_type(what)) continue;
        const Pfn pfn = pfn_down(*phys);
        const PageState state = pfn < m_c.pages.end_pfn() ? state_of(m_c.pages.state(pfn)) : PageState::none;
        if (pfn < first_tracked || state == PageState::none)
            return fmt::format("frame {:#x} is no RAM above 1 MiB; memory types of others are not followed", pfn);
        if (state == PageState::free || state == PageState::pcp)
            return fmt::format("frame {:#x} is free: whoever changes its type has to have it", pfn);
    }
    return std::nullopt;
}

/// reserve_ram_pages_type(): none of them may have a type yet.
bool SetMemory::reserve(PfnRange frames, CacheMode mode) {
    for (Pfn p = frames.start; p < frames.end; ++p) {
        const CacheMode has = memory_type_of(m_c.pages.flags(p));
        if (has == CacheMode::wb) continue;
        const PhysRange range = phys_of(frames);
        m_trace.printk(
            fmt::format("x86/PAT: reserve_ram_pages_type failed [mem {:#010x}-{:#010x}], track {:#x}, req {:#x}",
                        range.start, range.end - 1, static_cast<unsigned>(has), static_cast<unsigned>(mode)));
        return false;
    }
    track(frames, mode);
    return true;
}

/// set_page_memtype().
void SetMemory::track(PfnRange frames, CacheMode mode) {
    if (!m_c.window.tracked) return;
    for (Pfn p = frames.start; p < frames.end; ++p) {
        if (mode != CacheMode::wb && m_c.pages.order(p) == not_a_head) ++m_c.allocator.state().stats.typed_tails;
        change_flags(m_c.pages, p, flags_of(mode), memory_type_flags & ~flags_of(mode), m_trace);
    }
}

Outcome<PatResult> SetMemory::run(MemoryAttribute what, VirtAddr address, NrPages count) {
    const VirtRange range{address, address + phys_of(count)};
    if (count == 0) return Error{"no page was asked for"};
    if (range.end < range.start)
        return Error{fmt::format("{} pages from {:#x} on leave the address space", count, address)};
    if (Broken refused = refusal(what, range)) return Error{*refused};
    if (!is_type(what)) {
        const Change how = what == MemoryAttribute::ro ? Change{0, pte_rw} : Change{pte_rw, 0};
        return change(range, how, true) ? PatResult::done : PatResult::no_memory;
    }
    const Pfn first = pfn_down(*m_c.tables.walk(address).phys);
    const PfnRange frames{first, first + count};
    if (what == MemoryAttribute::wb) {
        if (!change(range, {0, pwt | pcd}, true)) return PatResult::no_memory;
        track(frames, CacheMode::wb);
        return PatResult::done;
    }
    const CacheMode mode = mode_of(what);
    if (m_c.window.tracked && !reserve(frames, mode)) return PatResult::busy;
    bool done = change(range, {pcd, 0}, true);
    // Write combining in two steps, so that no mapping of a page is ever WB while another is WC. Without PAT it is UC-.
    if (done && mode == CacheMode::wc && m_c.window.tracked) done = change(range, {pwt, pcd}, true);
    if (done) return PatResult::done;
    track(frames, CacheMode::wb);
    return PatResult::no_memory;
}

/// __change_page_attr_set_clr().
bool SetMemory::change(VirtRange range, Change how, bool aliases) {
    for (VirtAddr at = range.start; at < range.end;) {
        const NrPages done = change_at(at, pfn_down(range.end - at), how);
        if (done == 0 || (aliases && !change_aliases(at, done, how))) return false;
        at += phys_of(done);
    }
    if (m_trace && aliases) {
        Event e;
        e.kind = EventKind::change_page_attr;
        if (const auto phys = m_c.tables.walk(range.start).phys) e.touched = {*phys, *phys + range.size()};
        e.a = range.start, e.b = range.end;
        m_trace.event(e,
                      fmt::format("{:#x}-{:#x}, set {:#x}, clear {:#x}", range.start, range.end, how.set, how.clear));
    }
    return true;
}

/// __change_page_attr(), __should_split_large_page().
NrPages SetMemory::change_at(VirtAddr at, NrPages left, Change how) {
    for (;;) {
        const Walk walk = m_c.tables.walk(at);
        if (!walk.phys) return 1;  // a hole of an alias: nothing to be done
        const Bytes leaf = walk.leaf_size;
        const VirtAddr start = align_down(at, leaf);
        const NrPages here = std::min(left, pfn_down(start + leaf - at));
        const Paging& p = m_c.tables.paging();
        const PtEntry old = p.flags_in(walk.steps.back().entry);
        const PtEntry fresh = (old & ~how.clear) | how.set;  // types of ours need no PAT bit
        if (fresh == old) return here;
        if (leaf == page_size || (at == start && phys_of(here) == leaf)) {
            m_c.tables.map(start, align_down(*walk.phys, leaf), leaf, fresh, {});
            return here;
        }
        if (!split(at, walk)) return 0;
    }
}

/// split_large_page(): the leaf becomes a table of leaves one level down.
bool SetMemory::split(VirtAddr at, const Walk& walk) {
    if (m_c.faults && m_c.faults->tables && m_c.faults->tables()) return false;
    const auto page =
        m_c.allocator.alloc_pages({gfp::GFP_KERNEL, 0, m_c.allocator.state().zones.node_of_cpu(m_cpu), m_cpu}, m_trace);
    if (!page) return false;
    if (m_c.tables.table(*page)) {  // a machine that contradicts itself: its tables lie in free memory
        (void)m_c.allocator.free_pages(*page, 0, m_trace, m_cpu);
        return false;
    }
    const Paging& p = m_c.tables.paging();
    const PagingLevel& below = p.below(walk.steps.back().level);
    const VirtAddr start = align_down(at, below.span());
    m_c.tables.map(start, align_down(*walk.phys, below.span()), below.span(), p.flags_in(walk.steps.back().entry),
                   [&](PtLevel) { return *page; });
    m_c.state.tables.edit().emplace(*page, below.level);
    if (m_c.window.direct_map.contains(at))
        ++(walk.leaf_size == GiB ? m_c.state.level3_splits : m_c.state.level2_splits);
    if (!m_trace) return true;
    Event e;
    e.kind = EventKind::split_large_page;
    e.touched = phys_of(PfnRange{*page, *page + 1});
    e.a = at, e.b = walk.leaf_size;
    m_trace.event(e, fmt::format("the leaf of {} MiB at {:#x} becomes a {} table", walk.leaf_size / MiB,
                                 align_down(at, walk.leaf_size), name_of(below.level)));
    return true;
}

/// cpa_process_alias(): the frames' other mappings. Failures in the image's one are nobody's concern.
bool SetMemory::change_aliases(VirtAddr at, NrPages pages, Change how) {
    const auto phys = m_c.tables.walk(at).phys;
    if (!phys) return true;
    const VirtAddr direct = m_c.window.direct_map.start + *phys;
    const VirtRange other{direct, direct + phys_of(pages)};
    if (!m_c.window.direct_map.contains(at) && m_c.window.direct_map.contains(other) && !change(other, how, false))
        return false;
    if (m_c.window.highmap.contains(*phys)) {
        const VirtAddr image = m_c.window.image + (*phys - m_c.window.highmap.start);
        (void)change({image, image + phys_of(pages)}, how, false);
    }
    return true;
}

Broken check_pat(const PatState& state, const PageColumns& pages, const PageTables* tables) {
    for (const auto& [pfn, level] : *state.tables) {
        if (!tables || !tables->table(pfn)) return fmt::format("frame {:#x} is no page table of the kernel", pfn);
        if (state_of(pages.state(pfn)) != PageState::allocated || pages.order(pfn) != 0)
            return fmt::format("the {} table at frame {:#x} is no single page in use", name_of(level), pfn);
    }
    return std::nullopt;
}

Broken pat_owner_of(const PatState& state, Pfn pfn) {
    if (!state.tables->contains(pfn)) return std::nullopt;
    return fmt::format("frame {:#x} is a page table of the direct map: a large page was split for it", pfn);
}

}  // namespace mm
