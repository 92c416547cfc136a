// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold in the vmalloc window at every moment.
#include <fmt/format.h>

#include <bit>
#include <set>

#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {
namespace {

/// Free, waiting and busy areas lie side by side from 1 to the end, without gap or overlap.
Broken check_addresses(const VmallocState& s) {
    std::map<VirtAddr, VirtAddr> all;
    const auto add = [&](const VirtRange& r) { return all.emplace(r.start, r.end).second; };
    for (auto id = s.free->first(); id != FreeTree::none; id = s.free->next(id))
        if (!add(s.free->area(id).range)) return "two free areas begin at one place";
    for (const auto& [start, area] : *s.purge)
        if (start != area.range.start || !add(area.range))
            return fmt::format("the waiting area at {:#x} is another one, too", start);
    for (const auto& [start, area] : *s.busy)
        if (start != area.va.range.start || !add(area.va.range))
            return fmt::format("the area at {:#x} is another one, too", start);
    VirtAddr end = 1;
    for (const auto& [start, to] : all) {
        if (start != end)
            return fmt::format("{:#x} .. {:#x} is nobody's or two areas'", std::min(start, end), std::max(start, end));
        end = to;
    }
    if (end != s.window.last) return fmt::format("areas end at {:#x}, not at {:#x}", end, s.window.last);
    return std::nullopt;
}

Broken check_waiting(const VmallocState& s) {
    NrPages pages = 0;
    VirtAddr end = 0;
    for (const auto& [start, area] : *s.purge) {
        if (start == end) return fmt::format("waiting areas meet at {:#x} and are not merged", start);
        end = area.range.end;
        pages += area.range.size() >> page_shift;
    }
    if (pages != s.lazy_pages) return fmt::format("{} pages wait, {} are counted", pages, s.lazy_pages);
    return std::nullopt;
}

Broken check_area(const VmallocState& s, const VmArea& area, const PageColumns& pages, std::set<Pfn>& seen) {
    const VirtRange& r = area.va.range;
    if (!s.window.range.contains(r) && area.at != 0)
        return fmt::format("the area at {:#x} lies outside of the window", r.start);
    if (area.flags & vm::alloc) {
        // While it is being made it has no pages yet.
        if (!area.pages.empty() && area.pages.size() != area.size() >> page_shift)
            return fmt::format("the area at {:#x} has {} pages for {} bytes", r.start, area.pages.size(), area.size());
        for (const Pfn pfn : area.pages) {
            if (!seen.insert(pfn).second) return fmt::format("frame {:#x} is mapped by two areas", pfn);
            if (state_of(pages.state(pfn)) != PageState::allocated || pages.order(pfn) != 0 || !s.owns(pfn))
                return fmt::format("frame {:#x} of the area at {:#x} is no single page of its own", pfn, r.start);
        }
        const auto array = s.busy->find(area.array);
        if (area.array != 0 && (array == s.busy->end() || array->second.array_of != r.start))
            return fmt::format("the page array of {:#x} is not there", r.start);
    }
    return std::nullopt;
}

/// What the area's page or device has there.
PhysAddr behind(const VmArea& area, Bytes offset) {
    return area.flags & vm::ioremap ? area.phys + offset : phys_of(area.pages[pfn_down(offset)]);
}

/// The tables map what areas have, and nothing else in the window.
Broken check_tables(const VmallocState& s, const PageTables& tables, const PageColumns& pages) {
    Bytes mapped = 0;
    for (const auto& [start, area] : *s.busy) {
        if (area.at == 0 && area.mapped == 0) continue;  // mapped at boot, or without descriptors and new
        mapped += area.mapped;
        if (area.flags & vm::sparse) {
            if (tables.mapped_bytes(area.va.range) != area.mapped)
                return fmt::format("the area at {:#x} counts wrongly what is mapped there", start);
            continue;
        }
        for (Bytes offset = 0; offset < area.mapped;) {
            const Walk walk = tables.walk(start + offset);
            if (walk.phys != behind(area, offset))
                return fmt::format("{:#x} is not mapped to what its area has", start + offset);
            offset += walk.leaf_size;
        }
    }
    VirtAddr from = s.window.range.start;
    Bytes found = 0;
    for (const VmArea& early : s.window.early) {
        found += tables.mapped_bytes({from, early.va.range.start});
        from = early.va.range.end;
    }
    found += tables.mapped_bytes({from, s.window.range.end});
    if (found != mapped) return fmt::format("{} bytes of areas are mapped, {} in the window", mapped, found);
    for (const auto& [pfn, level] : *s.tables) {
        if (!tables.table(pfn)) return fmt::format("frame {:#x} is no page table", pfn);
        if (state_of(pages.state(pfn)) != PageState::allocated || s.owns(pfn))
            return fmt::format("the page table {:#x} is no page of its own", pfn);
    }
    return std::nullopt;
}

}  // namespace

Broken check_vmalloc(const VmallocState& s, const PageColumns& pages, const PageTables* tables) {
    if (!s.up) return std::nullopt;
    if (Broken b = s.free->check()) return b;
    if (Broken b = check_addresses(s)) return b;
    if (Broken b = check_waiting(s)) return b;
    std::set<Pfn> seen;
    for (const auto& [start, area] : *s.busy)
        if (Broken b = check_area(s, area, pages, seen)) return b;
    if (seen.size() != s.pages) return fmt::format("areas have {} pages, {} are counted", seen.size(), s.pages);
    std::size_t owned = 0;
    for (const std::uint64_t word : s.owned)
        owned += static_cast<std::size_t>(std::popcount(word));
    if (owned != seen.size()) return fmt::format("{} frames are marked, {} mapped", owned, seen.size());
    return tables ? check_tables(s, *tables, pages) : std::nullopt;
}

Broken VmallocAllocator::check() const {
    return check_vmalloc(m_c.state, m_c.pages.pages, m_c.tables);
}

}  // namespace mm
