// SPDX-License-Identifier: GPL-3.0-or-later
// Highmem: slots of the pkmap window, for everybody. Those of a CPU: kmap_local.cpp.
#include "engine/highmem/highmem.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {

Event Highmem::mapping_event(EventKind kind, Pfn pfn, VirtAddr address, unsigned count) {
    Event e;
    e.kind = kind;
    e.touched = phys_of(PfnRange{pfn, pfn + 1});
    e.a = address;
    e.b = count;
    return e;
}

unsigned HighmemState::used() const {
    return static_cast<unsigned>(
        std::count_if(slots.get().begin(), slots.get().end(), [](const PkmapSlot& s) { return s.count > 1; }));
}

unsigned HighmemState::waiting() const {
    return static_cast<unsigned>(
        std::count_if(slots.get().begin(), slots.get().end(), [](const PkmapSlot& s) { return s.count == 1; }));
}

void Highmem::init(const HighmemWindow& window) {
    HighmemState& s = m_c.state;
    s = {};
    s.up = true;
    s.window = window;
    s.slots = std::vector<PkmapSlot>(window.slots);
    s.local.resize(window.cpus);
}

Broken Highmem::no_page(Pfn pfn) const {
    if (pfn < m_c.pages.end_pfn() && state_of(m_c.pages.state(pfn)) != PageState::none) return std::nullopt;
    return fmt::format("frame {:#x} has no struct page: there is no such memory", pfn);
}

void Highmem::set_pte(VirtAddr address, Pfn pfn) {
    if (!m_c.tables) return;
    // Both windows have their tables since boot: none is made here.
    m_c.tables->set_ptes(address, std::span(&pfn, 1), m_c.tables->paging().page_kernel_flags());
}

void Highmem::clear_pte(VirtAddr address) {
    if (m_c.tables) m_c.tables->unmap({address, address + page_size});
}

void Highmem::kmap_flush_unused(const Tracer& trace) {
    HighmemState& s = m_c.state;
    unsigned flushed = 0;
    for (unsigned i = 0; i < s.slots.size(); ++i) {
        if (s.slots[i].count != 1) continue;
        clear_pte(s.window.slot_address(i));
        s.by_page.edit().erase(s.slots[i].pfn);
        s.slots.edit()[i] = {};
        ++flushed;
    }
    if (!trace) return;
    Event e;
    e.kind = EventKind::flush_all_zero_pkmaps;
    e.a = flushed;
    e.b = s.used();
    trace.event(e, fmt::format("{} slots are free again, {} have users", flushed, s.used()));
}

/// map_new_virtual(): the next free slot after the last one taken; nothing if a whole round finds none. A flush each
/// time the round begins anew.
std::optional<unsigned> Highmem::new_slot(Pfn pfn, const Tracer& trace) {
    HighmemState& s = m_c.state;
    for (unsigned left = s.window.slots; left > 0; --left) {
        s.last_slot = (s.last_slot + 1) % s.window.slots;
        if (s.last_slot == 0) {
            kmap_flush_unused(trace);
            left = s.window.slots;
        }
        if (s.slots[s.last_slot].count != 0) continue;
        set_pte(s.window.slot_address(s.last_slot), pfn);
        s.slots.edit()[s.last_slot] = {pfn, 1};
        s.by_page.edit()[pfn] = s.last_slot;
        return s.last_slot;
    }
    return std::nullopt;
}

Outcome<std::optional<VirtAddr>> Highmem::kmap(Pfn pfn, const Tracer& trace) {
    if (Broken none = no_page(pfn)) return Error{*none};
    HighmemState& s = m_c.state;
    if (!s.window.is_high(pfn)) {
        const VirtAddr address = s.window.lowmem_address(pfn);
        if (trace)
            trace.event(mapping_event(EventKind::kmap, pfn, address, 0),
                        fmt::format("{:#x}, in the direct map: no slot is needed", address));
        return std::optional(address);
    }
    const auto known = s.by_page->find(pfn);
    const auto slot = known != s.by_page->end() ? std::optional(known->second) : new_slot(pfn, trace);
    if (!slot) {
        if (trace)
            trace.event(mapping_event(EventKind::kmap, pfn, 0, 0),
                        fmt::format("all {} slots have users: the task sleeps until one is unmapped", s.slots.size()));
        return std::optional<VirtAddr>();
    }
    const unsigned count = ++s.slots.edit()[*slot].count;
    const VirtAddr address = s.window.slot_address(*slot);
    if (trace)
        trace.event(mapping_event(EventKind::kmap, pfn, address, count),
                    fmt::format("{:#x}, slot {}, pkmap_count {}", address, *slot, count));
    return std::optional(address);
}

Outcome<Done> Highmem::kunmap(Pfn pfn, const Tracer& trace) {
    if (Broken none = no_page(pfn)) return Error{*none};
    HighmemState& s = m_c.state;
    if (!s.window.is_high(pfn)) {
        if (trace)
            trace.event(mapping_event(EventKind::kunmap, pfn, s.window.lowmem_address(pfn), 0),
                        "in the direct map, where it stays");
        return Done{};
    }
    const auto known = s.by_page->find(pfn);
    if (known == s.by_page->end()) return Error{fmt::format("frame {:#x} is not mapped by kmap()", pfn)};
    const unsigned slot = known->second;
    if (s.slots[slot].count < 2)
        return Error{fmt::format("frame {:#x} has no user in slot {}: each was unmapped", pfn, slot)};
    const unsigned count = --s.slots.edit()[slot].count;
    if (trace)
        trace.event(mapping_event(EventKind::kunmap, pfn, s.window.slot_address(slot), count),
                    fmt::format("{:#x}, slot {}, pkmap_count {}{}", s.window.slot_address(slot), slot, count,
                                count == 1 ? ": mapped until a flush" : ""));
    return Done{};
}

Outcome<std::optional<VirtAddr>> Highmem::page_address(Pfn pfn) const {
    if (Broken none = no_page(pfn)) return Error{*none};
    const HighmemState& s = m_c.state;
    if (!s.window.is_high(pfn)) return std::optional(s.window.lowmem_address(pfn));
    const auto known = s.by_page->find(pfn);
    if (known == s.by_page->end()) return std::optional<VirtAddr>();
    return std::optional(s.window.slot_address(known->second));
}

}  // namespace mm
