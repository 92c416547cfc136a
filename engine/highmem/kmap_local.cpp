// SPDX-License-Identifier: GPL-3.0-or-later
// Highmem: a CPU's own slots in the fixmap, and what must hold in both windows. Follows __kmap_local_pfn_prot() and
// kunmap_local_indexed() of mm/highmem.c, Linux 6.1; one task runs on each CPU here.
#include <fmt/format.h>

#include "engine/highmem/highmem.h"

namespace mm {
namespace {

/// The entry at the address maps that frame; no_pfn: it is clear.
Broken check_pte(const PageTables& tables, VirtAddr address, Pfn pfn) {
    const Walk walk = tables.walk(address);
    if (pfn == no_pfn && walk.phys) return fmt::format("{:#x} is free and is mapped", address);
    if (pfn != no_pfn && walk.phys != phys_of(pfn)) return fmt::format("{:#x} does not map frame {:#x}", address, pfn);
    return std::nullopt;
}

Broken check_pkmap(const HighmemState& s, const PageTables* tables) {
    std::size_t mapped = 0;
    for (unsigned i = 0; i < s.slots.size(); ++i) {
        const PkmapSlot& slot = s.slots[i];
        if ((slot.count == 0) != (slot.pfn == no_pfn)) return fmt::format("slot {} is counted wrongly", i);
        if (tables)
            if (Broken b = check_pte(*tables, s.window.slot_address(i), slot.pfn)) return b;
        if (slot.count == 0) continue;
        ++mapped;
        if (!s.window.is_high(slot.pfn)) return fmt::format("slot {} maps lowmem", i);
        const auto known = s.by_page->find(slot.pfn);
        if (known == s.by_page->end() || known->second != i)
            return fmt::format("frame {:#x} in slot {} has another address", slot.pfn, i);
    }
    if (mapped != s.by_page->size()) return "a page has the address of a slot that is not its own";
    return std::nullopt;
}

}  // namespace

Outcome<std::optional<VirtAddr>> Highmem::kmap_local(Pfn pfn, unsigned cpu, const Tracer& trace) {
    if (Broken none = no_page(pfn)) return Error{*none};
    HighmemState& s = m_c.state;
    const HighmemWindow& w = s.window;
    if (!w.is_high(pfn)) {
        if (trace)
            trace.event(mapping_event(EventKind::kmap_local, pfn, w.lowmem_address(pfn), 0),
                        fmt::format("{:#x}, in the direct map: no slot is needed", w.lowmem_address(pfn)));
        return std::optional(w.lowmem_address(pfn));
    }
    std::vector<Pfn>& stack = s.local[cpu];
    if (stack.size() >= w.usable_per_cpu())
        return Error{fmt::format(
            "CPU {} has {} local mappings: one more is a BUG in the kernel, whose index must stay below KM_MAX_IDX {}",
            cpu, stack.size(), w.local_per_cpu)};
    const auto index = static_cast<unsigned>(stack.size());
    const VirtAddr address = w.local_address(cpu, index);
    set_pte(address, pfn);
    stack.push_back(pfn);
    if (trace)
        trace.event(mapping_event(EventKind::kmap_local, pfn, address, index),
                    fmt::format("{:#x}, CPU {}, index {}", address, cpu, index));
    return std::optional(address);
}

Outcome<Done> Highmem::kunmap_local(VirtAddr address, unsigned cpu, const Tracer& trace) {
    HighmemState& s = m_c.state;
    const HighmemWindow& w = s.window;
    const VirtAddr page = align_down(address, page_size);
    const VirtAddr lowest = w.local_per_cpu == 0 ? 0 : w.local_address(w.cpus - 1, w.local_per_cpu - 1);
    if (w.local_per_cpu == 0 || page < lowest || page > w.fixmap) {
        if (page < w.page_offset)
            return Error{fmt::format("{:#x} is no address of the kernel, and no local mapping", address)};
        if (trace) trace.event({.kind = EventKind::kunmap_local, .a = page}, "in the direct map, where it stays");
        return Done{};
    }
    std::vector<Pfn>& stack = s.local[cpu];
    if (stack.empty()) return Error{fmt::format("CPU {} has no local mappings", cpu)};
    const auto index = static_cast<unsigned>(stack.size() - 1);
    if (page != w.local_address(cpu, index))
        return Error{
            fmt::format("{:#x} is not the latest local mapping of CPU {}, which is at {:#x}: they are undone "
                        "in reverse order",
                        address, cpu, w.local_address(cpu, index))};
    clear_pte(page);
    const Pfn pfn = stack.back();
    stack.pop_back();
    if (trace)
        trace.event(mapping_event(EventKind::kunmap_local, pfn, page, index),
                    fmt::format("{:#x}, CPU {}, index {}", page, cpu, index));
    return Done{};
}

Broken check_highmem(const HighmemState& s, const PageTables* tables) {
    if (!s.up) return std::nullopt;
    if (Broken b = check_pkmap(s, tables)) return b;
    for (unsigned cpu = 0; cpu < s.local.size(); ++cpu) {
        const std::vector<Pfn>& stack = s.local[cpu];
        if (stack.size() > s.window.usable_per_cpu()) return fmt::format("CPU {} has too many local mappings", cpu);
        for (unsigned i = 0; tables && i < s.window.local_per_cpu; ++i)
            if (Broken b = check_pte(*tables, s.window.local_address(cpu, i), i < stack.size() ? stack[i] : no_pfn))
                return b;
    }
    return std::nullopt;
}

Broken Highmem::check() const {
    return check_highmem(m_c.state, m_c.tables);
}

}  // namespace mm
